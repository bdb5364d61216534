"""A table of targets, read: what is promised of which series, for when, and from which side.

| column | |
|---|---|
| target | its name, each once |
| kind | total, cumulative, level, share, ratio, growth or count |
| series | a series of the panel; several with ``+`` between them; ``*`` stands for any text (``enterprise:*``) |
| denominator | of a share or ratio: as ``series`` |
| span | the period, such as 2025 or 2021-01..2025-12 |
| base | of a growth: the period it starts from; without it, the same one a year earlier |
| bound | ge (at least), le (at most) or eq (exactly, within the tolerance) |
| value | the bound; of a share and a growth with % (45%) or as a share of 1 (0.45) |
| threshold | of a count: a series counts from this total on |
| tolerance | of eq, in the unit of the value |
| pillar | the group whose joint probability is told |

Growth over several years is the mean yearly one. A share or growth above 1 without % could mean either and is refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final

import polars as pl

from zhizao.engines.outlook.target import Bound, Kind, Target
from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.span import Span

NEEDED: Final = ("target", "kind", "series", "span", "bound", "value")
_PARTS: Final = (Kind.SHARE, Kind.GROWTH)
_SHOWN: Final = 30


def targets_of(frame: pl.DataFrame, *, series: Sequence[str], file: str | None = None) -> tuple[Target, ...]:
    """Read a table of targets.

    Parameters
    ----------
    frame : DataFrame
        Columns as above, text.
    series : sequence of str
        The panel's.
    file : str, optional
        Its name for the messages.

    Raises
    ------
    Refused
        Everything that is wrong, with its row and column: ``outlook.no_column``, ``outlook.no_rows``,
        ``outlook.target_double``, ``outlook.kind``, ``outlook.bound``, ``outlook.unknown_series``,
        ``outlook.no_denominator``, ``outlook.not_a_number``, ``outlook.per_cent``, ``outlook.tolerance``,
        ``outlook.base``; ``span.unreadable``.

    Examples
    --------
    >>> row = {"target": "t", "kind": "growth", "series": "a+b", "span": "2025", "bound": "ge", "value": "8%"}
    >>> (target,) = targets_of(pl.DataFrame([row]), series=["a", "b"])
    >>> target.series, target.value, target.base
    (('a', 'b'), 0.08, None)
    """
    if missing := [name for name in NEEDED if name not in frame.columns]:
        message, remedy = mark("Column %(column)s is missing."), mark("The table needs the columns %(needed)s.")
        params = {"column": missing[0], "needed": ", ".join(NEEDED)}
        raise Refused(Problem("outlook.no_column", message, Place(file=file), remedy, params=params))
    if frame.is_empty():
        raise Refused(Problem("outlook.no_rows", mark("The table has no rows."), Place(file=file)))
    found: dict[str, Target] = {}
    problems: list[Problem] = []
    for number, cells in enumerate(frame.iter_rows(named=True), start=2):
        row = _Row({name: (value or "").strip() for name, value in cells.items()}, Place(file=file, row=number), series)
        target = row.target()
        if target and target.key in found:
            row.wrong("target_double", "target", mark("“%(text)s” stands twice."))
        elif target:
            found[target.key] = target
        problems += row.problems
    if problems:
        raise Refused(*problems[:_SHOWN])
    return tuple(found.values())


class _Row:
    """One row, and what is wrong with it."""

    def __init__(self, cells: Mapping[str, str], place: Place, series: Sequence[str]) -> None:
        self.cells, self.place, self.all_series = cells, place, series
        self.problems: list[Problem] = []

    def wrong(self, code: str, column: str, message: str, remedy: str = "", **params: object) -> None:
        """Note a problem of one cell."""
        place = Place(file=self.place.file, row=self.place.row, column=column)
        words = {"text": self.cells.get(column, "")} | params
        self.problems.append(Problem(f"outlook.{code}", message, place, remedy, params=words))

    def target(self) -> Target | None:
        """The target, or None where the row is wrong."""
        if not self.cells["target"]:
            self.wrong("no_name", "target", mark("The target has no name."))
        kind = self._kind()
        bound = self._bound()
        names = self._series("series")
        span = self._span("span")
        value = self._number("value", is_part=kind in _PARTS)
        denominator = self._denominator(kind)
        base = self._base(kind, span)
        tolerance = self._number("tolerance", is_part=kind in _PARTS) if self.cells.get("tolerance") else None
        if bound is Bound.EQ and tolerance is None:
            remedy = mark("Say how far off still counts.")
            self.wrong("tolerance", "tolerance", mark("A target that is to be met exactly needs a tolerance."), remedy)
        threshold = self._number("threshold", is_part=False) if kind is Kind.COUNT else None
        if self.problems or kind is None or bound is None or span is None or value is None:
            return None
        return Target(
            key=self.cells["target"],
            kind=kind,
            series=names,
            span=span,
            bound=bound,
            value=value,
            denominator=denominator,
            base=base,
            threshold=threshold or 0.0,
            tolerance=tolerance or 0.0,
            pillar=self.cells.get("pillar", ""),
        )

    def _kind(self) -> Kind | None:
        if self.cells["kind"] in list(Kind):
            return Kind(self.cells["kind"])
        self.wrong("kind", "kind", mark("“%(text)s” is none of %(known)s."), known=", ".join(Kind))
        return None

    def _bound(self) -> Bound | None:
        if self.cells["bound"] in list(Bound):
            return Bound(self.cells["bound"])
        self.wrong("bound", "bound", mark("“%(text)s” is none of %(known)s."), known=", ".join(Bound))
        return None

    def _series(self, column: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for name in (part.strip() for part in self.cells.get(column, "").split("+")):
            matched = [one for one in self.all_series if one == name or ("*" in name and fnmatchcase(one, name))]
            if not matched:
                self.wrong("unknown_series", column, mark("There is no series “%(name)s” in the panel."), name=name)
            found |= dict.fromkeys(matched)
        return tuple(found)

    def _denominator(self, kind: Kind | None) -> tuple[str, ...]:
        if kind not in (Kind.SHARE, Kind.RATIO):
            return ()
        if not self.cells.get("denominator"):
            self.wrong("no_denominator", "denominator", mark("A share or ratio needs what stands below the line."))
            return ()
        return self._series("denominator")

    def _span(self, column: str) -> Span | None:
        try:
            return Span.parse(self.cells[column])
        except Refused as refused:
            place = Place(file=self.place.file, row=self.place.row, column=column)
            self.problems += [Problem(p.code, p.message, place, p.remedy, params=p.params) for p in refused.problems]
            return None

    def _base(self, kind: Kind | None, span: Span | None) -> Span | None:
        if kind is not Kind.GROWTH or not self.cells.get("base"):
            return None
        base = self._span("base")
        if base and span and (base.months != span.months or base.end_month >= span.end_month):
            message = mark("“%(text)s” must be as long as the target's period, and earlier.")
            self.wrong("base", "base", message)
        return base

    def _number(self, column: str, *, is_part: bool) -> float | None:
        text = self.cells.get(column, "")
        number, percent = text.removesuffix("%").removesuffix("％").strip(), text[-1:] in ("%", "％")
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or (percent and not is_part):
            self.wrong("not_a_number", column, mark("“%(text)s” is no finite number."))
            return None
        if percent:
            return value / 100
        if is_part and abs(value) > 1:
            message = mark("“%(text)s” could be per cent or a share of 1.")
            self.wrong("per_cent", column, message, mark("Write 45%% or 0.45."))
            return None
        return value
