"""Long work: progress, log, result, cancel."""
