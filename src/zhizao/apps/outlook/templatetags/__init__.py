"""Tags of the outlook's pages."""
