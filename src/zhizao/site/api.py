"""The HTTP API under ``/api/v1``: each app brings its router; the description is ``/api/v1/openapi.json``.

Ninja's own documentation page loads its script from another host, which our policy forbids: the description is enough
for any client, and docs/reference shows it.
"""

from __future__ import annotations

from ninja import NinjaAPI

from zhizao import __version__
from zhizao.apps.assist.api import router as help_
from zhizao.apps.chain.api import router as chains
from zhizao.apps.ledger.api import router as observations
from zhizao.apps.outlook.api import router as outlook
from zhizao.apps.plan.api import router as plans
from zhizao.apps.registry.api import router as enterprises
from zhizao.apps.warning.api import router as warnings
from zhizao.base.accounts.api_auth import RateLimit
from zhizao.base.forms.api import router as forms

api = NinjaAPI(
    title="ZhiZao",
    version=__version__,
    description="Amounts are exact decimals as text, in the unit of their name; null is unknown, never 0.",
    docs_url=None,
    urls_namespace="api-v1",
    throttle=[RateLimit(by_token=600, by_address=120)],
)
api.add_router("", plans)
api.add_router("", enterprises)
api.add_router("", forms)
api.add_router("", observations)
api.add_router("", outlook)
api.add_router("", warnings)
api.add_router("", chains)
api.add_router("", help_)
