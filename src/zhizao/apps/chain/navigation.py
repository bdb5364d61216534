"""The pages of the chains in the left navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhizao.base.ui.navigation import Page, Step

PAGES = [
    Page(Step.FORESEE, _("Industry chains"), "chain:list", "chain.read"),
    Page(Step.ACT, _("Links that run out"), "chain:ending", "chain.read"),
]
