"""The pages of warning in the left navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhizao.base.ui.navigation import Page, Step

PAGES = [
    Page(Step.FORESEE, _("Early warning"), "warning:overview", "warning.view"),
    Page(Step.FORESEE, _("Alarms"), "warning:alarms", "warning.view"),
    Page(Step.FORESEE, _("Lamps"), "warning:lamps", "warning.view"),
    Page(Step.FORESEE, _("How good alarms were"), "warning:scores", "warning.view"),
]
