"""Uploads and the content-addressed store."""
