"""A package, so that no other package of that name (adagio installs one) stands before it."""

from __future__ import annotations
