"""A report in its reader's words: what html, docx, pdf and plain text are made of, and the score of each family.

The **score** of a family is the share of its rules that found nothing wrong: 100 × (rules without error and warning +
½ × rules with warnings only) ÷ rules run. It does not fall because a plan is long or one fault stands in many places;
what is only worth knowing does not lower it, nor does a finding that a person has judged to be no problem. A family of
which no rule could be run has no score. The score of the plan is the same over all rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from zhizao.engines.planlint.checking import NotRun, Report, Rule
from zhizao.engines.planlint.facts import PARENTS, TEXT
from zhizao.engines.planlint.finding import Finding, Mention, Number, Severity
from zhizao.kernel.result import mark

Say = Callable[[str, Mapping[str, object]], str]
"""Says an English template with its figures in the reader's language."""

FAMILIES: Final[Mapping[str, str]] = {
    "growth": mark("Growth rates"),
    "agreement": mark("Text and tables"),
    "sums": mark("Sums and parts"),
    "shares": mark("Shares and denominators"),
    "counts": mark("Counts and lists"),
    "derived": mark("Derived figures"),
    "dimension": mark("Dimension and scope"),
    "relations": mark("Related targets"),
    "targets": mark("Setting of targets"),
    "history": mark("History and targets"),
    "projects": mark("Projects of the library"),
    "classes": mark("Classification"),
    "references": mark("References"),
    "units": mark("Units within tables"),
    "encoding": mark("Typing faults"),
    "parents": mark("Parent plans"),
}
SEVERITIES: Final[Mapping[Severity, str]] = {
    Severity.ERROR: mark("error"),
    Severity.WARNING: mark("warning"),
    Severity.INFO: mark("remark"),
}
SHAPES: Final[Mapping[Severity, str]] = {Severity.ERROR: "▼", Severity.WARNING: "▲", Severity.INFO: "○"}
TABLES: Final[Mapping[str, str]] = {
    "indicators": mark("table of targets"),
    "projects": mark("project library"),
    "enterprises": mark("list of enterprises"),
    "land": mark("land tables"),
    "suppliers": mark("table of suppliers"),
    "chain_members": mark("chain graphs"),
    "claims": mark("figures of the text"),
    "aliases": mark("short names"),
    "tasks": mark("tasks"),
    TEXT: mark("the document"),
    PARENTS: mark("a parent plan"),
}
_HALF: Final = Decimal("0.5")
_ROUNDED: Final = 2
"""Decimals to which rules round what a finding is about; they are kept."""
_POWER: Final = re.compile(r"\^(\([^()]*\)|[0-9.]+)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of arithmetic as it is read: what, how it comes about, and the figure with its unit."""

    label: str
    expression: str
    value: str


@dataclass(frozen=True, slots=True)
class Item:
    """One finding as it is read; ``number`` counts from 1 in the order of the document."""

    number: int
    id: str
    rule: str
    family: str
    family_title: str
    severity: Severity
    word: str
    message: str
    lines: tuple[Line, ...]
    places: tuple[Mention, ...]
    suggestion: str
    judgement: Judgement | None = None

    @property
    def shape(self) -> str:
        """▼ error, ▲ warning, ○ note."""
        return SHAPES[self.severity]

    @property
    def counts(self) -> bool:
        """Whether it stands: a person may have judged it to be no problem."""
        return self.judgement is None or not self.judgement.dismissed


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person said of a finding: accepted, of another severity, or no problem."""

    words: str
    reason: str = ""
    severity: Severity | None = None
    dismissed: bool = False


@dataclass(frozen=True, slots=True)
class FamilyScore:
    """A family's rules and what they found; ``score`` is None where no rule was run."""

    family: str
    title: str
    rules: int
    errors: int
    warnings: int
    notes: int
    score: int | None

    @property
    def findings(self) -> int:
        """All findings that stand."""
        return self.errors + self.warnings + self.notes


@dataclass(frozen=True, slots=True)
class NotRunItem:
    """A rule that could not be run, and what it needs."""

    rule: str
    title: str
    needs: str


@dataclass(frozen=True, slots=True)
class Presentation:
    """A report in the reader's words, whole."""

    items: tuple[Item, ...]
    families: tuple[FamilyScore, ...]
    whole: FamilyScore
    not_run: tuple[NotRunItem, ...]
    agreed: int
    answer: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What a shared report says of itself."""

    title: str
    version: str
    checked_on: str
    source: str = ""
    facts: tuple[tuple[str, str], ...] = field(default=())


def english(template: str, params: Mapping[str, object]) -> str:
    """The template itself with its figures.

    >>> english("%(n)s figures", {"n": 3})
    '3 figures'
    """
    return template % params if params else template


def present(
    report: Report, *, say: Say = english, agreed: int = 0, judgements: Mapping[str, Judgement] | None = None
) -> Presentation:
    """A report in the reader's words.

    Parameters
    ----------
    report : Report
    say : callable
        Translates a template and fills it in.
    agreed : int
        How many figures were checked and agree.
    judgements : mapping of finding id to Judgement, optional
        What people have said of the findings.
    """
    known = judgements or {}
    items = tuple(
        item_of(finding, number=number, say=say, judgement=known.get(finding.id))
        for number, finding in enumerate(report.findings, start=1)
    )
    families = scores(items, report.ran, say=say)
    whole = _score("", "", report.ran, items)
    return Presentation(
        items=items,
        families=families,
        whole=whole,
        not_run=tuple(_not_run(one, say) for one in report.not_run),
        agreed=agreed,
        answer=answer(whole, agreed=agreed, say=say),
    )


def answer(whole: FamilyScore, *, agreed: int, say: Say) -> str:
    """The sentence that stands over the report."""
    params = {"errors": whole.errors, "warnings": whole.warnings, "notes": whole.notes, "agreed": agreed}
    if whole.findings == 0:
        return say(mark("Nothing was found wrong; %(agreed)s figures were checked and agree."), params)
    template = mark(
        "%(errors)s errors, %(warnings)s warnings and %(notes)s notes; %(agreed)s figures were checked and agree."
    )
    return say(template, params)


def item_of(finding: Finding, *, number: int, say: Say, judgement: Judgement | None = None) -> Item:
    """One finding in the reader's words, of the severity that a person gave it."""
    severity = judgement.severity if judgement and judgement.severity else finding.severity
    return Item(
        number=number,
        id=finding.id,
        rule=finding.rule,
        family=finding.family,
        family_title=family_title(finding.family, say),
        severity=severity,
        word=say(SEVERITIES[severity], {}),
        message=say(finding.message, finding.params),
        lines=tuple(line_of(one, say) for one in finding.numbers),
        places=finding.places,
        suggestion=say(finding.suggestion, finding.params) if finding.suggestion else "",
        judgement=judgement,
    )


def family_title(family: str, say: Say) -> str:
    """What a family of rules is called; a new one goes by its own name."""
    return say(FAMILIES[family], {}) if family in FAMILIES else family


def line_of(number: Number, say: Say) -> Line:
    """A line of arithmetic.

    >>> line_of(Number("stated", Decimal("100"), "%"), english)
    Line(label='stated', expression='', value='100%')
    >>> line_of(Number("from the end points", Decimal("14.8698"), "%", "(120÷60)^(1/5)−1"), english).value
    '14.9%'
    >>> narrow = Number("share", Decimal("14.36"), "%", "117.4÷817.6", low=Decimal("14.352"), high=Decimal("14.367"))
    >>> line_of(narrow, english).value
    '14.36%'
    """
    label = say(number.label, number.params)
    if number.value is None:
        return Line(label, number.expression, "")
    computed = bool(number.expression)
    rounded = -int(number.value.as_tuple().exponent) <= _ROUNDED and abs(number.value) < 1000  # by the rule itself
    value = figure(number.value, number.unit, computed=computed and not rounded) + number.unit
    if number.low is not None and number.high is not None:
        low, high = (figure(end, number.unit, computed=True) for end in (number.low, number.high))
        value += f"（{low}—{high}）" if low != high else ""
    return Line(label, number.expression, value)


def figure(value: Decimal, unit: str = "", *, computed: bool = False) -> str:
    """A figure as it is written: as printed, or if it was computed with as many digits as help.

    >>> figure(Decimal("176.0")), figure(Decimal("12345")), figure(Decimal("-0.5"))
    ('176.0', '12,345', '−0.5')
    >>> figure(Decimal("1901.98"), computed=True), figure(Decimal("0.01234"), computed=True)
    ('1902', '0.0123')
    """
    if computed and value.is_finite():
        value = _shortened(value, unit)
    text = f"{value:f}".replace("-", "−")
    digits, point, places = text.lstrip("−").partition(".")
    sign = "−" if text.startswith("−") else ""
    return sign + (f"{int(digits):,}" if len(digits) > 4 and digits.isdigit() else digits) + point + places


def _shortened(value: Decimal, unit: str) -> Decimal:
    """One decimal of a rate, none of what is large, three digits of what is small; no noughts behind."""
    size = abs(value)
    if size >= 1000:
        places = 0
    elif unit in ("%", "％") or size >= 10:
        places = 1
    else:
        places = 2 if size >= 1 or not size else 2 - size.adjusted()
    if -int(value.as_tuple().exponent) <= places:
        return value
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP).normalize()
    return rounded if int(rounded.as_tuple().exponent) <= 0 else rounded.quantize(Decimal(1))


def raised(expression: str) -> list[tuple[str, bool]]:
    """An expression cut at its powers: each piece, and whether it is one.

    >>> raised("(120÷60)^(1/5)−1")
    [('(120÷60)', False), ('1/5', True), ('−1', False)]
    """
    pieces: list[tuple[str, bool]] = []
    at = 0
    for found in _POWER.finditer(expression):
        pieces += [(expression[at : found.start()], False), (found[1].strip("()"), True)]
        at = found.end()
    return [piece for piece in (*pieces, (expression[at:], False)) if piece[0]]


def scores(items: Sequence[Item], ran: Iterable[Rule], *, say: Say) -> tuple[FamilyScore, ...]:
    """Each family that was run or found something, in the fixed order, then those of other names."""
    rules: dict[str, list[Rule]] = {}
    found: dict[str, list[Item]] = {}
    for rule in ran:
        rules.setdefault(rule.family, []).append(rule)
    for item in items:
        found.setdefault(item.family, []).append(item)
    order = [*FAMILIES, *(name for name in {**rules, **found} if name not in FAMILIES)]
    return tuple(
        _score(name, family_title(name, say), rules.get(name, ()), found.get(name, ()))
        for name in order
        if name in rules or name in found
    )


def _score(family: str, title: str, ran: Sequence[Rule], items: Sequence[Item]) -> FamilyScore:
    standing = [item for item in items if item.counts]
    worst: dict[str, Severity] = {}
    for item in standing:
        if worst.get(item.rule) is not Severity.ERROR:
            worst[item.rule] = (
                item.severity if item.severity is not Severity.INFO else worst.get(item.rule, Severity.INFO)
            )
    lost = {Severity.ERROR: Decimal(1), Severity.WARNING: _HALF, Severity.INFO: Decimal(0)}
    kept = sum((1 - lost[worst.get(rule.id, Severity.INFO)] for rule in ran), Decimal(0))
    score = int((100 * kept / len(ran)).quantize(Decimal(1), rounding=ROUND_HALF_UP)) if ran else None
    count = {severity: sum(item.severity is severity for item in standing) for severity in Severity}
    return FamilyScore(
        family,
        title,
        len(ran),
        count[Severity.ERROR],
        count[Severity.WARNING],
        count[Severity.INFO],
        score,
    )


def _not_run(one: NotRun, say: Say) -> NotRunItem:
    separator = say(mark(", "), {})
    needs = separator.join(say(TABLES[need], {}) if need in TABLES else need for need in one.missing)
    return NotRunItem(one.rule.id, say(one.rule.title, {}), needs)


def place_words(place: Mention, say: Say) -> str:
    """Where a figure stands, in the reader's words.

    >>> place_words(Mention(256, table="indicators", row=0), english)
    'line 256, table of targets, row 1'
    """
    parts = [say(mark("line %(line)s"), {"line": place.line})] if place.line else []
    if place.table:
        parts.append(say(TABLES[place.table], {}) if place.table in TABLES else place.table)
        if place.row is not None:
            parts.append(say(mark("row %(row)s"), {"row": place.row + 1}))
    return say(mark(", "), {}).join(parts)


def places_words(item: Item, say: Say, *, most: int = 6) -> str:
    """Where a finding stands, each place once, in one line; what is behind the first few is counted by dots.

    >>> places = (Mention(5, table="claims", row=1), Mention(5, table="claims", row=2), Mention(9))
    >>> item = Item(1, "a", "a.b", "a", "A", Severity.INFO, "note", "", (), places, "")
    >>> places_words(item, english)
    'line 5；line 9'
    """
    bare = (replace(one, table="", row=None) if one.table == "claims" and one.line else one for one in item.places)
    words = [known for known in dict.fromkeys(place_words(one, say) for one in bare) if known]
    return "；".join(words[:most]) + (" …" if len(words) > most else "")


def quotes(item: Item, *, most: int = 3) -> tuple[str, ...]:
    """The words of the document that a finding is about, each once, the first few."""
    return tuple(dict.fromkeys(one.quote for one in item.places if one.quote))[:most]


def text(shown: Presentation, heading: Heading, *, say: Say = english) -> str:
    """The report as plain text, for a terminal or a message."""
    out = [f"{heading.title} · {heading.version}", shown.answer, ""]
    for item in shown.items:
        where = places_words(item, say)
        out.append(f"{item.shape} {item.number}. [{item.family_title}] {item.message}")
        for line in item.lines:
            out.append("    " + "  ".join(part for part in (line.label, line.expression, line.value) if part))
        if item.suggestion:
            out.append(f"    → {item.suggestion}")
        out += [f"    {where}", ""] if where else [""]
    if shown.not_run:
        out.append(say(mark("Rules that could not be run:"), {}))
        out += [f"  {one.rule}  {one.title}  ({one.needs})" for one in shown.not_run]
    return "\n".join(out).rstrip() + "\n"
