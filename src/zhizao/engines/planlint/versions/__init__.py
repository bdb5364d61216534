"""A plan as code: what changed between two versions, two lines of change merged, the plan rolled over to the next."""
