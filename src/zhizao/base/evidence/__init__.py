"""Runs of engines, and the figure component that opens them."""
