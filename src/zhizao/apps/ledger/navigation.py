"""The ledger's pages in the left navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhizao.base.ui.navigation import Page, Step

PAGES = [
    Page(Step.OBSERVE, _("Economy to date"), "ledger:monitor", "ledger.view"),
    Page(Step.OBSERVE, _("Indicators"), "ledger:indicators"),
    Page(Step.OBSERVE, _("Figures"), "ledger:subjects", "ledger.view"),
    Page(Step.OBSERVE, _("Imports"), "ledger:batches", "ledger.batches"),
    Page(Step.OBSERVE, _("Open data"), "ledger:open"),
]
