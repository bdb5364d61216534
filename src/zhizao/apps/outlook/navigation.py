"""The outlook's pages in the left navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhizao.base.ui.navigation import Page, Step

PAGES = [
    Page(Step.FORESEE, _("Will we make it"), "outlook:overview", "outlook.view"),
    Page(Step.FORESEE, _("Calibration"), "outlook:calibration", "outlook.view"),
    Page(Step.ACCOUNT, _("Evaluation of the period"), "outlook:evaluation", "outlook.view"),
]
