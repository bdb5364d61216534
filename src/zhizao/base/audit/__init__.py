"""Append-only audit trail with an SM3 hash chain."""
