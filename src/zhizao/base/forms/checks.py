"""What the figures of a report are, and what is wrong with them: cells read, formulas computed, checks made.

Logic is three-valued (``kernel.rules.expression``): a check that needs a figure which is not known is not made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from zhizao.base.forms.definition import BEFORE, MONTHS, YEAR, Form, Row, Severity, Value, fact, key, text_in
from zhizao.kernel import text
from zhizao.kernel.result import Problem, Refused, mark
from zhizao.kernel.span import Span
from zhizao.kernel.tables.cells import BadCell, parse_decimal

if TYPE_CHECKING:
    import polars as pl

    from zhizao.kernel.rules.expression import Node

_LARGEST = Decimal(10) ** 12
"""In the unit of the row: what the ledger keeps in millionths still fits, and more is a slip of the hand."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about cells of a report that must be corrected (hard) or explained (soft)."""

    id: str
    severity: Severity
    cells: tuple[str, ...]
    message: str
    remedy: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """The period, and figures from elsewhere.

    ``before`` and ``year`` are the cells of the report before and of that a year earlier; ``others`` the cells of other
    forms, by the name that the form gives them.
    """

    period: Span | None = None
    before: Mapping[str, Value] = field(default_factory=dict)
    year: Mapping[str, Value] = field(default_factory=dict)
    others: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures as read and computed, what is wrong, and the checks that could not be made."""

    values: Mapping[str, Value]
    findings: tuple[Finding, ...]
    unknown: tuple[str, ...]

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of one severity."""
        return tuple(finding for finding in self.findings if finding.severity == severity)


def read_cell(row: Row, printed: str) -> Value:
    """What a cell says; a blank says nothing, and a dash says nothing either.

    Raises
    ------
    Refused : not a number, another unit, too many digits, a choice that there is not.

    Examples
    --------
    >>> read_cell(Row(code="01", name={}, unit="万元"), "1,234.5"), read_cell(Row(code="01", name={}), " — ")
    (Decimal('1234.5'), None)
    """
    cell = text.normalise(printed)
    if not cell or text.is_blank_mark(cell):
        return None
    if row.kind == "choice":
        return _choice(row, cell)
    try:
        value = parse_decimal(cell, row.unit or None)
    except BadCell as bad:
        if bad.code == "tables.other_unit":
            message = mark("“%(text)s” is in another unit; this row is in %(unit)s.")
            raise _refused("forms.other_unit", message, mark("Convert the figure."), text=cell, unit=row.unit) from None
        message = mark("“%(text)s” is not a number.")
        remedy = mark("Write digits, or leave the cell empty.")
        raise _refused("forms.not_a_number", message, remedy, text=cell) from None
    if abs(value) >= _LARGEST:
        message = mark("%(text)s is too large for %(unit)s.")
        raise _refused("forms.too_large", message, mark("Check the unit."), text=cell, unit=row.unit or "—")
    places = 0 if row.kind == "integer" else row.places
    if value != round(value, places):
        message = mark("%(text)s has more than %(places)s decimal places.")
        raise _refused("forms.places", message, mark("Round the figure."), text=cell, places=places)
    if value < 0 and not row.negative:
        raise _refused("forms.negative", mark("%(text)s is below 0."), mark("Check the sign."), text=cell)
    return value


def _choice(row: Row, cell: str) -> str:
    for name, words in row.choices.items():
        if cell in (name, *words.values()):
            return name
    known = ", ".join(f"{name} {text_in(words, 'zh')}" for name, words in row.choices.items())
    message = mark("“%(text)s” is none of the answers.")
    raise _refused("forms.no_choice", message, mark("Choose one of: %(known)s."), text=cell, known=known)


def _refused(code: str, message: str, remedy: str, **params: object) -> Refused:
    return Refused(Problem(code, message, remedy=remedy, params=params))


def evaluate(
    form: Form, printed: Mapping[str, str], context: Context | None = None, *, language: str = "zh"
) -> Outcome:
    """Read every cell, compute the rows with a formula, make every check.

    Parameters
    ----------
    form : Form
    printed : cell to text as typed
    context : Context, optional
    language : of the words in findings
    """
    context = context or Context()
    values, findings = _read(form, printed, language)
    values |= compute(form, values)
    findings += _missing(form, values, {cell for finding in findings for cell in finding.cells}, language)
    failed, unknown = _checked(form, values, context, language)
    return Outcome(values, (*findings, *failed), unknown)


def _read(form: Form, printed: Mapping[str, str], language: str) -> tuple[dict[str, Value], list[Finding]]:
    values: dict[str, Value] = {}
    findings = []
    for row, column in form.cells():
        cell = key(row, column)
        values[cell] = None
        if row.node is not None:
            continue
        try:
            values[cell] = read_cell(row, printed.get(cell, ""))
        except Refused as refused:
            problem = refused.problems[0]
            params = {**problem.params, "cell": form.label(cell, language)}
            findings.append(Finding(f"{problem.code}:{cell}", "hard", (cell,), problem.message, problem.remedy, params))
    return values, findings


def _missing(form: Form, values: Mapping[str, Value], wrong: set[str], language: str) -> list[Finding]:
    return [
        Finding(
            f"forms.missing:{key(row, column)}",
            "hard",
            (key(row, column),),
            mark("The cell is empty."),
            mark("Fill it in; write 0 where there was none."),
            {"cell": form.label(key(row, column), language)},
        )
        for row, column in form.cells()
        if row.required and row.node is None and values[key(row, column)] is None and key(row, column) not in wrong
        if not column.year_earlier
    ]


def compute(form: Form, values: Mapping[str, Value]) -> dict[str, Value]:
    """The cells of rows with a formula; unknown where a part is."""
    found: dict[str, Value] = {}
    if all(row.node is None for row in form.rows):
        return found
    for column in form.columns:
        for row in form.rows:
            if row.node is None:
                continue
            facts = {f"r{r.code}": found.get(key(r, column), values.get(key(r, column))) for r in form.rows}
            (result,) = _answers([row.node], facts)
            value = None if result is None else round(result, row.places)
            found[key(row, column)] = value
    return found


def _checked(
    form: Form, values: Mapping[str, Value], context: Context, language: str
) -> tuple[list[Finding], tuple[str, ...]]:
    facts: dict[str, Value] = {}
    for cell in values:
        facts[fact(cell)] = values[cell]
        facts[fact(cell, BEFORE)] = context.before.get(cell)
        facts[fact(cell, YEAR)] = context.year.get(cell)
    if context.period is not None:
        last = context.period.end_month - 1
        facts |= dict(zip(MONTHS, (Decimal(context.period.months), Decimal(last % 12 + 1)), strict=True))
    for other in form.others:
        facts[other.name] = context.others.get(other.name)
    answers = _answers([check.node for check in form.checks], facts)
    failed = []
    for check, answer in zip(form.checks, answers, strict=True):
        if answer is False:
            params = _params(form, check.cells, facts, language)
            failed.append(Finding(check.id, check.severity, check.cells, text_in(check.text, language), params=params))
    unknown = tuple(check.id for check, answer in zip(form.checks, answers, strict=True) if answer is None)
    return failed, unknown


def _params(form: Form, cells: Iterable[str], facts: Mapping[str, Value], language: str) -> dict[str, object]:
    """What a check's text can name: every figure, ``x`` and its earlier ones, the parameters, the first cell."""
    first = next(iter(cells), "")
    shown: dict[str, object] = {name: _shown(value) for name, value in facts.items()}
    if first:
        shown |= {"x": shown[fact(first)], "cell": form.label(first, language)}
        shown |= {f"x_{at}": shown[fact(first, at)] for at in (BEFORE, YEAR)}
    return shown | {name: f"{value:f}" for name, value in form.parameters.items()}


def _shown(value: Value) -> str:
    return "—" if value is None else value if isinstance(value, str) else f"{value:f}"


def _answers(nodes: list[Node], facts: Mapping[str, Value]) -> list[object]:
    """What each expression gives, over one row of facts."""
    if not nodes:
        return []
    from zhizao.kernel.rules.columns import polars_expression

    columns = [polars_expression(node).alias(str(number)) for number, node in enumerate(nodes)]
    return list(_frame(nodes, facts).select(columns).row(0))


def _frame(nodes: Iterable[Node], facts: Mapping[str, Value]) -> pl.DataFrame:
    import polars as pl

    from zhizao.kernel.rules.columns import NUMBER
    from zhizao.kernel.rules.expression import Type

    types = {str(part.value): part.type for node in nodes for part in node.walk() if part.op == "fact"}
    columns = [
        pl.Series(name, [facts.get(name)], dtype=pl.String() if kind is Type.TEXT else NUMBER)
        for name, kind in types.items()
    ]
    # a frame without columns has no row to answer for
    return pl.DataFrame([pl.Series("", [None], dtype=pl.String()), *columns])
