"""Keeping an installation alive: health, the doctor's checks, backup and restore, structured logs."""
