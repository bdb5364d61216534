"""The leader's page and the monthly brief, written from queries and runs."""
