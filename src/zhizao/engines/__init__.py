"""The sciences, usable as a library: no Django, no clock, no I/O but through ``kernel.tables``."""
