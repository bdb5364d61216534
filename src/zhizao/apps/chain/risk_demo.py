"""The demonstration's purchases by node; and systemic risk and gaps, which the worker computes once.

The simulated links say how much a firm buys outside, not what. So that gaps have something to stand on, half of what a
firm at a node buys outside is divided here over the nodes of its chain that come before its own, most of each from one
of a few invented regions; the rest stays undivided. All of it is simulated and marked so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from random import Random

from django.db import transaction
from django.utils.translation import gettext as _

from zhizao.apps.chain import queries, risk_queries, risk_run
from zhizao.apps.chain.queries import ChainView, NodeView
from zhizao.apps.registry import queries as registry
from zhizao.apps.registry.linking import outside
from zhizao.base.accounts.models import Area
from zhizao.base.audit.services import record
from zhizao.base.evidence.models import Run
from zhizao.base.facts import services as facts
from zhizao.base.facts.models import Link, Name, Subject
from zhizao.base.facts.queries import facts_at
from zhizao.base.jobs.services import enqueue

BATCH = "demo:purchases-by-node"
REGIONS = ("甲", "乙")
MOST_INPUTS = 4
DIVIDED, FROM_MAIN_REGION = Decimal("0.5"), Decimal("0.8")
MOST_PARTIES = 4


def load(*, say: Callable[[str], None], seed: int) -> None:
    """Divide the purchases of every area with chains and links, and have risk and gaps computed once."""
    for area in Area.objects.filter(pk__in={view.subject.area_id for view in queries.chains(None)}):
        known = risk_queries.last(Run.objects.filter(area=area), risk_run.ENGINE)
        if known is not None or not Link.objects.filter(subject__area=area).exists():
            continue
        if not Link.objects.filter(batch=BATCH, subject__area=area).exists():
            _divide(area, Random(seed))  # noqa: S311 -- invented figures, not secrets
        # The worker does it: to compile the engine here would keep a first start waiting.
        enqueue(actor=None, kind="chain.risk", parameters={}, area=area, idempotency_key=BATCH)
        say(_("%(area)s: the worker computes systemic risk and gaps") % {"area": area.name})


@transaction.atomic
def _divide(area: Area, rng: Random) -> None:
    said = {"source": _("simulated"), "batch": BATCH}
    regions = [outside(area)]
    for letter in REGIONS:
        place = f"{area.code}.{letter}{registry.OUTSIDE}"
        subject = facts.subject(kind=Subject.Kind.AREA, id_part=place, area=area, simulated=True)
        facts.state([facts.name(subject, Name.Kind.SHORT, f"模拟地区{letter}", **said)])
        regions.append(subject)
    rows = Link.objects.filter(subject=regions[0], product="", buyer__area=area)
    bought = {link.buyer_id: link for link in facts_at(rows, **registry.view().at)}
    links: list[Link] = []
    divided: set[int] = set()
    for view in queries.chains(None, area=area):
        main = {node.key: rng.choice(regions[1:]) for node in view.nodes}
        for node in view.nodes:
            for firm in node.enterprises:
                whole = bought.get(firm.pk)
                inputs = list(_inputs(view, node, rng))
                if whole is not None and whole.yearly_amount_fen and inputs and firm.pk not in divided:
                    divided.add(firm.pk)
                    links += _parts(whole, inputs, main, regions, rng)
    added = facts.state(links)
    record(actor=None, action="chain.demo", target=area, area=area, details={"links": len(added)})


def _inputs(view: ChainView, node: NodeView, rng: Random) -> Iterator[NodeView]:
    """Some of the nodes with makers that stand before a node in its chain; for the first stage, of its own."""
    order = list(view.stages)
    makers = [one for one in view.nodes if one.has_makers and one.key != node.key]
    before = [one for one in makers if order.index(one.stage) < order.index(node.stage)]
    found = before or [one for one in makers if one.stage == node.stage]
    yield from rng.sample(found, min(len(found), MOST_INPUTS))


def _parts(
    whole: Link, inputs: Sequence[NodeView], main: dict[str, Subject], regions: Sequence[Subject], rng: Random
) -> Iterator[Link]:
    """The divided part by node and region, and what is left of the whole, in place of it."""
    weights = [rng.uniform(1, 4) for _node in inputs]
    fen = int((whole.yearly_amount_fen or 0) * DIVIDED)
    left = whole.yearly_amount_fen or 0
    for node, weight in zip(inputs, weights, strict=True):
        of_node = int(fen * weight / sum(weights))
        first = int(of_node * FROM_MAIN_REGION)
        others = [region for region in regions if region != main[node.key]]
        for region, amount in ((main[node.key], first), (rng.choice(others), of_node - first)):
            left -= amount
            yield _link(whole, region, node.name, amount, rng.randint(1, MOST_PARTIES))
    yield _link(whole, whole.subject, "", left, whole.parties)


def _link(whole: Link, region: Subject, product: str, fen: int, parties: int | None) -> Link:
    share = whole.share_ppm
    return Link(
        subject=region,
        buyer_id=whole.buyer_id,
        product=product,
        yearly_amount_fen=fen,
        share_ppm=None if share is None else round(share * fen / (whole.yearly_amount_fen or 1)),
        parties=parties,
        basis=whole.basis,
        confidence=Link.Confidence.LOW,
        simulated=True,
        valid_from=whole.valid_from,
        valid_to=whole.valid_to,
        source=_("simulated"),
        batch=BATCH,
    )
