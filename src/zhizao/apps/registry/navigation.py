"""The register's pages in the left navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhizao.base.ui.navigation import Page, Step

PAGES = [
    Page(Step.OBSERVE, _("Enterprise register"), "registry:list", "registry.read"),
    Page(Step.OBSERVE, _("Certificates and patents"), "registry:certificates", "registry.read"),
    Page(Step.OBSERVE, _("Resolve names"), "registry:resolve", "registry.read"),
    Page(Step.OBSERVE, _("Our enterprise"), "registry:own", "registry.own"),
]
