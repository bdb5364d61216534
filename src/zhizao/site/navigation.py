"""The left navigation: each app lists its pages, this is their order."""

from __future__ import annotations

from zhizao.apps.plan.navigation import PAGES as PLAN_PAGES

PAGES = [*PLAN_PAGES]
