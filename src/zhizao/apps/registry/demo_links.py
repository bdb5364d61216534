"""The demonstration's links: the suppliers and customers of the simulated economy, each marked simulated.

A year's links become known on 1 February of the next, as if declared with the annual report: the amounts of that year
hold from its first day until the next report says otherwise, and a link that it lacks has ended with the year before.
Local suppliers that the simulation has beside the register get a name, but no entry in the register.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhizao.apps.plan.demo import shipped_packs
from zhizao.apps.registry import attributes, linking, services
from zhizao.apps.registry.models import Attribute, Certificate
from zhizao.base.accounts.models import Area, Organisation
from zhizao.base.audit.services import record
from zhizao.base.facts import services as facts
from zhizao.base.facts.models import Link, Membership, Name, Subject
from zhizao.base.facts.queries import CHINA
from zhizao.kernel.money import Money

if TYPE_CHECKING:
    import polars as pl

    from zhizao.engines.simulation import Economy

BATCH = "demo:links"
TITLE_FROM, TITLE_TO = date(2024, 1, 1), date(2026, 12, 31)
OUTSIDE = "outside"


def load(*, say: Callable[[str], None], seed: int, demo_enterprise: str) -> None:
    """Load the links of every shipped plan's economy; what is there already stays as it is."""
    for pack in shipped_packs():
        area = Area.objects.get(code=pack.area_code)
        _invented(area)
        if Link.objects.filter(batch=BATCH, subject__area=area).exists():
            continue
        economy = economy_of(pack.path, seed=seed)
        with transaction.atomic():
            count = _load(area, economy, demo_enterprise)
            record(actor=None, action="registry.demo", target=area, area=area, details={"links": count})
        say(_("%(area)s: %(count)s facts about suppliers and buyers added") % {"area": area.name, "count": count})


@lru_cache(maxsize=1)
def economy_of(pack: Path, *, seed: int) -> Economy:
    """The simulated economy that agrees with a shipped plan; the ledger's demonstration takes its figures from it."""
    from zhizao.engines.planlint import read_pack
    from zhizao.engines.simulation import facts_of_pack, shipped_parameters, simulate

    parameters = shipped_parameters()
    return simulate(facts_of_pack(read_pack(pack), parameters), parameters, seed=seed)


def _load(area: Area, economy: Economy, demo_enterprise: str) -> int:
    ends = _ends(area, economy.small_suppliers)
    twin = _twin(area, economy.enterprises, demo_enterprise)
    by_pair: dict[tuple[str, str], dict[int, Link]] = {}
    for supplier, buyer, year, amount, share, parties in _rows(economy):
        for own in filter(None, (buyer, demo_enterprise if buyer == twin else None)):
            if amount and supplier in ends and own in ends:
                link = _link(ends[supplier], ends[own], year, amount, share, parties)
                by_pair.setdefault((supplier, own), {})[year] = link
    last = max((year for years in by_pair.values() for year in years), default=0)
    rows = [row for years in by_pair.values() for row in _run(years, last)]
    return len(facts.state(row for row in rows if row.known_from <= timezone.now()))


def _ends(area: Area, small: pl.DataFrame) -> dict[str, Subject]:
    """Every enterprise of the area by key, the small suppliers entered, and what lies outside."""
    keys, names = small["subject"].to_list(), small["name"].to_list()
    subjects = [Subject(key=key, kind=Subject.Kind.ENTERPRISE, area=area, simulated=True) for key in keys]
    Subject.objects.bulk_create(subjects, ignore_conflicts=True, batch_size=services.IDS_A_QUERY)
    found = {subject.key: subject for subject in Subject.objects.filter(area=area, kind=Subject.Kind.ENTERPRISE)}
    said = {"source": _("simulated"), "batch": BATCH}
    facts.state(facts.name(found[key], Name.Kind.SHORT, name, **said) for key, name in zip(keys, names, strict=True))
    return found | {OUTSIDE: linking.outside(area)}


def _twin(area: Area, enterprises: pl.DataFrame, demo_enterprise: str) -> str | None:
    """The newcomer whose business the invented enterprise of the demo accounts does as well."""
    newcomers = enterprises.filter("is_new")["subject"]
    speaks = Organisation.objects.filter(enterprise_key=demo_enterprise, area=area).exists()
    return newcomers[0] if speaks and len(newcomers) else None


def _rows(economy: Economy) -> Iterator[tuple[str, str, int, Decimal, Decimal | None, int | None]]:
    """Supplier, buyer, year, 万元, share of the buyer's purchases, number of suppliers; inside, then outside."""
    bought = {
        (row["subject"], row["span"]): _exact(row["purchases_inside_wan_yuan"] + row["purchases_outside_wan_yuan"])
        for row in economy.trade.iter_rows(named=True)
    }
    for row in economy.links.iter_rows(named=True):
        amount, all_of_buyer = _exact(row["amount_wan_yuan"]), bought.get((row["buyer"], row["span"]))
        yield row["supplier"], row["buyer"], int(row["span"]), amount, _share(amount, all_of_buyer), 1
    for row in economy.trade.iter_rows(named=True):
        year, firm = int(row["span"]), row["subject"]
        amount = _exact(row["purchases_outside_wan_yuan"])
        yield OUTSIDE, firm, year, amount, _share(amount, bought[firm, row["span"]]), row["suppliers_outside"]
        yield firm, OUTSIDE, year, _exact(row["sales_outside_wan_yuan"]), None, None


def _exact(wan_yuan: float) -> Decimal:
    return Decimal(str(round(wan_yuan, 1)))


def _share(amount: Decimal, whole: Decimal | None) -> Decimal | None:
    return min(amount / whole, Decimal(1)) if whole else None


def _link(supplier: Subject, buyer: Subject, year: int, amount: Decimal, share: Any, parties: int | None) -> Link:
    return Link(
        subject=supplier,
        buyer=buyer,
        yearly_amount_fen=Money.from_wan_yuan(amount).fen,
        share_ppm=None if share is None else round(share * 1_000_000),
        parties=parties,
        basis=Link.Basis.DECLARED,
        confidence=Link.Confidence.MEDIUM,
        simulated=True,
        valid_from=date(year, 1, 1),
        known_from=_reported(year),
        source=_("simulated"),
        batch=BATCH,
    )


def _reported(year: int) -> datetime:
    return datetime(year + 1, 2, 1, tzinfo=CHINA)


def _run(years: dict[int, Link], last: int) -> Iterator[Link]:
    """The link year by year, and its end where the next year's report lacks it."""
    for year, link in sorted(years.items()):
        yield link
        if year < last and year + 1 not in years:
            end = Link(**{name: getattr(link, name) for name in ("subject_id", "source", "batch", *Link.content())})
            end.valid_from, end.known_from, end.withdrawn = date(year + 1, 1, 1), _reported(year + 1), True
            yield end


def _invented(area: Area) -> None:
    """Put the invented enterprises into the demonstration's park, whose operator looks after them, above the scale
    from which reports are asked, and give each the title of the specialised tier, so that the ladder has a next rung.
    None of it is said of a real enterprise.
    """
    invented = Subject.objects.filter(
        area=area, simulated=True, kind=Subject.Kind.ENTERPRISE, name_facts__kind=Name.Kind.REGISTERED
    ).distinct()
    fact = {"source": _("simulated"), "batch": BATCH}
    facts.state(
        Certificate(
            subject=subject,
            kind="srdi_sme",
            number=f"模拟-{number:03}",
            valid_from=TITLE_FROM,
            valid_to=TITLE_TO,
            **fact,
        )
        for number, subject in enumerate(invented, start=1)
    )
    facts.state(Attribute(subject=subject, name="above_scale", value=attributes.YES, **fact) for subject in invented)
    for operator in Organisation.objects.filter(area=area, kind=Organisation.Kind.PARK):
        park = services.parent_subject(tree=Membership.Tree.PARK, name=operator.name, area=area)
        tree = Membership.Tree.PARK
        facts.state(Membership(subject=subject, parent=park, tree=tree, **fact) for subject in invented)
