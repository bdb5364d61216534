"""What enterprises are watched by, and the rules that call: a folder of dated data, read and checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from zhizao.engines.warning.residuals import Memory
from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.rules import Rulebook
from zhizao.kernel.rules.load import Mapped, read_mapping

FILE: Final = "measures.yaml"
_KEYS: Final = ("stocks", "measures", "memory", "usual_share_pct", "usual_trade_share_pct", "quiet_cells")


TRADE_FACTS: Final = ("trade_false_pct", "trade_share_pct", "trade_score")


class As(StrEnum):
    """What is taken of a figure: its logarithm, its change, the figure itself, or what does not go with another's."""

    LOG = "log"
    CHANGE = "change"
    SHARE = "share"
    BEYOND = "beyond"


@dataclass(frozen=True, slots=True)
class Measure:
    """What is watched: an indicator, perhaps over another.

    Attributes
    ----------
    of, over : keys of indicators; ``over`` is empty where there is none
    taken : what is taken of it
    worse_up : whether a rise tells of trouble
    weight : its part in the score of distress
    trade_weight : its part in the score by which a trade comes apart
    """

    of: str
    over: str
    taken: As
    worse_up: bool
    weight: float
    trade_weight: float


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """A folder, read.

    Attributes
    ----------
    stocks : indicators that are values at an end
    measures : by name
    memory : how expectations learn
    usual_share : the share of enterprises in trouble in any month
    usual_trade_share : the share of months in which a part of a trade is hit
    quiet_cells : so many cells a rule is silent after an alarm
    book : the rules
    """

    stocks: frozenset[str]
    measures: Mapping[str, Measure]
    memory: Memory
    usual_share: float
    usual_trade_share: float
    quiet_cells: int
    book: Rulebook

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicators that are watched, in order.

        >>> shipped_watch().indicators[:2]
        ('gross_output', 'electricity')
        """
        named = [name for one in self.measures.values() for name in (one.of, one.over) if name]
        return tuple(dict.fromkeys(named))

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that a rule may ask for."""
        scores = [f"{name}_{kind}" for name in ("distress", *self.measures) for kind in ("score", "q_pct")]
        off = [f"{name}_off_pct" for name, one in self.measures.items() if one.taken is not As.SHARE]
        growth = [f"{name}_yoy_pct" for name in self.indicators]
        return (*scores, *TRADE_FACTS, *off, *growth, "silent_cells", "doubtful_figures")


def watch_of(folder: Path, *regions: Path) -> Watch:
    """Read a folder with ``measures.yaml`` and rules beside it, and perhaps regions' folders, which say what differs.

    A region's rule extends or replaces the nation's; its ``measures.yaml``, if it has one, stands in place of it.

    Raises
    ------
    Refused
        Everything that is wrong: ``warning.no_measures``, ``warning.setting`` with the key, ``warning.unknown_fact``
        (a rule asks for what is not watched), ``warning.no_rules``, and what ``kernel.rules`` refuses.
    """
    if not (folder / FILE).is_file():
        message, remedy = mark("There is no “%(name)s” in the folder."), mark("Copy the one that is shipped.")
        raise Refused(Problem("warning.no_measures", message, Place(file=folder.name), remedy, params={"name": FILE}))
    book = rules_of(folder, *regions)
    last = [one for one in (folder, *regions) if (one / FILE).is_file()][-1]
    watch = _watch(read_mapping(last / FILE), book)
    refuse_unknown(book, watch.facts)
    return watch


def rules_of(folder: Path, *regions: Path) -> Rulebook:
    """The rules of a folder and above them those of regions; ``warning.no_rules`` where there is none."""
    rules = [path for one in (folder, *regions) for path in sorted(one.glob("*.yaml")) if path.name != FILE]
    if not rules:
        raise Refused(Problem("warning.no_rules", mark("There is no rule in the folder."), Place(file=folder.name)))
    return Rulebook.load(rules)


def refuse_unknown(book: Rulebook, facts: Collection[str]) -> None:
    """Raise ``warning.unknown_fact`` for every fact that a rule asks for and nobody gathers."""
    problems = [
        Problem(
            "warning.unknown_fact",
            mark("The rule “%(rule)s” asks for “%(fact)s”, which is not watched."),
            Place(file=rule.file, line=rule.lines.get("facts")),
            mark("Known are: %(known)s."),
            params={"rule": rule.id, "fact": fact, "known": ", ".join(sorted(facts))},
        )
        for rule in book.rules
        for fact in rule.facts
        if fact not in facts
    ]
    if problems:
        raise Refused(*problems)


@cache
def shipped_watch() -> Watch:
    """The folder shipped, ``packs/china/warning``.

    >>> shipped_watch().book.ids
    ('warning.distress', 'warning.doubtful', 'warning.electricity', 'warning.silent', 'warning.trade')
    """
    return watch_of(Path(str(files("zhizao"))) / "packs" / "china" / "warning")


class _WrongError(Exception):
    """The key that is wrong, and its line."""

    def __init__(self, key: str, line: int | None = None) -> None:
        super().__init__(key)
        self.key, self.line = key, line


def _watch(data: Mapped, book: Rulebook) -> Watch:
    try:
        if unknown := [key for key in data if key not in _KEYS]:
            raise _WrongError(unknown[0], data.lines.get(unknown[0]))
        measures = {str(name): _measure(f"measures.{name}", one) for name, one in _section(data, "measures").items()}
        if not any(one.weight for one in measures.values()):
            raise _WrongError("measures", data.lines.get("measures"))
        memory = _section(data, "memory")
        names = [field.name for field in fields(Memory)]
        if sorted(memory) != sorted(names):
            raise _WrongError("memory", data.lines.get("memory"))
        numbers = {name: _number(memory, name, f"memory.{name}") for name in names}
        stocks = data.get("stocks")
        if not isinstance(stocks, list):
            raise _WrongError("stocks", data.lines.get("stocks"))
        shares = {key: _number(data, key, key) / 100 for key in ("usual_share_pct", "usual_trade_share_pct")}
        if wrong := [key for key, share in shares.items() if not 0 < share < 1]:
            raise _WrongError(wrong[0], data.lines.get(wrong[0]))
        quiet = _number(data, "quiet_cells", "quiet_cells")
        numbers["least_history"] = int(numbers["least_history"])
        return Watch(
            stocks=frozenset(map(str, stocks)),
            measures=measures,
            memory=Memory(**numbers),  # type: ignore[arg-type]
            usual_share=shares["usual_share_pct"],
            usual_trade_share=shares["usual_trade_share_pct"],
            quiet_cells=int(quiet),
            book=book,
        )
    except _WrongError as wrong:
        message = mark("The setting “%(key)s” is missing or has a value it cannot have.")
        remedy = mark("Compare the file with packs/china/warning/measures.yaml.")
        place = Place(file=FILE, line=wrong.line)
        raise Refused(Problem("warning.setting", message, place, remedy, params={"key": wrong.key})) from None


def _section(data: Mapped, key: str) -> Mapped:
    value = data.get(key)
    if not isinstance(value, Mapped) or not value:
        raise _WrongError(key, data.lines.get(key))
    return value


def _measure(key: str, data: Any) -> Measure:
    if not isinstance(data, Mapped):
        raise _WrongError(key)
    line = next(iter(data.lines.values()), None)
    if unknown := [name for name in data if name not in ("of", "over", "as", "worse", "weight", "trade_weight")]:
        raise _WrongError(f"{key}.{unknown[0]}", line)
    of, over, taken, worse = (data.get(name, "") for name in ("of", "over", "as", "worse"))
    if not (isinstance(of, str) and of and isinstance(over, str)):
        raise _WrongError(f"{key}.of", line)
    if taken not in list(As):
        raise _WrongError(f"{key}.as", line)
    if taken == As.BEYOND and not over:
        raise _WrongError(f"{key}.over", line)
    if worse not in ("up", "down"):
        raise _WrongError(f"{key}.worse", line)
    weight = _number(data, "weight", f"{key}.weight")
    of_trade = _number(data, "trade_weight", f"{key}.trade_weight") if "trade_weight" in data else 0.0
    return Measure(of, over, As(taken), worse == "up", weight, of_trade)


def _number(data: Mapped, key: str, name: str) -> float:
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
        raise _WrongError(name, data.lines.get(key))
    return float(value)
