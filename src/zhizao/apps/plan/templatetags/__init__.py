"""Template tags of the plan: ``{% load plan %}``."""
