"""Who sells to whom: firms, links and the importance of inputs, cleaned, or refused with row and reason.

W_ij is the yearly flow sold by firm i to firm j, in money as given (no rescaling: rule A_c <= 1e-10 of the cascade
depends on the unit). Self-loops are kept, links given twice are summed, links of amount 0 are left out and counted.
Sector and market labels are text, so codes keep their leading zeros. What no table of importance names is essential.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from zhizao.engines.chain.cleaning import Cells
from zhizao.kernel import names
from zhizao.kernel.result import Place, Problem, Refused, Severity, mark

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
IRRELEVANT, NON_ESSENTIAL, ESSENTIAL = 0, 1, 2
_SHOWN: Final = 5


@dataclass(frozen=True, eq=False)
class Network:
    """A cleaned production network.

    Attributes
    ----------
    firms : names of the ``n`` firms, in the order given
    sectors, markets : labels, sorted as text; ``markets`` are the classes in which suppliers replace one another
    sector, market : shape (n,), places in ``sectors`` and ``markets``
    supplier, buyer : shape (links,), places in ``firms``; sorted by supplier, then buyer, no pair twice
    amount : shape (links,), money, above nought
    essential : shape (sectors, sectors), importance of the supplier's sector (row) for the buyer's (column): 2, 1 or 0
    weight : shape (n,), sums to 1; by default the share in all sales inside the network
    revenue, cost : shape (n,), money, with flows outside the network; ``None`` where not known
    problems : what was noticed, none of it an error
    """

    firms: tuple[str, ...]
    sectors: tuple[str, ...]
    sector: Ints
    markets: tuple[str, ...]
    market: Ints
    supplier: Ints
    buyer: Ints
    amount: Floats
    essential: npt.NDArray[np.int8]
    weight: Floats
    revenue: Floats | None = None
    cost: Floats | None = None
    problems: tuple[Problem, ...] = ()

    @classmethod
    def from_frames(
        cls,
        firms: pl.DataFrame,
        links: pl.DataFrame,
        essential: pl.DataFrame | None = None,
        *,
        files: tuple[str | None, str | None, str | None] = (None, None, None),
    ) -> Network:
        """Clean and check the tables of a network.

        Parameters
        ----------
        firms : polars.DataFrame
            ``firm``, ``sector``; optional ``market`` (by default the sector), ``weight``, ``revenue``, ``cost``. An
            optional column that is empty throughout counts as not given; a cell that is empty alone is refused.
        links : polars.DataFrame
            ``supplier``, ``buyer``, ``amount``.
        essential : polars.DataFrame, optional
            ``supplier_sector``, ``buyer_sector``, ``essential`` (2, 1 or 0).
        files : tuple of str, optional
            Names of the three for the messages.

        Raises
        ------
        Refused
            Columns missing, cells empty or no numbers, amounts below nought, a firm named twice (also where only the
            writing differs), a link with a firm that is not in the list, no link at all and no weights.

        Examples
        --------
        >>> firms = pl.DataFrame({"firm": ["a", "b"], "sector": ["01", "02"]})
        >>> links = pl.DataFrame({"supplier": ["a", "a", "b"], "buyer": ["b"] * 3, "amount": [1.0, 2.0, 0.0]})
        >>> network = Network.from_frames(firms, links)
        >>> network.amount.tolist(), network.sectors, [problem.code for problem in network.problems]
        ([3.0], ('01', '02'), ['chain.zero_amounts', 'chain.links_summed'])
        """
        notes: list[Problem] = []
        cells = Cells(firms, files[0])
        listed = cells.texts("firm")
        _refuse_doubles(listed, cells)
        sector_names, sector = _coded(cells.texts("sector"))
        given = cells.optional_texts("market")
        market_names, market = (sector_names, sector) if given is None else _coded(given)
        weight, revenue, cost = (cells.optional_amounts(name) for name in ("weight", "revenue", "cost"))
        supplier, buyer, amount = _links(Cells(links, files[1]), listed, notes)
        importance = _importance(essential, files[2], sector_names, notes)
        sold = _sums(supplier, amount, len(listed))
        network = cls(
            firms=tuple(listed.to_list()),
            sectors=sector_names,
            sector=sector,
            markets=market_names,
            market=market,
            supplier=supplier,
            buyer=buyer,
            amount=amount,
            essential=importance,
            weight=_shares(sold if weight is None else weight, files[0]),
            revenue=revenue,
            cost=cost,
            problems=tuple(notes),
        )
        object.__setattr__(network, "problems", (*notes, *_doubts(network)))
        return network

    @property
    def is_closed(self) -> bool:
        """Whether flows outside the network are unknown: then systemic risk is overstated."""
        return self.revenue is None or self.cost is None

    @cached_property
    def out_strength(self) -> Floats:
        """Sales inside the network, shape (n,), money."""
        return _sums(self.supplier, self.amount, len(self.firms))

    @cached_property
    def in_strength(self) -> Floats:
        """Purchases inside the network, shape (n,), money."""
        return _sums(self.buyer, self.amount, len(self.firms))

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each firm by its name."""
        return {firm: place for place, firm in enumerate(self.firms)}

    def named(self, text: str) -> str | None:
        """The firm that a text names, perhaps written in another way; ``None`` where there is none."""
        return text if text in self.places else self._by_form.get(names.normalise(text) or text)

    @cached_property
    def _by_form(self) -> dict[str, str]:
        return {names.normalise(firm) or firm: firm for firm in self.firms}


def _sums(places: Ints, amount: Floats, n: int) -> Floats:
    return np.bincount(places, weights=amount, minlength=n).astype(np.float64, copy=False)


def _coded(labels: pl.Series) -> tuple[tuple[str, ...], Ints]:
    """Labels sorted as text, and the place of each row's label among them."""
    known = labels.unique().sort()
    codes = labels.cast(pl.Enum(known)).to_physical()
    return tuple(known.to_list()), np.ascontiguousarray(codes.to_numpy(), dtype=np.int32)


def _refuse_doubles(firms: pl.Series, cells: Cells) -> None:
    """Refuse a firm that stands twice, or twice under names that are written differently: both change every figure."""
    seen: dict[str, tuple[int, str]] = {}
    found = []
    for place, firm in enumerate(firms.to_list()):
        first, name = seen.setdefault(names.normalise(firm) or firm, (place, firm))
        if first != place:
            message = (
                mark("“%(firm)s” stands in row %(row)s already.")
                if name == firm
                else mark("“%(firm)s” is “%(other)s” of row %(row)s, written in another way.")
            )
            remedy = mark("Give each firm one row; put the links of both under one name.")
            params = {"firm": firm, "other": name, "row": cells.row(first)}
            found.append(Problem("chain.firm_twice", message, cells.place(place, "firm"), remedy, params=params))
    if found:
        raise Refused(*found[:_SHOWN])


def _links(cells: Cells, firms: pl.Series, notes: list[Problem]) -> tuple[Ints, Ints, Floats]:
    """Places of supplier and buyer and the amount of each pair that trades."""
    kind = pl.Enum(firms)
    ends = {column: _places(cells, column, kind, firms) for column in ("supplier", "buyer")}
    frame = pl.DataFrame({**ends, "amount": cells.amounts("amount")})
    if zeros := int((frame["amount"] == 0).sum()):
        notes.append(
            Problem(
                "chain.zero_amounts",
                mark("%(count)s links of amount 0 were left out."),
                Place(file=cells.file),
                severity=Severity.INFO,
                params={"count": zeros},
            )
        )
        frame = frame.filter(pl.col("amount") > 0)
    pairs = frame.group_by("supplier", "buyer", maintain_order=True).agg(pl.col("amount").sum(), pl.len())
    if doubles := frame.height - pairs.height:
        notes.append(
            Problem(
                "chain.links_summed",
                mark("%(count)s links were given again for the same two firms, and added."),
                Place(file=cells.file),
                severity=Severity.INFO,
                params={"count": doubles},
            )
        )
    pairs = pairs.sort("supplier", "buyer")
    supplier, buyer = (
        np.ascontiguousarray(pairs[column].to_numpy(), dtype=np.int32) for column in ("supplier", "buyer")
    )
    return supplier, buyer, np.ascontiguousarray(pairs["amount"].to_numpy(), dtype=np.float64)


def _places(cells: Cells, column: str, kind: pl.Enum, firms: pl.Series) -> pl.Series:
    """The place of the firm of each row; a name written in another way finds its firm, any other is refused."""
    texts = cells.texts(column)
    known = texts.cast(kind, strict=False)
    if known.null_count():
        by_form = {names.normalise(firm): firm for firm in firms.to_list()}
        strange = texts.filter(known.is_null()).unique().to_list()
        meant = {text: by_form[form] for text in strange if (form := names.normalise(text)) in by_form}
        known = texts.replace(meant).cast(kind, strict=False) if meant else known
    if known.null_count():
        found = [
            Problem(
                "chain.unknown_firm",
                mark("“%(firm)s” is not in the list of firms."),
                cells.place(place, column),
                mark("Add it to the firms, or correct the name."),
                params={"firm": texts[place]},
            )
            for place in known.is_null().arg_true().head(_SHOWN).to_list()
        ]
        raise Refused(*found)
    return known.to_physical().rename(column)


def _importance(
    table: pl.DataFrame | None, file: str | None, sectors: tuple[str, ...], notes: list[Problem]
) -> npt.NDArray[np.int8]:
    found = np.full((len(sectors), len(sectors)), ESSENTIAL, dtype=np.int8)
    if table is None:
        return found
    cells = Cells(table, file)
    values = cells.amounts("essential")
    if bad := (~values.is_in([0.0, 1.0, 2.0])).arg_true().head(_SHOWN).to_list():
        message, remedy = mark("The importance of an input is 2, 1 or 0."), mark("2 essential, 1 not, 0 no effect.")
        raise Refused(*(Problem("chain.importance", message, cells.place(row, "essential"), remedy) for row in bad))
    places = {label: place for place, label in enumerate(sectors)}
    given: dict[tuple[str, str], float] = {}
    unknown: set[str] = set()
    pairs = zip(cells.texts("supplier_sector"), cells.texts("buyer_sector"), values, strict=True)
    for row, (seller, buyer, value) in enumerate(pairs):
        if given.setdefault((seller, buyer), value) != value:
            message = mark("“%(seller)s” for “%(buyer)s” has two different importances.")
            params = {"seller": seller, "buyer": buyer}
            place = cells.place(row, "essential")
            raise Refused(Problem("chain.importance_twice", message, place, mark("Keep one row."), params=params))
        unknown |= {seller, buyer} - places.keys()
        if seller in places and buyer in places:
            found[places[seller], places[buyer]] = int(value)
    if unknown:
        notes.append(
            Problem(
                "chain.unknown_sectors",
                mark("%(count)s sectors of the table of importance are those of no firm: %(names)s."),
                Place(file=file),
                mark("Codes are text: 07 is not 7."),
                Severity.WARNING,
                {"count": len(unknown), "names": ", ".join(sorted(unknown)[:_SHOWN])},
            )
        )
    return found


def _shares(weight: Floats, file: str | None) -> Floats:
    total = float(weight.sum())
    if total > 0:
        return weight / total
    raise Refused(
        Problem(
            "chain.no_weights",
            mark("No firm has a weight: there is neither a link with an amount nor a weight above 0."),
            Place(file=file),
            mark("Give links with amounts, or a column weight."),
        )
    )


def _doubts(network: Network) -> list[Problem]:
    """What makes the figures doubtful, but not wrong."""
    found = []

    def warn(code: str, message: str, remedy: str, count: int) -> None:
        if count:
            found.append(Problem(code, message, remedy=remedy, severity=Severity.WARNING, params={"count": count}))

    sold, bought = network.out_strength, network.in_strength
    warn(
        "chain.small_unit",
        mark("%(count)s firms sell more than 0 but less than 1 in all; the market rule needs a small unit of money."),
        mark("Give amounts in yuan, not in 10,000 or 100 million yuan."),
        int(((sold > 0) & (sold < 1)).sum()),
    )
    if network.revenue is not None:
        warn(
            "chain.revenue_below_sales",
            mark("%(count)s firms sell more inside the network than their revenue; they amplify losses."),
            mark("Correct the revenue, or the amounts."),
            int((network.revenue < sold * (1 - 1e-12)).sum()),
        )
    if network.cost is not None:
        warn(
            "chain.cost_below_purchases",
            mark("%(count)s firms buy more inside the network than their cost; they amplify losses."),
            mark("Correct the cost, or the amounts."),
            int((network.cost < bought * (1 - 1e-12)).sum()),
        )
    return found
