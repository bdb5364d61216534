"""The enterprise register: who there is, under which names, in which tier, sector and park, since when."""
