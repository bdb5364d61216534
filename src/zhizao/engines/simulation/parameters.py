"""What the simulated economy assumes: one file of parameters, read into frozen sections and checked.

The file shipped is ``packs/china/simulation.yaml``; another may be given in its place. A key too many, one missing and
a value of another kind are refused with the name of the key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import yaml

from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.span import Span

T = TypeVar("T")
Range = tuple[float, float]


@dataclass(frozen=True)
class Sector:
    """A sector: the words it is known by, and how its firms produce."""

    code: str
    words: tuple[str, ...]
    intensity: float
    value_added: float
    local: float
    seasonal: float


@dataclass(frozen=True)
class Sizes:
    """Sizes of firms before they are fitted."""

    tier_step: float
    spread: float
    least_wan_yuan: float


@dataclass(frozen=True)
class Weights:
    """Relative standard deviations of what the plan states, by kind; 0 is exact."""

    table: float
    tier: float
    firm: float
    text: float
    share: float
    floor_spread: float


@dataclass(frozen=True)
class Factor:
    """An autoregressive factor of order one, in log."""

    persistence: float
    spread: float


@dataclass(frozen=True)
class Output:
    """The path of output."""

    past_growth: float
    attainment: float
    attainment_spread: float
    firm_growth_spread: float
    leader_growth_spread: float
    common: Factor
    sector: Factor
    own: Factor
    noise: float
    noise_between_firms: Range
    season: tuple[float, ...]
    common_events: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class Festival:
    """Windows around the first day of the lunar year (days) and their effects (log)."""

    windows: tuple[tuple[int, int], ...]
    effects: tuple[float, ...]


@dataclass(frozen=True)
class Ratios:
    """The other indicators from output."""

    spread: float
    noise: float
    revenue: float
    revenue_lag: float
    profit_margin: float
    profit_spread: float
    profit_leverage: float
    tax_rate: float
    receivable_days: float
    output_per_employee_wan_yuan: float
    employee_persistence: float
    electricity_elasticity: float
    other_energy: float
    coal_tonnes_of_wan_kwh: float
    rd: float
    orders_lead: float


@dataclass(frozen=True)
class Entries:
    """Who starts late, leaves and comes."""

    late_start: float
    exits_a_year: float
    new_a_year: float
    new_size: float


@dataclass(frozen=True)
class Shocks:
    """Known shocks."""

    least: int
    a_firm_month: float
    leaders: float
    size: Range
    months: tuple[int, int]
    recovery: float
    power_cut_sectors: int
    power_cut_share: float
    power_cuts_a_year: float
    power_months: tuple[int, ...]
    propagation: float
    least_propagated: float
    power_on_electricity: float


@dataclass(frozen=True)
class Reports:
    """How figures are reported: late, revised, in a wrong unit."""

    report_day: tuple[int, int]
    disturbed: float
    late_of_disturbed: float
    late_days: tuple[int, int]
    revision: float
    revised_indicators: float
    revised_after_months: tuple[int, int]
    slip: float
    slip_factors: tuple[float, ...]
    slip_found: float
    slip_found_after_days: tuple[int, int]


@dataclass(frozen=True)
class Links:
    """Suppliers and buyers."""

    purchases: float
    suppliers: float
    suppliers_spread: float
    registered: float
    pool_of_suppliers: float
    same_sector: float
    amount_spread: float
    churn_a_year: float
    sales_inside: float


@dataclass(frozen=True)
class TargetRule:
    """Targets whose name has the pattern follow these indicators of the firms; none: a path of their own."""

    pattern: str
    follows: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """Patterns by which a plan's statements are known."""

    output: str
    not_output: str
    whole: str
    above_scale: str
    per_land: str
    per_electricity: str
    whole_of_share: str
    share_of: str


@dataclass(frozen=True)
class Parameters:
    """All assumptions; the sections are those of the file.

    Examples
    --------
    >>> parameters = shipped_parameters()
    >>> parameters.output.noise >= 0.10, str(parameters.span(2020))
    (True, '2019-01..2025-12')
    """

    years_before: int
    years_after: int
    sectors: tuple[Sector, ...]
    sizes: Sizes
    statements: Weights
    output: Output
    festival: Festival
    ratios: Ratios
    entries: Entries
    shocks: Shocks
    reports: Reports
    links: Links
    targets: tuple[TargetRule, ...]
    target_noise: float
    words: Words
    units: Mapping[str, tuple[str, int]]

    def span(self, base_year: int) -> Span:
        """The months that are simulated for a base year.

        >>> str(shipped_parameters().span(2025))
        '2024-01..2030-12'
        """
        return Span((base_year - self.years_before) * 12, (self.years_before + 1 + self.years_after) * 12)

    def sector_of(self, printed: str) -> int:
        """The place of the sector that words of a plan mean; the last where none is known.

        >>> parameters = shipped_parameters()
        >>> [parameters.sectors[parameters.sector_of(word)].code for word in ("汽车", "医化", "材料")]
        ['equipment', 'medical', 'other']
        """
        for place, sector in enumerate(self.sectors):
            if any(word in printed for word in sector.words):
                return place
        return len(self.sectors) - 1


def parameters_of(text: bytes | str, *, file: str | None = None) -> Parameters:
    """Read a file of parameters.

    Raises
    ------
    Refused
        ``simulation.parameters`` with the key that is wrong.

    Examples
    --------
    >>> parameters_of("years_before: 1")
    Traceback (most recent call last):
    zhizao.kernel.result.Refused: The parameter “years_after” is missing or has a value it cannot have. ...
    """
    try:
        content = yaml.load(text, _Loader)  # noqa: S506 -- a SafeLoader that leaves dates as text
    except (yaml.YAMLError, ValueError, RecursionError):
        content = None
    try:
        parameters: Parameters = _built(Parameters, content, "")
        _check(parameters)
    except _WrongError as wrong:
        message = mark("The parameter “%(key)s” is missing or has a value it cannot have.")
        remedy = mark("Compare the file with packs/china/simulation.yaml.")
        place = Place(file=file)
        raise Refused(Problem("simulation.parameters", message, place, remedy, params={"key": str(wrong)})) from None
    return parameters


@cache
def shipped_parameters() -> Parameters:
    """The parameters shipped, ``packs/china/simulation.yaml``."""
    source = files("zhizao") / "packs" / "china" / "simulation.yaml"
    return parameters_of(source.read_bytes(), file=source.name)


class _Loader(yaml.SafeLoader):
    """Months stay text: ``2019-01`` is no date, and a key ``2020-02`` no number."""

    yaml_implicit_resolvers = {
        letter: [entry for entry in entries if entry[0] != "tag:yaml.org,2002:timestamp"]
        for letter, entries in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class _WrongError(Exception):
    """The key that is wrong."""


def _built(kind: Any, value: Any, key: str) -> Any:
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        if not isinstance(value, Mapping):
            raise _WrongError(key)
        names = [field.name for field in fields(kind)]
        if unknown := [str(name) for name in value if name not in names]:
            raise _WrongError(f"{key}{unknown[0]}")
        if missing := [name for name in names if name not in value]:
            raise _WrongError(f"{key}{missing[0]}")
        return kind(**{name: _built(hints[name], value[name], f"{key}{name}.") for name in names})  # type: ignore[operator]
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple:
        if not isinstance(value, list):
            raise _WrongError(key.rstrip("."))
        kinds = [inner[0]] * len(value) if inner[-1] is Ellipsis else list(inner)
        if len(kinds) != len(value):
            raise _WrongError(key.rstrip("."))
        return tuple(_built(one, item, f"{key}{n}.") for n, (one, item) in enumerate(zip(kinds, value, strict=True)))
    if origin is not None:
        if not isinstance(value, Mapping):
            raise _WrongError(key.rstrip("."))
        return {str(name): _built(inner[1], item, f"{key}{name}.") for name, item in value.items()}
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise _WrongError(key.rstrip("."))
    return value


def _check(parameters: Parameters) -> None:
    """What kinds do not say: months can be read, patterns compile, shares are shares."""
    try:
        for month in parameters.output.common_events:
            Span.parse(month)
    except Refused:
        raise _WrongError("output.common_events") from None
    words = {f"words.{field.name}": getattr(parameters.words, field.name) for field in fields(Words)}
    for key, pattern in words.items() | {("targets", rule.pattern) for rule in parameters.targets}:
        try:
            re.compile(pattern)
        except re.error:
            raise _WrongError(key) from None
    wrong = {
        "years_before": not 1 <= parameters.years_before <= 20,
        "years_after": not 1 <= parameters.years_after <= 20,
        "sectors": not parameters.sectors,
        "output.season": len(parameters.output.season) != 12,
        "output.noise": not 0 <= parameters.output.noise < 1,
        "output.noise_between_firms": not 0
        < parameters.output.noise_between_firms[0]
        <= parameters.output.noise_between_firms[1],
        "festival.effects": len(parameters.festival.effects) != len(parameters.festival.windows),
        "shocks.size": not 0 < parameters.shocks.size[0] <= parameters.shocks.size[1] < 1,
        "reports.disturbed": not 0 <= parameters.reports.disturbed <= 1,
        "reports.slip": not 0 <= parameters.reports.slip <= 0.1,
        "ratios.revenue": parameters.ratios.revenue <= 0,
    }
    for key, bad in wrong.items():
        if bad:
            raise _WrongError(key)
