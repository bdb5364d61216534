"""Subjects and what is known of them: dated facts that are only ever added, read for a day as known at an instant."""
