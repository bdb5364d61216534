"""The demonstration: a simulated economy that agrees with each shipped plan, taken into the ledger.

Every figure has the status simulated. Newcomers that the simulation invents are entered in the register, marked so.
The invented enterprise of the demo accounts reports what the first newcomer does. Loading again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from zhizao.apps.ledger import published, queries, services
from zhizao.apps.ledger.definitions import definitions
from zhizao.apps.ledger.models import Batch, Indicator
from zhizao.apps.plan.demo import shipped_packs
from zhizao.apps.registry import services as registry
from zhizao.apps.registry.demo_links import economy_of
from zhizao.base.accounts.models import Area, Organisation
from zhizao.base.facts import services as facts
from zhizao.base.facts.models import DatedFact, Membership, Subject
from zhizao.base.facts.queries import today
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    import polars as pl

SEED = 20250101
BATCH = "demo"


def load(*, say: Callable[[str], None], demo_enterprise: str) -> None:
    """Simulate and load the economy of every shipped plan."""
    services.load_indicators()
    for pack in shipped_packs():
        area = Area.objects.get(code=pack.area_code)
        name = f"simulation-{pack.path.name}-{SEED}"
        of_targets = f"{name}-targets"
        there = set(Batch.objects.filter(area=area, name__in=(name, of_targets)).values_list("name", flat=True))
        if there == {name, of_targets}:
            continue
        economy_rows, target_rows, enterprises = _simulated(pack.path)
        added = 0
        if name not in there:
            _enter(area, enterprises)
            rows = _with_demo_enterprise(area, economy_rows, enterprises, demo_enterprise)
            added += services.import_frame(actor=None, area=area, frame=rows, name=name)[0].added
        if of_targets not in there:
            rows = _about(registry.area_subject(area).key, target_rows)
            added += services.import_frame(actor=None, area=area, frame=rows, name=of_targets)[0].added
        say(_("%(area)s: %(count)s simulated figures added") % {"area": area.name, "count": added})
        _publish(area)


def _publish(area: Area) -> None:
    """The last whole year of the first indicator that may be published, so that a visitor finds a protected table."""
    indicator = Indicator.objects.get(key=definitions().publication["indicators"][0])
    whole = queries.observations(None, indicators=[indicator.key]).filter(months=12, series__subject__area=area)
    last = whole.order_by("-start_month").values_list("start_month", flat=True).first()
    if last is not None:
        published.publish(actor=None, area=area, indicator=indicator, span=Span(last, 12))


def _simulated(path: Path) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """What is known by today of the simulated reports and of the plan's targets, and the enterprises."""
    import polars as pl

    economy = economy_of(path, seed=SEED)
    known = [
        rows.filter(pl.col("known_from") <= today()).cast(pl.String)
        for rows in (economy.observations, economy.targets.drop("name"))
    ]
    return known[0], known[1], economy.enterprises


@transaction.atomic
def _enter(area: Area, enterprises: pl.DataFrame) -> None:
    """Newcomers into the register, into the sector that the simulation gives them."""
    place = registry.area_subject(area)
    for row in enterprises.filter("is_new").to_dicts():
        _kind, _colon, id_part = row["subject"].partition(":")
        subject = facts.subject(kind=Subject.Kind.ENTERPRISE, id_part=id_part, area=area, simulated=True)
        if subject.name_facts.exists():
            continue
        since = Span.parse(row["entry"]).first_day if row["entry"] else None
        fact = {"source": _("simulated"), "batch": BATCH, "valid_from": since}
        stated: list[DatedFact] = [*registry.first_facts(subject, row["name"], area=place, **fact)]
        if row["industry"]:
            sector = registry.parent_subject(tree=Membership.Tree.SECTOR, name=row["industry"], area=area)
            stated.append(Membership(subject=subject, parent=sector, tree=Membership.Tree.SECTOR, **fact))
        facts.state(stated)


def _with_demo_enterprise(area: Area, rows: pl.DataFrame, enterprises: pl.DataFrame, key: str) -> pl.DataFrame:
    import polars as pl

    newcomers = enterprises.filter("is_new")["subject"]
    if newcomers.is_empty() or not Organisation.objects.filter(enterprise_key=key, area=area).exists():
        return rows
    own = rows.filter(pl.col("subject") == newcomers[0])
    return pl.concat([rows, _about(key, own)])


def _about(key: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows, of this subject."""
    import polars as pl

    return rows.with_columns(pl.lit(key).alias("subject"))
