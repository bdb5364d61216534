"""Reporting in the left navigation: below the economy, where its figures go."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhizao.base.ui.navigation import Page, Step

PAGES = [
    Page(Step.OBSERVE, _("My reports"), "forms:mine", "forms.report"),
    Page(Step.OBSERVE, _("Reports received"), "forms:board", "forms.review"),
    Page(Step.OBSERVE, _("Who has to report"), "forms:circle", "forms.review"),
    Page(Step.OBSERVE, _("Forms"), "forms:library"),
]
