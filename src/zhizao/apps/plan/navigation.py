"""The plan's pages in the left navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhizao.base.ui.navigation import Page, Step

PAGES = [
    Page(Step.READ, _("Plan at a glance"), "plan:overview"),
    Page(Step.READ, _("Enterprises"), "plan:enterprises"),
    Page(Step.READ, _("Projects"), "plan:projects"),
    Page(Step.READ, _("Land"), "plan:land"),
    Page(Step.READ, _("Local suppliers"), "plan:suppliers"),
    Page(Step.READ, _("Industry chains"), "plan:chains"),
    Page(Step.READ, _("Tasks by unit"), "plan:tasks"),
    Page(Step.READ, _("Plan health"), "plan:health", "plan.health"),
    Page(Step.READ, _("Versions"), "plan:versions"),
]
