"""Reporting forms: definitions as data of a pack, checks, sheets, and the reports that enterprises hand in."""
