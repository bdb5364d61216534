"""Will we make it: forecasts of a panel, intervals that hold, and what follows for targets."""

from __future__ import annotations
