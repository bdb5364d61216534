"""Reads what a plan pack states about its economy; the patterns stand in the parameters, nothing of one plan in here.

Read are, for the base year: rows of the table of targets (the whole above-scale output, sectors, revenue, profit and
tax), output of tiers, sectors and firms in the text, shares of the whole, land × output for each mu of single firms,
output for each kWh, numbers of suppliers. What speaks of output and cannot be placed is listed with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from zhizao.engines.simulation.entropy import Ints, Statement
from zhizao.engines.simulation.facts import EconomyFacts, SupplierCount, Target
from zhizao.engines.simulation.parameters import Parameters
from zhizao.kernel import names, units
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.engines.planlint import PlanPack

_SURE = Decimal("0.7")
"""From this confidence on an alias is followed, as the plan check does."""
_LEAST_CONFIDENCE = Decimal("0.6")
"""A claim below it is not sure to say what it was read to say."""


def facts_of_pack(pack: PlanPack, parameters: Parameters) -> EconomyFacts:
    """The facts of a plan pack.

    Raises
    ------
    Refused
        ``simulation.no_facts`` where the pack has no enterprises, no base year or no region code.

    Examples
    --------
    See ``zhizao.engines.simulation``.
    """
    region = (pack.meta.get("region") or {}).get("code")
    years = [int(str(row["base_year"])) for row in pack.rows["indicators"] if row.get("base_year")]
    base_year = int(pack.meta.get("base_year") or (max(set(years), key=years.count) if years else 0))
    for missing, what in (
        (not pack.rows["enterprises"], "enterprises"),
        (not base_year, "base_year"),
        (not region, "region"),
    ):
        if missing:
            message = mark("The plan pack says nothing about %(what)s, which a simulated economy starts from.")
            raise Refused(Problem("simulation.no_facts", message, params={"what": what}))
    return _Reader(pack, parameters, base_year).facts(str(region))


class _Reader:
    """One pass over a pack's tables."""

    def __init__(self, pack: PlanPack, parameters: Parameters, base_year: int) -> None:
        self.rows = pack.rows
        self.parameters = parameters
        self.words = parameters.words
        self.base_year = base_year
        rows = pack.rows["enterprises"]
        self.listed = [str(row["name"]) for row in rows]
        tiers = list(dict.fromkeys(str(row.get("tier") or "") for row in rows))
        self.tiers = {tier: place for place, tier in enumerate(tiers)}
        self.sector = np.array([parameters.sector_of(str(row.get("industry") or "")) for row in rows])
        self.tier = np.array([self.tiers[str(row.get("tier") or "")] for row in rows])
        place = {names.normalise(name): n for n, name in enumerate(self.listed)}
        aliases = [row for row in pack.rows.get("aliases", ()) if Decimal(str(row["confidence"])) >= _SURE]
        of_alias = {
            names.normalise(str(row["alias"])): place.get(names.normalise(str(row["canonical"]))) for row in aliases
        }
        self.place = {name: n for name, n in of_alias.items() if n is not None} | place
        self.statements: list[Statement] = []
        self.electricity: list[tuple[Ints, float]] = []
        self.unused: list[tuple[str, str]] = []
        self.whole = 0.0

    def facts(self, region_code: str) -> EconomyFacts:
        """Everything, in the order of the tables: targets, claims, land, suppliers."""
        targets, totals, growth, target_year = self._targets()
        for claim in self.rows.get("claims", ()):
            self._claim(claim)
        return EconomyFacts(
            region_code=region_code,
            base_year=self.base_year,
            target_year=target_year,
            firms=pl.DataFrame(
                {
                    "name": self.listed,
                    "tier": self.tier,
                    "tier_name": [list(self.tiers)[tier] for tier in self.tier],
                    "industry": [str(row.get("industry") or "") for row in self.rows["enterprises"]],
                    "sector": self.sector,
                }
            ),
            statements=tuple(self.statements),
            growth=growth,
            totals=totals,
            output_per_electricity=tuple(self.electricity),
            targets=targets,
            suppliers=tuple(self._suppliers()),
            unused=tuple(self.unused),
        )

    def _targets(self) -> tuple[tuple[Target, ...], dict[str, float], tuple[float, ...], int]:
        targets: list[Target] = []
        totals: dict[str, float] = {}
        sums: dict[str, float] = {}
        growth: dict[int | None, float] = {}
        last_year = self.base_year + 1
        for row in self.rows["indicators"]:
            key, name, base, aim = str(row["id"]), str(row["name"]), row.get("base_value"), row.get("target_value")
            if base is None or aim is None or row.get("base_year") != self.base_year or not row.get("target_year"):
                self.unused.append((key, "base or target not stated"))
                continue
            year = int(str(row["target_year"]))
            last_year = max(last_year, year)
            decimals = max(-int(Decimal(str(base)).as_tuple().exponent), -int(Decimal(str(aim)).as_tuple().exponent), 0)
            targets.append(Target(key, name, str(row.get("unit") or ""), float(str(base)), float(str(aim)), decimals))
            money = _wan_yuan(base, row.get("unit"))
            if money is None or not money > 0:
                continue
            rate = (
                (float(str(aim)) / float(str(base))) ** (1 / (year - self.base_year)) - 1
                if float(str(aim)) > 0
                else 0.0
            )
            sums |= {quantity: money for quantity, word in _SUMS.items() if word in name and quantity not in sums}
            if re.search(self.words.whole, name) and re.search(self.words.above_scale, name):
                self.whole, growth[None] = money, rate
                self._add(key, "table", np.arange(len(self.listed)), money, weight=100)
            elif self.words.output in name and not re.search(self.words.not_output, name):
                if re.search(self.words.whole, name) and not self._sector_named(name):
                    growth.setdefault(None, rate)  # with those below scale
                else:
                    self._table_sector(key, name, money, rate, growth)
            elif name.startswith(("其它", "其他")):
                self._table_sector(key, name, money, rate, growth)
        if "profit_and_tax" in sums and "profit_total" in sums:
            totals["tax_paid"] = sums["profit_and_tax"] - sums["profit_total"]
        totals |= {quantity: sums[quantity] for quantity in ("operating_revenue", "profit_total") if quantity in sums}
        whole = growth.get(None, 0.05)
        return (
            tuple(targets),
            totals,
            tuple(growth.get(n, whole) for n in range(len(self.parameters.sectors))),
            last_year,
        )

    def _table_sector(self, key: str, name: str, money: float, rate: float, growth: dict[int | None, float]) -> None:
        sector = self.parameters.sector_of(name)
        growth[sector] = rate
        self._add(key, "table", np.flatnonzero(self.sector == sector), money, weight=10)

    def _sector_named(self, words: str) -> bool:
        return self.parameters.sector_of(words) < len(self.parameters.sectors) - 1

    def _add(self, key: str, kind: str, firms: Ints, money: float, *, weight: float = 1.0, doubt: float = 1.0) -> None:
        deviation = float(getattr(self.parameters.statements, kind)) * doubt
        if not len(firms):
            self.unused.append((key, "no enterprise of the list is meant"))
        elif money > 0:
            self.statements.append(Statement(key, kind, firms, money, deviation, weight))

    def _claim(self, claim: dict[str, Any]) -> None:
        words, key = str(claim["indicator"] or ""), str(claim["id"])
        if str(claim.get("span")) != str(self.base_year):
            return
        if self.words.output not in words and claim["kind"] != "share":
            return
        confidence = Decimal(str(claim["confidence"]))
        value = float(str(claim["value"]))
        subject = str(claim.get("subject") or "")
        per_land = bool(re.search(self.words.per_land, words))
        if confidence < _LEAST_CONFIDENCE:
            self.unused.append((key, "not sure to be read rightly"))
        elif re.search(self.words.per_electricity, words):
            firms = self._meant(subject, claim)
            if firms is not None:
                self.electricity.append((firms[1], value))
        elif per_land:
            self._per_land(key, subject, value, str(claim.get("unit") or ""), claim)
        elif claim["kind"] == "actual" and not re.search(self.words.not_output, words):
            money = _wan_yuan(claim["value"], claim.get("unit"))
            meant = self._meant(subject, claim)
            if money is None:
                return
            if meant is None:
                if subject or not re.search(self.words.whole, words):
                    self.unused.append((key, "whose output it is cannot be told"))
                else:
                    self._stated(claim, "text", np.arange(len(self.listed)), money)
            else:
                self._stated(claim, meant[0], meant[1], money)
        elif claim["kind"] == "share" and re.search(self.words.share_of, words):
            if self.words.whole_of_share not in str(claim.get("of") or ""):
                return
            meant = self._meant(subject, claim)
            if meant is None or not self.whole:
                self.unused.append((key, "whose share it is cannot be told"))
            else:
                self._stated(claim, "share", meant[1], value / 100 * self.whole)

    def _stated(self, claim: dict[str, Any], kind: str, firms: Ints, money: float) -> None:
        """“Over so much” is a little above; a doubtful reading is met less exactly."""
        over = claim.get("bound") in ("ge", "gt", "about", "le", "lt")
        self._add(str(claim["id"]), kind, firms, money, doubt=1 / float(claim["confidence"]))
        if over and self.statements and self.statements[-1].key == claim["id"]:
            last = self.statements[-1]
            spread = max(last.deviation, self.parameters.statements.floor_spread)
            self.statements[-1] = replace(last, deviation=spread)

    def _meant(self, subject: str, claim: dict[str, Any]) -> tuple[str, Ints] | None:
        """Kind of statement and firms that a subject means: parts named, a tier, a firm, a sector."""
        parts = [part for part in str(claim.get("parts") or "").split("、") if part]
        firms = [self.place.get(names.normalise(part)) for part in parts]
        if parts and all(firm is not None for firm in firms):
            return "text", np.array(sorted({firm for firm in firms if firm is not None}))
        if parts and all(map(self._sector_named, parts)):
            meant = [self.parameters.sector_of(part) for part in parts]
            return "text", np.flatnonzero(np.isin(self.sector, meant))
        if subject in self.tiers:
            return "tier", np.flatnonzero(self.tier == self.tiers[subject])
        if (firm := self.place.get(names.normalise(subject))) is not None:
            return "firm", np.array([firm])
        is_sector = self._sector_named(subject) and re.search("业|行业|产业|制造", subject)
        if is_sector and not re.search("公司|企业|厂|集团", subject):
            return "text", np.flatnonzero(self.sector == self.parameters.sector_of(subject))
        return None

    def _per_land(self, key: str, subject: str, value: float, unit: str, claim: dict[str, Any]) -> None:
        firm = self.place.get(names.normalise(subject))
        plots = self.rows.get("land", ())
        areas = [row["land_mu"] for row in plots if self.place.get(names.normalise(str(row["enterprise"]))) == firm]
        area = areas[0] if areas and firm is not None else None
        money = _wan_yuan(claim["value"], unit.partition("/")[0])
        if firm is None or area is None or money is None or unit.partition("/")[2] != "亩":
            self.unused.append((key, "no land of this enterprise is stated"))
            return
        self._stated(claim, "firm", np.array([firm]), money * float(str(area)))

    def _suppliers(self) -> Iterable[SupplierCount]:
        for row in self.rows.get("suppliers", ()):
            firm = self.place.get(names.normalise(str(row["enterprise"])))
            if firm is None or row.get("total") is None or row.get("local") is None:
                self.unused.append((f"suppliers:{row['line']}", "no enterprise of the list is meant"))
            else:
                yield SupplierCount(firm, int(str(row["total"])), int(str(row["local"])))


_SUMS = {"profit_and_tax": "利税", "profit_total": "利润", "operating_revenue": "营业收入"}


def _wan_yuan(value: object, unit: object) -> float | None:
    """Money in 万元; ``None`` where it is none. “亿” alone means 亿元, as the claims' notes say."""
    printed = str(unit or "")
    try:
        found = units.unit(f"{printed}元" if printed in ("亿", "万") else printed)
        return float(found.convert(Decimal(str(value)), to=units.unit("万元")))
    except Refused:
        return None


def unused_frame(unused: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """What was not used, as a frame ``statement``, ``reason``."""
    return pl.DataFrame(unused, schema={"statement": pl.String, "reason": pl.String}, orient="row")
