"""The demonstration's chains: as the published plans draw them, with leaders and matters that are invented and marked.

No plan names who leads a chain: the demonstration's leaders are called by their post alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils.translation import gettext as _

from zhizao.apps.chain import loading, queries, services
from zhizao.apps.chain.models import Leader, Matter
from zhizao.base.facts.queries import today

BATCH = "demo"
DUE_IN = timedelta(days=30)


def load(*, say: Callable[[str], None]) -> None:
    """Load the chains of every plan in force; what is there already stays as it is."""
    added = loading.load()
    for view in queries.chains(None):
        _leaders(view)
        _matter(view)
    say(_("%(count)s facts about industry chains added") % {"count": added})


def _leaders(view: queries.ChainView) -> None:
    kinds = Leader.Kind
    posts = {kinds.ADMINISTRATIVE: ("链长（模拟）", "区领导"), kinds.ENTERPRISE: ("链主负责人（模拟）", "链主企业")}
    for kind, (person, post) in posts.items():
        leader = Leader(
            subject=view.subject,
            kind=kind,
            person=person,
            post=post,
            simulated=True,
            source=_("simulated"),
            batch=BATCH,
        )
        services.appoint(actor=None, leader=leader)


def _matter(view: queries.ChainView) -> None:
    """For the first node at which nobody of the register stands, that somebody looks for a maker."""
    empty = next((node for node in view.nodes if node.has_makers and not node.enterprises), None)
    if empty is None or Matter.objects.filter(chain=view.subject).exists():
        return
    services.open_matter(
        actor=None,
        chain=view.subject,
        title=f"为“{empty.name}”环节对接区内配套企业",
        owner="产业链专班",
        due_on=today() + DUE_IN,
        simulated=True,
    )
