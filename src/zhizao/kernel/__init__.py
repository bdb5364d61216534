"""The words everything is said in: no Django, no clock, no I/O but through ``tables``."""
