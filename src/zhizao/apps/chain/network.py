"""Who sells to whom in an area, from the register's links as they hold on a day and were known then.

Enterprises of the area are the firms; a subject of kind area (all that lies outside, or a region named apart) is an
outside supplier or buyer. Of each firm

    revenue = sales inside + sales outside          cost = purchases inside + purchases outside

A firm of which no sale outside is recorded has an unknown revenue: what it sells inside is then the least that it can
be, so that its own losses are an upper bound, and it is counted as such. The same holds for purchases and cost.
Links of unknown amount and estimated links are left out and counted. A record that goes on in another one counts there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from zhizao.apps.registry import queries as registry
from zhizao.base.facts.models import Link, Membership, Subject
from zhizao.base.facts.queries import facts_at, names
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    import polars as pl
    from django.db.models import QuerySet

    from zhizao.apps.registry.queries import View
    from zhizao.base.accounts.models import Area
    from zhizao.engines.chain import Network

FEN_PER_YUAN = 100
UNKNOWN_SECTOR = ""
LEAST_KNOWN_SHARE = 0.5
"""Part of all revenue, and of all cost, that has to rest on recorded flows outside; below it nothing is computed."""


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm; money is in fen a year. ``sector`` is the key of a sector, or empty where none is recorded."""

    key: str
    name: str
    sector: str
    sold: int
    bought: int
    sold_outside: int | None
    bought_outside: int | None
    simulated: bool

    @property
    def revenue(self) -> int:
        """All sales that are recorded: where those outside are unknown, the least that they can be."""
        return self.sold + (self.sold_outside or 0)

    @property
    def cost(self) -> int:
        """All purchases that are recorded."""
        return self.bought + (self.bought_outside or 0)


@dataclass(frozen=True, slots=True)
class Purchase:
    """One supply relation. ``supplier`` is a firm or an outside region; ``fen`` is None where unknown.

    A row for outside suppliers may stand for several of them: ``parties``, None where nobody knows how many.
    """

    supplier: str
    buyer: str
    product: str
    fen: int | None
    is_local: bool
    parties: int | None
    basis: str
    simulated: bool
    link: int


@dataclass(frozen=True)
class Trade:
    """The trade of an area on a day: firms, what they buy of whom, the outside regions by name."""

    firms: tuple[Firm, ...]
    purchases: tuple[Purchase, ...]
    regions: Mapping[str, str]
    sectors: Mapping[str, str]
    anywhere: frozenset[str]
    """Of the regions those that stand for all that lies outside: from where their goods come is unknown."""

    @cached_property
    def by_key(self) -> dict[str, Firm]:
        return {firm.key: firm for firm in self.firms}

    @property
    def inside(self) -> list[Purchase]:
        """Declared or invoiced links between two firms, of known amount."""
        return [one for one in self._counted if one.is_local]

    @property
    def from_outside(self) -> list[Purchase]:
        """The same from outside suppliers."""
        return [one for one in self._counted if not one.is_local]

    @property
    def _counted(self) -> list[Purchase]:
        return [one for one in self.purchases if one.fen and one.basis != Link.Basis.ESTIMATED]

    @property
    def counts(self) -> dict[str, int]:
        """What the network is made of, and what was left out of it."""
        return {
            "firms": len(self.firms),
            "links": len(self.inside),
            "links_of_unknown_amount": sum(one.fen is None for one in self.purchases),
            "links_estimated": sum(one.basis == Link.Basis.ESTIMATED for one in self.purchases),
            "firms_of_unknown_revenue": sum(firm.sold_outside is None and firm.sold > 0 for firm in self.firms),
            "firms_of_unknown_cost": sum(firm.bought_outside is None and firm.bought > 0 for firm in self.firms),
        }

    @property
    def known_shares(self) -> tuple[float, float]:
        """The part of all revenue, and of all cost, that belongs to firms whose flows outside are recorded."""
        return (
            _share([(firm.revenue, firm.sold_outside is not None) for firm in self.firms]),
            _share([(firm.cost, firm.bought_outside is not None) for firm in self.firms]),
        )

    @property
    def simulated(self) -> bool:
        return any(one.simulated for one in self.purchases)

    def plain(self) -> dict[str, Any]:
        """All of it as JSON, for the fingerprint of a run."""
        return {
            "firms": [asdict(firm) for firm in self.firms],
            "purchases": [asdict(one) for one in self.purchases],
            "regions": dict(self.regions),
            "anywhere": sorted(self.anywhere),
            "sectors": dict(self.sectors),
        }

    def refuse_if_closed(self) -> None:
        """Refuse a network without revenue and cost: without flows outside every risk is far overstated.

        Raises
        ------
        Refused
            ``chain.no_links``, ``chain.closed``.
        """
        if not self.inside:
            raise Refused(
                Problem(
                    "chain.no_links",
                    mark("No link between two enterprises of the area with an amount is known on this day."),
                    remedy=mark("Import suppliers and customers into the register."),
                )
            )
        revenue, cost = self.known_shares
        if min(revenue, cost) < LEAST_KNOWN_SHARE:
            raise Refused(
                Problem(
                    "chain.closed",
                    mark(
                        "Sales outside are recorded for firms with %(revenue)s %% of the revenue, purchases outside "
                        "for %(cost)s %% of the cost. Without them systemic risk is far too high, so it is not "
                        "computed below %(least)s %%."
                    ),
                    remedy=mark("Import for each enterprise what it sells to and buys from outside the region."),
                    params={
                        "revenue": round(revenue * 100),
                        "cost": round(cost * 100),
                        "least": round(LEAST_KNOWN_SHARE * 100),
                    },
                )
            )

    def engine(self) -> Network:
        """The network as the engine takes it, in yuan; weights are revenues, so that a share is one of all sales.

        An input of unknown sector counts by its share in all purchases (importance 1): nobody knows it to be essential.
        """
        import polars as pl

        from zhizao.engines.chain import Network

        rows = [(firm.key, firm.sector or _NO_SECTOR, firm.revenue, firm.cost) for firm in self.firms]
        firms = pl.DataFrame(
            rows,
            schema={"firm": pl.String, "sector": pl.String, "revenue": pl.Int64, "cost": pl.Int64},
            orient="row",
        ).with_columns(pl.col("revenue", "cost") / FEN_PER_YUAN, weight=pl.col("revenue") / FEN_PER_YUAN)
        links = pl.DataFrame(
            [(one.supplier, one.buyer, one.fen / FEN_PER_YUAN) for one in self.inside if one.fen],
            schema={"supplier": pl.String, "buyer": pl.String, "amount": pl.Float64},
            orient="row",
        )
        return Network.from_frames(firms, links, _importance(firms["sector"].unique().sort().to_list()))


_NO_SECTOR = "?"


def _importance(sectors: Sequence[str]) -> pl.DataFrame | None:
    import polars as pl

    if _NO_SECTOR not in sectors:
        return None
    rows = [(_NO_SECTOR, buyer, 1) for buyer in sectors]
    return pl.DataFrame(rows, schema=["supplier_sector", "buyer_sector", "essential"], orient="row")


def _share(parts: Sequence[tuple[int, bool]]) -> float:
    whole = sum(money for money, _known in parts)
    return sum(money for money, known in parts if known) / whole if whole else 0.0


def trade(area: Area, seen: View) -> Trade:
    """The trade of an area and all below it."""
    links = _links(area, seen)
    into = registry.survivors(seen)
    ends = {subject.pk: subject for link in links for subject in (link.subject, link.buyer)}
    missing = {into.get(pk, pk) for pk in ends} - ends.keys()
    ends |= {subject.pk: subject for subject in Subject.objects.select_related("area").filter(pk__in=missing)}

    def end(subject: Subject) -> Subject:
        return ends[into.get(subject.pk, subject.pk)]

    local = {pk for pk, subject in ends.items() if pk not in into and _is_firm(subject, area)}
    purchases = [
        Purchase(
            supplier=supplier.key,
            buyer=buyer.key,
            product=link.product,
            fen=link.yearly_amount_fen,
            is_local=supplier.pk in local,
            parties=link.parties,
            basis=link.basis,
            simulated=link.simulated,
            link=link.pk,
        )
        for link in links
        for supplier, buyer in [(end(link.subject), end(link.buyer))]
        if buyer.pk in local and supplier.pk != buyer.pk
    ]
    sold_outside = [(end(link.subject), link) for link in links if end(link.buyer).pk not in local]
    enterprises = _enterprises(area)
    called = names(enterprises, **seen.at)
    sectors = _sectors(enterprises, seen)
    return Trade(
        firms=_firms([ends[pk] for pk in local], purchases, sold_outside, called, sectors),
        purchases=tuple(sorted(purchases, key=lambda one: (one.supplier, one.buyer, one.product, one.link))),
        regions=_region_names([ends[pk] for pk in ends.keys() - local - into.keys()], seen),
        sectors=_sector_names(sectors, seen),
        anywhere=frozenset(
            subject.key
            for pk, subject in ends.items()
            if pk not in local and subject.key == f"{Subject.Kind.AREA}:{subject.area.code}{registry.OUTSIDE}"
        ),
    )


def _links(area: Area, seen: View) -> list[Link]:
    inside = area.path
    rows = Link.objects.filter(Q(subject__area__path__startswith=inside) | Q(buyer__area__path__startswith=inside))
    return list(facts_at(rows, **seen.at).select_related("subject__area", "buyer__area"))


def _enterprises(area: Area) -> QuerySet[Subject]:
    """All of the area, as a set that the database looks through once."""
    return Subject.objects.filter(kind=Subject.Kind.ENTERPRISE, area__path__startswith=area.path).order_by()


def _is_firm(subject: Subject, area: Area) -> bool:
    return subject.kind == Subject.Kind.ENTERPRISE and subject.area.path.startswith(area.path)


def _firms(
    subjects: Sequence[Subject],
    purchases: Sequence[Purchase],
    sold_outside: Sequence[tuple[Subject, Link]],
    called: Mapping[int, str],
    sectors: Mapping[int, Subject],
) -> tuple[Firm, ...]:
    sold: dict[str, int] = defaultdict(int)
    bought: dict[str, int] = defaultdict(int)
    beyond: dict[tuple[str, str], int] = {}
    for one in purchases:
        if one.basis == Link.Basis.ESTIMATED or one.fen is None:
            continue
        if one.is_local:
            sold[one.supplier] += one.fen
            bought[one.buyer] += one.fen
        else:
            beyond["bought", one.buyer] = beyond.get(("bought", one.buyer), 0) + one.fen
    for subject, link in sold_outside:
        if link.yearly_amount_fen is not None and link.basis != Link.Basis.ESTIMATED:
            beyond["sold", subject.key] = beyond.get(("sold", subject.key), 0) + link.yearly_amount_fen
    found = [
        Firm(
            key=subject.key,
            name=called.get(subject.pk, subject.id_part),
            sector=sectors[subject.pk].key if subject.pk in sectors else UNKNOWN_SECTOR,
            sold=sold[subject.key],
            bought=bought[subject.key],
            sold_outside=beyond.get(("sold", subject.key)),
            bought_outside=beyond.get(("bought", subject.key)),
            simulated=subject.simulated,
        )
        for subject in subjects
    ]
    return tuple(sorted(found, key=lambda firm: firm.key))


def _sectors(firms: QuerySet[Subject], seen: View) -> dict[int, Subject]:
    """The sector of each firm; of several the first by key."""
    rows = Membership.objects.filter(tree=Membership.Tree.SECTOR, subject__in=firms.values("pk")).select_related(
        "parent"
    )
    found: dict[int, Subject] = {}
    for row in facts_at(rows, **seen.at).select_related("parent").order_by("parent__key"):
        found.setdefault(row.subject_id, row.parent)
    return found


def _sector_names(sectors: Mapping[int, Subject], seen: View) -> dict[str, str]:
    parents = {subject.pk: subject for subject in sectors.values()}
    called = names(parents, **seen.at)
    return {subject.key: called.get(pk, subject.id_part) for pk, subject in parents.items()}


def _region_names(subjects: Sequence[Subject], seen: View) -> dict[str, str]:
    """Outside suppliers and buyers by key: an outside enterprise under the name of its area."""
    called = names([subject.pk for subject in subjects], **seen.at)
    return {
        subject.key: called.get(subject.pk, subject.key) if subject.kind == Subject.Kind.AREA else str(subject.area)
        for subject in subjects
    }
