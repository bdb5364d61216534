"""The demonstration: for every plan pack that is shipped its area, the accounts and the published plan."""

from __future__ import annotations

from collections.abc import Callable

from zhizao.apps.assist import demo as assist
from zhizao.apps.assist import people_demo as people
from zhizao.apps.chain import demo as chains
from zhizao.apps.chain import risk_demo as risk
from zhizao.apps.ledger import demo as ledger
from zhizao.apps.outlook import demo as outlook
from zhizao.apps.plan import demo as plans
from zhizao.apps.registry import demo as registry
from zhizao.apps.registry import demo_links as links
from zhizao.apps.warning import demo as warnings
from zhizao.base.accounts import demo as accounts
from zhizao.base.forms import demo as forms


def load(*, say: Callable[[str], None]) -> dict[str, str]:
    """Load what is missing and return the passwords of new accounts by user name; they are not kept anywhere."""
    passwords: dict[str, str] = {}
    for pack in plans.shipped_packs():
        passwords |= accounts.load(say=say, area_code=pack.area_code, area_name=pack.area_name)
    plans.load(say=say)
    registry.load(say=say, demo_enterprise=accounts.DEMO_ENTERPRISE_KEY)
    ledger.load(say=say, demo_enterprise=accounts.DEMO_ENTERPRISE_KEY)
    links.load(say=say, seed=ledger.SEED, demo_enterprise=accounts.DEMO_ENTERPRISE_KEY)
    chains.load(say=say)
    risk.load(say=say, seed=ledger.SEED)
    forms.load(say=say, demo_enterprise=accounts.DEMO_ENTERPRISE_KEY)
    outlook.load(say=say)
    warnings.load(say=say)
    people.load(say=say, demo_enterprise=accounts.DEMO_ENTERPRISE_KEY)
    assist.load(say=say)
    return passwords
