"""The product: one Django app for each job, all of one shape."""
