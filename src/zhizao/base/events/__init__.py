"""Append-only outbox: what must go up, written in the same transaction."""
