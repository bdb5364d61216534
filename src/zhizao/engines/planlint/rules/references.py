"""Parts of the document that the text points to: figures, tables, annexes, chapters, promised lists."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import TEXT, Facts
from zhizao.engines.planlint.finding import Finding, Mention, Number, Severity
from zhizao.engines.planlint.rules._hits import lines_of
from zhizao.engines.planlint.rules._lines import grouped, mention, prose
from zhizao.engines.planlint.rules._outline import chapters, headings
from zhizao.engines.planlint.rules._parts import ANNEX, CAPTIONED, Citation, Part, parts_of, where
from zhizao.kernel.result import mark

OWN_WORDS, OTHER_WORDS, LEAD = 0.34, 0.6, 0.4
"""Of a caption's telling pairs of letters, in the citing sentence: at most of its own, at least of another, and how
much more of the other."""
_SISTERS: Final = 20
"""Captions before and behind the one cited that may be the one meant."""
_NEAR: Final = 6
"""Lines within which a caption belongs to the paragraph before it."""
_BODY_LINES: Final = 24
"""Lines within which the table stands that a text promises below."""
_PROMISE: Final = re.compile(r"[如见](?:下表|下图|下列表格?)")
_TITLE_LENGTH: Final = 40


def absent(facts: Facts) -> Iterator[Finding]:
    """A figure, table or box that the text cites and no caption bears.

    Formula: cited numbers − numbers of captions of the same kind (图, 表, 专栏, 附图, 附表). An error where the
    document has captions of that kind, a warning where it has none at all (they may be lost with the pictures).

    A finding: 如图1-9 where the captions end with 图1-8. None: 图1—3 where 图1 and 图3 stand (a range), and what a
    title in 《》 is cited for.
    """
    lines, parts = lines_of(facts), parts_of(lines_of(facts))
    numbers = _numbers(parts.captions)
    missing: dict[tuple[str, str], list[Citation]] = defaultdict(list)
    for one in parts.citations:
        if one.kind in CAPTIONED and one.number not in numbers[one.kind] and not _is_range(one, numbers[one.kind]):
            missing[one.kind, one.number].append(one)
    for (kind, number), places in missing.items():
        known = numbers[kind]
        yield Finding(
            "references.absent",
            Severity.ERROR if known else Severity.WARNING,
            mark("The text cites %(name)s, and no caption bears that number."),
            key=kind + number,
            params={"name": kind + number},
            numbers=(
                Number(mark("Cited"), Decimal(len(places)), "", expression=kind + number),
                Number(mark("Captions of this kind"), Decimal(len(known)), "", expression=_list(kind, known)),
            ),
            places=grouped(where(lines, one) for one in places),
            suggestion=mark("Add what is cited, or cite the number that is meant."),
        )


def _numbers(captions: Iterable[Part]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for one in captions:
        found[one.kind].add(one.number)
    return found


def _is_range(one: Citation, known: set[str]) -> bool:
    first, dash, last = one.number.partition("-")
    return bool(dash) and first in known and last in known


def _list(kind: str, numbers: Iterable[str]) -> str:
    ordered = sorted(numbers, key=_order)
    if len(ordered) > 8:
        return f"{kind}{ordered[0]} … {kind}{ordered[-1]}"
    return "、".join(kind + number for number in ordered)


def _order(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("-") if part.isdigit())


def other_title(facts: Facts) -> Iterator[Finding]:
    """A citation whose words are those of another caption than the one it names.

    Formula: of the pairs of neighbouring letters that tell a caption from its sisters (those in at most half of its
    kind), the share that the citing sentence holds; a finding if its own caption has at most 34 %, another of its kind
    at least 60 %, and 40 points more; a caption right below the citing paragraph is the one meant. A warning: words may
    be loose.

    A finding: 龙头企业产值占比升至60%（如图1-2） where 图1-2 shows land and 图1-3 is 龙头企业产值占比. None: a caption
    that shares half its words with the sentence.
    """
    lines, parts = lines_of(facts), parts_of(lines_of(facts))
    telling = _telling(parts.captions)
    by_name = _by_name(parts.captions)
    indexes = frozenset(part.index for part in parts.captions)
    for one in parts.citations:
        own = by_name.get(one.kind + one.number, ())
        if not own or not telling.get(own[0].name) or _stands_below(lines, own, one, indexes):
            continue
        said = _pairs(_citing(lines[one.index], one))
        best = _best(said, own[0], parts.captions, telling)
        if best is None:
            continue
        other, score, own_score = best
        yield Finding(
            "references.other_title",
            Severity.WARNING,
            mark("%(name)s is cited for what %(other)s shows: its own title is “%(title)s”."),
            key=f"{one.kind}{one.number}/{other.title}",
            params={"name": own[0].name, "other": other.name, "title": own[0].title[:_TITLE_LENGTH]},
            numbers=(
                Number(mark("Words of its own title in the sentence"), _percent(own_score), "%", own[0].title),
                Number(mark("Words of the other title in the sentence"), _percent(score), "%", other.title),
            ),
            places=(
                where(lines, one),
                mention(lines, own[0].index),
                mention(lines, other.index),
            ),
            suggestion=mark("Cite %(other)s, or correct the title of %(name)s."),
        )


def _by_name(captions: Iterable[Part]) -> dict[str, list[Part]]:
    found: dict[str, list[Part]] = defaultdict(list)
    for one in captions:
        found[one.name].append(one)
    return found


def _stands_below(lines: Sequence[str], own: Sequence[Part], one: Citation, captions: frozenset[int]) -> bool:
    """Whether the caption named follows the citing paragraph, with nothing but captions between: then it is meant."""
    return any(
        0 < part.index - one.index <= _NEAR
        and all(at in captions or not lines[at].strip() for at in range(one.index + 1, part.index))
        for part in own
    )


def _percent(share: float) -> Decimal:
    return Decimal(round(share * 100))


def _pairs(words: str) -> set[str]:
    """Neighbouring letters, without figures and years, which tell nothing of a title."""
    return {first + second for first, second in pairwise(_FIGURES.sub(" ", words)) if " " not in (first, second)}


_FIGURES: Final = re.compile(r"(?:[0-9０-９.%％]+年?|[“”\"\s，、。（）()])")


def _telling(captions: Sequence[Part]) -> dict[str, set[str]]:
    """For each caption the pairs of letters that stand in at most half of the captions of its kind."""
    telling: dict[str, set[str]] = {}
    for kind in CAPTIONED:
        pairs = {one.name: _pairs(one.title) for one in captions if one.kind == kind}
        counts = Counter(pair for own in pairs.values() for pair in own)
        most = max(len(pairs) / 2, 1)
        telling |= {name: {pair for pair in own if counts[pair] <= most} for name, own in pairs.items()}
    return telling


def _citing(line: str, one: Citation) -> str:
    """The sentence up to the citation, from the citation before it."""
    left = max(one.start - 200, 0)
    begin = max(line.rfind("。", left, one.start), line.rfind("）", left, one.start), left - 1)
    return line[begin + 1 : one.start]


def _best(
    said: set[str], own: Part, captions: Sequence[Part], telling: dict[str, set[str]]
) -> tuple[Part, float, float] | None:
    """The caption of the same kind and chapter that the words fit best, if they do not fit their own."""
    own_score = len(said & telling[own.name]) / len(telling[own.name])
    if own_score > OWN_WORDS or len(said) < 4:
        return None
    chapter = own.number.rpartition("-")[0]
    at = bisect_left(captions, own.index, key=lambda one: one.index)
    scored = [
        (len(said & telling[one.name]) / len(telling[one.name]), -abs(one.index - own.index), one)
        for one in captions[max(at - _SISTERS, 0) : at + _SISTERS]
        if one.kind == own.kind
        and one is not own
        and one.number.rpartition("-")[0] == chapter
        and len(telling[one.name]) >= 4
    ]
    score, _, best = max(scored, key=lambda item: item[:2], default=(0.0, 0, own))
    return (best, score, own_score) if score >= OTHER_WORDS and score - own_score >= LEAD else None


def numbering(facts: Facts) -> Iterator[Finding]:
    """Gaps and repetitions in the numbers of captions.

    Formula: within a kind and chapter (图1-) the last part of the numbers is 1, 2, … n. A number left out that the text
    cites is told by ``references.absent``. A warning. Continued tables (续表) and one title printed twice are none;
    without chapters a count may begin above 1, for what stands before may be called otherwise (专栏).

    A finding: 图2-1, 图2-3; two captions 表3-1 with different titles. None: 图1-1, 图1-2, 图2-1.
    """
    lines, parts = lines_of(facts), parts_of(lines_of(facts))
    cited = {(one.kind, one.number) for one in parts.citations}
    groups: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for one in parts.captions:
        groups[one.kind, one.number.rpartition("-")[0]].append(one)
    for (kind, prefix), group in groups.items():
        by_number: dict[int, list[Part]] = defaultdict(list)
        for one in group:
            last = one.number.rpartition("-")[2]
            if last.isdigit():
                by_number[int(last)].append(one)
        yield from _repeated(lines, by_number)
        name = f"{kind}{prefix}-" if prefix else kind
        for before, after in pairwise([*([0] if prefix else []), *sorted(by_number)]):
            left = [number for number in range(before + 1, after) if (kind, _full(prefix, number)) not in cited]
            if left and after - before <= 10:
                yield _gap(lines, name, left, by_number, before, after)


def _full(prefix: str, number: int) -> str:
    return f"{prefix}-{number}" if prefix else str(number)


def _gap(
    lines: Sequence[str], name: str, left: list[int], by_number: dict[int, list[Part]], before: int, after: int
) -> Finding:
    around = [*by_number.get(before, ())[:1], by_number[after][0]]
    return Finding(
        "references.numbering",
        Severity.WARNING,
        mark("The captions leave out %(missing)s."),
        key=f"{name}{left[0]}",
        params={"missing": "、".join(f"{name}{number}" for number in left)},
        numbers=(Number(mark("Left out"), Decimal(len(left)), "", expression=f"{before} → {after}"),),
        places=tuple(mention(lines, one.index) for one in around),
        suggestion=mark("Number the captions without gaps, or add what was left out."),
    )


def _repeated(lines: Sequence[str], by_number: dict[int, list[Part]]) -> Iterator[Finding]:
    for same in by_number.values():
        if len({re.sub(r"\s", "", one.title) for one in same}) > 1:
            yield Finding(
                "references.numbering",
                Severity.WARNING,
                mark("%(count)s captions with different titles bear the number %(name)s."),
                key=f"{same[0].name}/2",
                params={"count": len(same), "name": same[0].name},
                numbers=(Number(mark("Captions with this number"), Decimal(len(same)), "", expression=same[0].name),),
                places=grouped(mention(lines, one.index) for one in same),
                suggestion=mark("Give each its own number, and correct the citations."),
            )


def annexes(facts: Facts) -> Iterator[Finding]:
    """An annex that the text or the list of annexes names and that is not there; annexes that skip a number.

    Formula: numbers cited or listed − numbers of the headings 附件N (附件一 is 附件1). An error where the document has
    annexes, one warning where it has none (they may be files of their own). A number that is left out and not cited is
    a warning.

    A finding: 见附件五 where the annexes end with 附件四. None: 《…》附件二.
    """
    lines, parts = lines_of(facts), parts_of(lines_of(facts))
    known = {one.number for one in parts.annexes}
    named: dict[str, list[Mention]] = defaultdict(list)
    for one in parts.citations:
        if one.kind == ANNEX:
            named[one.number].append(where(lines, one))
    for part in parts.promised:
        named[part.number].append(mention(lines, part.index))
    missing = {number: places for number, places in named.items() if number not in known and known != {""}}
    if missing and not known:
        yield _annex(missing, known, Severity.WARNING)
    elif missing:
        for number, places in missing.items():
            yield _annex({number: places}, known, Severity.ERROR)
    numbers = sorted(int(number) for number in known if number.isdigit())
    for before, after in pairwise([0, *numbers]):
        left = [str(number) for number in range(before + 1, after) if str(number) not in named]
        if left and after - before <= 10:
            heads = [one for one in parts.annexes if one.number in (str(before), str(after))]
            yield Finding(
                "references.annexes",
                Severity.WARNING,
                mark("The annexes leave out %(missing)s."),
                key=ANNEX + left[0] + "/0",
                params={"missing": "、".join(ANNEX + number for number in left)},
                numbers=(Number(mark("Left out"), Decimal(len(left)), "", expression=f"{before} → {after}"),),
                places=tuple(mention(lines, one.index) for one in heads[:3]),
                suggestion=mark("Number the annexes without gaps, or add what was left out."),
            )


def _annex(missing: dict[str, list[Mention]], known: set[str], severity: Severity) -> Finding:
    names = [ANNEX + number for number in missing]
    return Finding(
        "references.annexes",
        severity,
        mark("The text names %(name)s, which is not in the document."),
        key="、".join(names),
        params={"name": "、".join(names)},
        numbers=(
            Number(mark("Named"), Decimal(sum(map(len, missing.values()))), "", expression="、".join(names)),
            Number(mark("Annexes in the document"), Decimal(len(known)), "", expression=_list(ANNEX, known)),
        ),
        places=grouped(place for places in missing.values() for place in places),
        suggestion=mark("Add the annex, or correct its number."),
    )


def promised(facts: Facts) -> Iterator[Finding]:
    """A table or figure that a sentence promises “below” and that does not follow.

    Formula: behind 如下表, 见下表, 如下图 a caption or the first cell of a table stands within 24 lines that are not
    blank. A warning.

    A finding: 如下表所示： before the next chapter. None: a table right behind it, or behind its caption.
    """
    lines, parts = lines_of(facts), parts_of(lines_of(facts))
    document = facts.document
    starts = {run.first_line - 1 for run in document.runs} if document is not None else set()
    bodies = starts | {one.index for one in parts.captions}
    for index, line in prose(lines):
        found = _PROMISE.search(line)
        if found is None or index in bodies or _has_body(lines, index, bodies):
            continue
        yield Finding(
            "references.promised",
            Severity.WARNING,
            mark("The text promises “%(words)s”, and none follows."),
            key=line[max(found.start() - 20, 0) : found.end()].strip(),
            params={"words": found.group()},
            numbers=(Number(mark("Lines searched behind it"), Decimal(_BODY_LINES), "", expression=found.group()),),
            places=(mention(lines, index, found.start(), found.end()),),
            suggestion=mark("Add the table or figure, or cite it by its number."),
        )


def _has_body(lines: Sequence[str], index: int, bodies: set[int]) -> bool:
    filled = 0
    for at in range(index + 1, min(index + 3 * _BODY_LINES, len(lines))):
        if at in bodies:
            return True
        filled += bool(lines[at].strip())
        if filled >= _BODY_LINES:
            return False
    return False


def bodies(facts: Facts) -> Iterator[Finding]:
    """Captions of tables without cells, and of figures, whose pictures no text holds: what they show is unchecked.

    Formula: captions of tables − captions in the three lines above a run of cells; captions of figures are counted. An
    info, one for each kind.

    A finding: 表3-2 with nothing below it; ten captions 图1-1 … in a text file. None: a table with its cells.
    """
    lines, parts = lines_of(facts), parts_of(lines_of(facts))
    document = facts.document
    above = {number - 1 for run in document.runs for number, _ in run.before} if document is not None else set()
    inside = [range(run.first_line - 1, run.last_line) for run in document.runs] if document is not None else []
    held = above | {at for span in inside for at in span}
    tables = [one for one in parts.captions if one.kind in ("表", "附表") and one.index not in held]
    figures = [one for one in parts.captions if one.kind in ("图", "附图")]
    for group, message in (
        (
            [one for one in tables if one.kind != "专栏"],
            mark("%(count)s captions of tables have no cells below: %(names)s."),
        ),
        (
            figures,
            mark("%(count)s figures are pictures that a text does not hold; what they show is not checked: %(names)s."),
        ),
    ):
        if group:
            yield Finding(
                "references.bodies",
                Severity.INFO,
                message,
                key=group[0].kind,
                params={"count": len(group), "names": _list(group[0].kind, {one.number for one in group})},
                numbers=(Number(mark("Captions"), Decimal(len(group))),),
                places=grouped(mention(lines, one.index) for one in group),
                suggestion=mark("Give the figures of the picture in a table as well."),
            )


def uncited(facts: Facts) -> Iterator[Finding]:
    """Figures and tables that the text never cites, in a document that cites others by number.

    Formula: captions − cited numbers; a table right behind 如下表 is cited. An info, one for the document.

    A finding: 图1-7 that no sentence names, where 图1-1 to 图1-6 are cited. None: a document without any citation.
    """
    lines, parts = lines_of(facts), parts_of(lines_of(facts))
    cited = {(one.kind, one.number) for one in parts.citations}
    kinds = {kind for kind, _ in cited}
    below = {index for index, line in prose(lines) if _PROMISE.search(line)}
    left = [
        one
        for one in parts.captions
        if one.kind in kinds and (one.kind, one.number) not in cited and not _announced(one.index, below)
    ]
    if left:
        yield Finding(
            "references.uncited",
            Severity.INFO,
            mark("%(count)s figures or tables are cited nowhere: %(names)s."),
            key=left[0].kind,
            params={"count": len(left), "names": "、".join(one.name for one in left[:8])},
            numbers=(
                Number(mark("Captions"), Decimal(len(parts.captions))),
                Number(mark("Cited"), Decimal(len(parts.captions) - len(left))),
            ),
            places=grouped(mention(lines, one.index) for one in left),
            suggestion=mark("Cite each where its content is spoken of."),
        )


def _announced(index: int, below: set[int]) -> bool:
    return any(at in below for at in range(max(index - 4, 0), index))


RULES: Final = (
    Rule("references.absent", mark("Figures and tables cited that are absent"), (TEXT,), absent),
    Rule("references.other_title", mark("Citations whose words are another caption's"), (TEXT,), other_title),
    Rule("references.numbering", mark("Numbers of captions with gaps or repetitions"), (TEXT,), numbering),
    Rule("references.headings", mark("Numbers of headings with gaps or repetitions"), (TEXT,), headings),
    Rule("references.annexes", mark("Annexes named that are absent"), (TEXT,), annexes),
    Rule("references.chapters", mark("Chapters cited that are absent"), (TEXT,), chapters),
    Rule("references.promised", mark("Tables promised below that do not follow"), (TEXT,), promised),
    Rule("references.bodies", mark("Captions whose table or figure is not in the text"), (TEXT,), bodies),
    Rule("references.uncited", mark("Figures and tables cited nowhere"), (TEXT,), uncited),
)
