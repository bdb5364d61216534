"""Seen early: alarms from data, each with its arithmetic and its outcome; lamps of how the economy stands."""
