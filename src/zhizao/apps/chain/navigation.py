"""The pages of the chains in the left navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhizao.base.ui.navigation import Page, Step

PAGES = [
    Page(Step.FORESEE, _("Chain ledger"), "chain:list", "chain.read"),
    Page(Step.FORESEE, _("Systemic risk"), "chain:risk", "chain.read"),
    Page(Step.DECIDE, _("What if"), "chain:what_if", "chain.read"),
    Page(Step.DECIDE, _("Gaps"), "chain:gaps", "chain.read"),
    Page(Step.DECIDE, _("Local sourcing"), "chain:sourcing", "chain.read"),
    Page(Step.ACT, _("Links that run out"), "chain:ending", "chain.read"),
]
