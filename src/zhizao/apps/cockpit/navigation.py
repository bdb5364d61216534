"""The pages of cockpit in the left navigation."""

from __future__ import annotations

from zhizao.base.ui.navigation import Page

PAGES: list[Page] = []
