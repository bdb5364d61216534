"""The pages of grid, visits, requests and decisions in the left navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhizao.base.ui.navigation import Page, Step

PEOPLE_PAGES = [
    Page(Step.DECIDE, _("Three decisions"), "assist:leader", "assist.lead"),
    Page(Step.ACT, _("Grid of enterprises"), "assist:grid", "assist.grid"),
    Page(Step.ACT, _("Visits"), "assist:visits", "assist.grid"),
    Page(Step.ACT, _("Our requests"), "assist:requests", "assist.request"),
]
