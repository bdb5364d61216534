"""Message centre and workbench: notices and to-dos."""
