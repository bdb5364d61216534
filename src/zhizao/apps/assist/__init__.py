"""Helped early: who is helped first and why, visits, requests, and what the help did."""
