"""The ledger: every observed figure with what was known when; only ever added to."""
