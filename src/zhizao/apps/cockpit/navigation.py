"""The pages of the cockpit in the left navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhizao.base.ui.navigation import Page, Step

PAGES = [
    Page(Step.ACCOUNT, _("Leader's page"), "cockpit:leader", "cockpit.view"),
    Page(Step.ACCOUNT, _("Monthly brief"), "cockpit:briefs", "cockpit.view"),
]
