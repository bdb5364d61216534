"""The left navigation: each app lists its pages, this is their order."""

from __future__ import annotations

from zhizao.apps.assist.navigation import PAGES as ASSIST_PAGES
from zhizao.apps.chain.navigation import PAGES as CHAIN_PAGES
from zhizao.apps.cockpit.navigation import PAGES as COCKPIT_PAGES
from zhizao.apps.ledger.navigation import PAGES as LEDGER_PAGES
from zhizao.apps.outlook.navigation import PAGES as OUTLOOK_PAGES
from zhizao.apps.plan.navigation import PAGES as PLAN_PAGES
from zhizao.apps.registry.navigation import PAGES as REGISTRY_PAGES
from zhizao.apps.warning.navigation import PAGES as WARNING_PAGES
from zhizao.base.flow.navigation import PAGES as FLOW_PAGES
from zhizao.base.forms.navigation import PAGES as FORMS_PAGES

PAGES = [
    *PLAN_PAGES,
    *REGISTRY_PAGES,
    *LEDGER_PAGES,
    *FORMS_PAGES,
    *OUTLOOK_PAGES,
    *WARNING_PAGES,
    *CHAIN_PAGES,
    *ASSIST_PAGES,
    *FLOW_PAGES,
    *COCKPIT_PAGES,
]
