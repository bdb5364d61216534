"""What the running text of a plan says in figures: one record for each figure, as ``schema.TABLES["claims"]`` has it.

A figure is read with the words before it in its clause (``claim_phrases``), with what was named before in its sentence
where they are silent (年均增长10% behind a target belongs to that target), and with the period that its clause, its
sentence, its paragraph or its section names (``claim_spans``). Lists (A、B分别为1%、2%) are paired only where names and
figures are as many (``claim_lists``). What cannot be read with confidence says so in ``confidence`` and ``note``; a
figure without any indicator is left to ``unplaced``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from zhizao.engines.planlint import claim_lists, claim_words, sections, sentences, unplaced
from zhizao.engines.planlint.claim_figures import DOUBLING, Figure, figures
from zhizao.engines.planlint.claim_phrases import Names, Phrase, Relation, parse, subject_of
from zhizao.engines.planlint.claim_spans import Calendar, Time, Use, growth_years, times
from zhizao.engines.planlint.document import Document
from zhizao.engines.planlint.growth import SHARE_UNITS
from zhizao.engines.planlint.meta import read_meta
from zhizao.engines.planlint.schema import Record, Rows
from zhizao.engines.planlint.sentences import HIDDEN, Paragraph, Part
from zhizao.engines.planlint.values import Notes
from zhizao.kernel import names as kernel_names
from zhizao.kernel.span import Span

CARRIED: Final = Decimal("0.9")
"""Confidence of a figure whose indicator was named before its clause."""
INHERITED: Final = Decimal("0.8")
"""Of one whose period only its section tells."""
UNSURE: Final = Decimal("0.5")
_SURE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Claim:
    """One figure read; the fields are the columns of the table, places are offsets in the paragraph."""

    figure: Figure
    subject: str
    indicator: str
    kind: str
    span: Span | None
    clause: tuple[int, int]
    scope: str = ""
    of: str = ""
    base: str = ""
    parts: tuple[str, ...] = ()
    bound: str = ""
    confidence: Decimal = _SURE
    notes: tuple[str, ...] = ()
    list_at: int | None = None
    list_names: int | None = None
    list_values: int | None = None


@dataclass(slots=True)
class _State:
    """What has been named so far: in the paragraph, the sentence and the part."""

    section_span: Span | None = None
    is_goal: bool = False
    paragraph_span: Span | None = None
    sentence_span: Span | None = None
    source_span: Span | None = None
    topic: str = ""
    topic_at: int = -1
    last: Claim | None = None
    sources: list[Span] = field(default_factory=list)


def read(document: Document, rows: Rows, notes: Notes, *, meta: Mapping[str, Any] | None = None) -> list[Record]:
    """The claims of a document's running text, in order.

    Parameters
    ----------
    document : Document
    rows : mapping of table name to records
        The tables read before: their enterprises are known as subjects.
    notes : Notes
        Where figures that could not be placed are reported.
    meta : mapping, optional
        The ``plan:`` key; read from the document if left out.

    Examples
    --------
    >>> from zhizao.engines.planlint.document import load
    >>> text = "南山县“十五五”规划\\n到2030年，全县工业增加值达到35亿元，年均增长9.7%。"
    >>> for claim in read(load(text.encode()), {}, Notes()):
    ...     print(claim["indicator"], claim["value"], claim["unit"], claim["span"], claim["kind"])
    工业增加值 35 亿元 2030 target
    工业增加值 9.7 % 2026-01..2030-12 growth
    """
    known = read_meta(document, rows.get("indicators", ()), Notes()) if meta is None else meta
    skip = sentences.lines_of_tables(document)
    tree = sections.read(document, skip=skip)
    reader = _Reader(Calendar.of(known), _names(known, rows), tree)
    records: list[Record] = []
    seen: Counter[str] = Counter()
    for paragraph in sentences.paragraphs(document, skip=skip):
        found, left = reader.paragraph(paragraph)
        records += (_record(claim, paragraph, tree, seen) for claim in found)
        unplaced.note(paragraph, left, notes)
    return records


def _names(meta: Mapping[str, Any], rows: Rows) -> Names:
    """The own area, and the cores of the enterprises in the tables."""
    code = (meta.get("region") or {}).get("code")
    places = kernel_names.place_names(str(code)) if code else ()
    found: dict[str, set[str]] = {}
    for table, column in (
        ("enterprises", "name"),
        ("land", "enterprise"),
        ("suppliers", "enterprise"),
        ("projects", "owner"),
    ):
        for record in rows.get(table, ()):
            name = re.sub(r"\s", "", str(record.get(column) or ""))
            for one in (name, kernel_names.core(name, places=places)) if name else ():
                if len(one) > 1:
                    found.setdefault(one[:2], set()).add(one)
    return Names(claim_words.own_area(meta), {key: tuple(sorted(values)) for key, values in found.items()})


class _Reader:
    """Reads paragraph by paragraph; nothing is carried from one to the next."""

    def __init__(self, calendar: Calendar, names: Names, tree: sections.Sections) -> None:
        self.calendar, self.names, self.tree = calendar, names, tree

    def paragraph(self, paragraph: Paragraph) -> tuple[list[Claim], list[tuple[int, int]]]:
        """The claims of a paragraph, and the places of the figures that are none."""
        every, left = figures(paragraph.text)
        left = [place for place in left if paragraph.masked[place[0]] != HIDDEN]
        if not every:
            return [], left
        clock = times(paragraph.masked, self.calendar)
        state = self._state(paragraph)
        found: list[Claim] = []
        at = 0
        for part in sentences.parts(paragraph):
            mine = [one for one in every[at:] if one.start < part.end] if at < len(every) else []
            at += len(mine)
            if part.opens:
                state.sentence_span = None
            state.topic, state.topic_at, state.last, state.source_span = "", -1, None, None
            found += _PartReader(self, paragraph, part, clock, state).read(mine, left)
        return found, left

    def _state(self, paragraph: Paragraph) -> _State:
        titles = "".join(self.tree.titles_of(paragraph.line))
        is_goal = claim_words.GOALS.search(titles) is not None
        span: Span | None = None
        if is_goal and self.calendar.last:
            span = Span.of_year(self.calendar.last)
        elif claim_words.PRESENT.search(titles) and self.calendar.base:
            span = Span.of_year(self.calendar.base)
        return _State(section_span=span, is_goal=is_goal)


class _PartReader:
    """Reads the figures between two full stops or semicolons."""

    def __init__(self, reader: _Reader, paragraph: Paragraph, part: Part, clock: Sequence[Time], state: _State) -> None:
        self.reader, self.paragraph, self.part, self.state = reader, paragraph, part, state
        self.clock = [one for one in clock if part.start <= one.start < part.end]
        self.names, self.calendar = reader.names, reader.calendar

    def read(self, mine: Sequence[Figure], left: list[tuple[int, int]]) -> Iterator[Claim]:
        groups = claim_lists.groups(mine, self.paragraph.masked)
        at, cursor = 0, self.part.start
        for clause in self.part.clauses:
            cursor = max(cursor, clause[0])
            self._topic(clause, groups[at][0].start if at < len(groups) else clause[1])
            while at < len(groups) and groups[at][0].start < clause[1]:
                group = groups[at]
                following = groups[at + 1][0].start if at + 1 < len(groups) else self.part.end
                yield from self._group(group, clause, cursor, min(following, clause[1]), left)
                cursor, at = group[-1].end, at + 1
            self._passed(clause)

    def _passed(self, clause: tuple[int, int]) -> None:
        """Remember the last period that a clause has named, for those behind it."""
        for one in self.clock:
            if one.use in (Use.AT, Use.NEXT, Use.NOW) and clause[0] <= one.start < clause[1]:
                self.state.sentence_span = one.span
                if one.use is Use.AT or self.state.paragraph_span is None:
                    self.state.paragraph_span = one.span

    def _topic(self, clause: tuple[int, int], stop: int) -> None:
        """The subject that a clause opens with."""
        words = self.phrase_words(clause[0], min(clause[1], max(stop, clause[0])), drop_time=True)
        body = self.names.area.sub("", words, count=1) if self.names.area.match(words) else words
        subject, _, rest = subject_of(body[:60], self.names)
        if subject and len(subject) <= 24 and (rest or stop >= clause[1]):
            self.state.topic, self.state.topic_at = subject, clause[0]

    def phrase_words(self, start: int, end: int, *, drop_time: bool = False) -> str:
        """The words of a stretch, with time words replaced and parentheses left out unless they are part of a name."""
        pieces: list[str] = []
        at = start
        for one in self.clock:
            if start <= one.start and one.end <= end and one.use in (Use.AT, Use.REFERENCE, Use.NEXT):
                pieces += (self._plain(at, one.start), "" if drop_time else claim_words.TIME)
                at = one.end
        pieces.append(self._plain(at, end))
        words = "".join(pieces)
        return re.sub(r"^(?:[、，,\s]|到|至|截至|截止|在|其中|力争|的)+", "", words) if drop_time else words

    def _plain(self, start: int, end: int) -> str:
        masked, text = self.paragraph.masked, self.paragraph.text
        if HIDDEN not in masked[start:end]:
            return text[start:end]
        pieces: list[str] = []
        at = start
        for hidden in re.finditer(f"{HIDDEN}+", masked[start:end]):
            first, last = start + hidden.start(), start + hidden.end()
            words = text[first:last]
            pieces.append(text[at:first])
            inside = len(words) <= 14 and not re.search(r"[0-9如见图表注“]", words)
            if words[:1] == "《" or (inside and last < len(text) and "一" <= text[last] <= "龥"):
                pieces.append(words)
            at = last
        return "".join([*pieces, text[at:end]])

    def _group(
        self, group: Sequence[Figure], clause: tuple[int, int], cursor: int, following: int, left: list[tuple[int, int]]
    ) -> Iterator[Claim]:
        """The claims of one figure, or of several that make a list."""
        hidden = self.paragraph.masked[group[0].start] == HIDDEN
        phrase = parse(self.phrase_words(cursor, group[0].start), self.names)
        behind = self.paragraph.masked[group[-1].end : following]
        first = self._claim(group[0], phrase, clause, cursor, behind)
        if first is None or hidden:
            left += [(one.start, one.end) for one in group]
            return
        if len(group) == 1:
            yield self._remember(first, phrase)
            return
        earlier = [piece for piece in self.part.clauses if piece[0] < clause[0]]
        windows = [self.phrase_words(cursor, group[0].start)] + [
            self.phrase_words(*piece) for piece in reversed(earlier)
        ]
        listed = claim_lists.pair(windows, len(group), first.indicator, self.names)
        spans = self._spans_of_list(cursor, group)
        for number, figure in enumerate(group):
            yield self._remember(_member(first, figure, listed, number, group, spans), phrase)

    def _spans_of_list(self, cursor: int, group: Sequence[Figure]) -> list[Span]:
        """The periods that a list of figures is said for: 2020年、2021年分别为1亿元、2亿元."""
        found = [one.span for one in self.clock if cursor <= one.start < group[0].start and one.use is Use.AT]
        return found if len(found) == len(group) else []

    def _remember(self, claim: Claim, phrase: Phrase) -> Claim:
        self.state.last = claim
        if phrase.relation is Relation.FROM and claim.span is not None:
            self.state.source_span = claim.span
        return claim

    def _claim(self, figure: Figure, phrase: Phrase, clause: tuple[int, int], cursor: int, behind: str) -> Claim | None:
        """One figure with its words, those before and those behind; None if nothing says what it measures."""
        if behind.startswith("的") and re.match(r"的[^，。；]{2,}", behind) and figure.unit not in SHARE_UNITS:
            return None  # a condition (超过50件的公司), not what is said
        counted = _counted(figure, behind)
        claim = self._placed(figure, phrase, clause, counted)
        if claim is None:
            return None
        return self._timed(claim, phrase, cursor)

    def _placed(self, figure: Figure, phrase: Phrase, clause: tuple[int, int], counted: str) -> Claim | None:
        last, notes, confidence = self.state.last, [], _SURE
        subject, indicator, of, base, parts = phrase.subject, phrase.indicator, phrase.of, phrase.base, phrase.parts
        if phrase.is_share:
            if not base and not subject and last is not None:
                base, subject, parts, confidence = last.base or last.indicator, last.subject, last.parts, CARRIED
            elif not subject:
                subject = self._inherited(base)
            indicator = f"{base}占{of}比重"
        elif counted and not (phrase.is_strong and indicator):
            if not indicator and not subject and last is not None and not counted:
                return None
            subject, parts, indicator = self._counting(phrase, counted)
        elif not indicator and not subject:
            if last is None:
                carried = self._before(clause)
                if carried is None:
                    return None
                subject, indicator, of, parts = carried.subject, carried.indicator, carried.of, carried.parts
                subject = subject or self._inherited(indicator)
            else:
                subject, indicator, of, parts, more = _carried(last, figure, phrase)
                base = last.base
                notes += more
            confidence = CARRIED if not notes else Decimal("0.7")
        elif claim_words.RANKS.fullmatch(indicator) and last is not None:
            notes.append(f"of which: {last.indicator}")
            subject, indicator, confidence = last.subject, f"{indicator}{_kind_of(last.indicator)}", CARRIED
        elif not subject:
            subject = self._inherited(indicator)
        if not indicator:
            return None
        if phrase.relation is Relation.DECREASE:
            notes.append("decrease")
        if figure.unit in claim_words.MONEY and claim_words.MONEY_WORDS.search(indicator):
            notes.append(f"unit {figure.unit}: {figure.unit}元 is meant")
        if figure.note:
            notes.append(figure.note)
        return Claim(
            figure,
            subject,
            indicator,
            "",
            None,
            clause,
            phrase.scope,
            of or figure.per,
            base,
            parts,
            phrase.bound or figure.bound,
            confidence,
            tuple(notes),
        )

    def _inherited(self, indicator: str) -> str:
        """The subject named before, for an indicator that names none itself."""
        topic = self.state.topic
        if not topic or re.match("规上|规模以上|全|地区|工业总产值|工业增加值", indicator):
            return ""
        if claim_words.FIRM.fullmatch(topic) or self.names.enterprise(topic):
            return topic
        return topic if not indicator or claim_words.BARE.fullmatch(indicator) else ""

    def _counting(self, phrase: Phrase, counted: str) -> tuple[str, tuple[str, ...], str]:
        """Subject, parts and indicator where the counted thing stands behind the figure: 甲、乙等7家龙头企业."""
        body = phrase.body
        verb = next((word for word in claim_words.KEPT_VERBS if body.endswith(word)), "")
        enumerated = re.sub(r"^(?:现)?(?:拥有|有|建成|包括|形成|培育)", "", body)
        parts: tuple[str, ...] = phrase.parts
        if not parts and "、" in enumerated:
            parts = claim_lists.names_of(enumerated.removesuffix("等"))
        subject = "" if parts else phrase.subject
        if not subject:
            subject = self.state.topic if claim_words.FIRM.fullmatch(self.state.topic) and not parts else ""
        return subject, parts, verb + counted

    def _before(self, clause: tuple[int, int]) -> Phrase | None:
        """What the clause before names, if it holds no figure: 亩产值较高，分别达到…"""
        earlier = [piece for piece in self.part.clauses if piece[1] <= clause[0]]
        if not earlier:
            return None
        phrase = parse(self.phrase_words(*earlier[-1]), self.names)
        if phrase.indicator and claim_words.HEAD.search(phrase.indicator):
            return phrase
        return None

    def _timed(self, claim: Claim, phrase: Phrase, cursor: int) -> Claim:
        """The same claim with its period and its kind."""
        state, notes = self.state, list(claim.notes)
        start = claim.figure.start
        near = [one for one in self.clock if one.start < start and (one.start >= claim.clause[0])]
        local = [one for one in near if one.use in (Use.AT, Use.NEXT)] or [one for one in near if one.use is Use.NOW]
        named = [one for one in near if one.use is Use.NAME and one.start >= cursor]
        reference = [one for one in near if one.use is Use.REFERENCE and one.start >= cursor]
        span, confidence = (local[-1].span if local else state.sentence_span), claim.confidence
        is_source = phrase.relation is Relation.FROM
        expected = claim_words.EXPECTED.search(phrase.body) is not None
        if expected and named:
            span = Span.of_year(named[-1].span.last_year)
        if is_source and not any(one.start >= cursor for one in local):
            span = None
            notes.append("earlier value; its year is not printed")
        elif span is None and state.paragraph_span is not None:
            span, confidence = state.paragraph_span, min(confidence, CARRIED)
        elif span is None and state.section_span is not None:
            span, confidence = state.section_span, min(confidence, INHERITED)
            notes.append("period from the section")
        kind = self._kind(claim, phrase, span, expected=expected)
        if kind == "growth" or ((phrase.statistic == "年均" or claim.indicator.startswith("年均")) and span is not None):
            span, more = self._growth(claim, phrase, span, reference)
            notes += more
        return replace(claim, span=span, kind=kind, confidence=confidence, notes=tuple(dict.fromkeys(notes)))

    def _growth(
        self, claim: Claim, phrase: Phrase, span: Span | None, reference: Sequence[Time]
    ) -> tuple[Span | None, list[str]]:
        if phrase.statistic == "同比":
            return span, ["year on year"]
        if phrase.statistic in ("年均", "平均", "年平均", "复合", "每年", "逐年") or claim.indicator.startswith("年均"):
            return growth_years(span, self.calendar, since=self.state.source_span), ["annual"]
        if reference:
            since = reference[-1].span
            ran = growth_years(span, self.calendar, since=since)
            return ran, [f"against {since}"]
        return span, ["base period not printed"]

    def _kind(self, claim: Claim, phrase: Phrase, span: Span | None, *, expected: bool) -> str:
        if phrase.relation in (Relation.GROWTH, Relation.DECREASE) or claim.figure.unit == DOUBLING:
            return "growth"
        unit = claim.figure.unit
        shares = unit in SHARE_UNITS or "百分点" in unit
        if phrase.is_share or (shares and not claim_words.CHANGE_INDEX.search(claim.indicator)):
            return "share"
        counted = unit.lstrip("十百千万亿") in claim_words.COUNTED
        if counted and not claim_words.OUTPUTS.search(claim.indicator):
            return "count"
        if expected:
            return "target"
        if span is not None:
            return "target" if self.calendar.is_future(span) else "actual"
        words = self.paragraph.text[self.part.start : claim.figure.end]
        future = claim_words.FUTURE.search(words) is not None and claim_words.DONE.search(words) is None
        return "target" if future or self.state.is_goal else "actual"


def _member(
    first: Claim, figure: Figure, listed: claim_lists.Listed, number: int, group: Sequence[Figure], spans: list[Span]
) -> Claim:
    """One figure of a list; where names and figures are not as many it has no subject."""
    common = replace(first, figure=figure, bound=figure.bound, list_at=group[0].start, list_values=len(group))
    if spans:
        return replace(common, span=spans[number])
    indicator = listed.indicator or first.indicator
    if len(listed.names) == len(group):
        return replace(common, subject=listed.names[number], indicator=indicator, parts=(), list_names=len(group))
    if not listed.names:
        return replace(common, confidence=UNSURE, notes=(*first.notes, "list without names"))
    note = "names of the list: " + "、".join(listed.names)
    return replace(
        common,
        subject="",
        indicator=indicator,
        parts=(),
        list_names=len(listed.names),
        confidence=UNSURE,
        notes=(*first.notes, note),
    )


def _counted(figure: Figure, behind: str) -> str:
    """The counted thing behind a figure: 数字化车间 of 18个数字化车间."""
    if figure.unit.lstrip("十百千万亿") not in claim_words.COUNTED:
        return ""
    found = re.match(rf"[^，。；、！？：:（）()\s“”{HIDDEN}0-9和及与至到]{{2,24}}", behind)
    if found is None or re.match("以上|以下|左右|的|增|提|升|上升|下降|降|减|级|均|其|为|占|位|居|并|等", found[0]):
        return ""
    return re.split("，|位列|居", found[0])[0]


def _kind_of(indicator: str) -> str:
    """The last word of an enumeration: 科技研发平台 of 重点实验室、企业技术中心等科技研发平台."""
    return re.split("等|、", indicator)[-1]


def _carried(last: Claim, figure: Figure, phrase: Phrase) -> tuple[str, str, str, tuple[str, ...], list[str]]:
    """Subject, indicator, whole and parts of the claim before, for a figure that has none of its own."""
    if (
        phrase.relation in (Relation.GROWTH, Relation.DECREASE)
        or figure.unit == DOUBLING
        or _alike(last.figure, figure)
    ):
        return last.subject, last.indicator, last.of, last.parts, []
    if last.kind == "share" and last.of and figure.unit not in SHARE_UNITS:
        indicator = last.base or last.of
        return last.subject, indicator, "", last.parts, ["indicator from the share before it"]
    return last.subject, last.indicator, last.of, last.parts, ["unit differs from the figure before it"]


def _alike(one: Figure, other: Figure) -> bool:
    return one.unit.lstrip("十百千万亿") == other.unit.lstrip("十百千万亿")


def _record(claim: Claim, paragraph: Paragraph, tree: sections.Sections, seen: Counter[str]) -> Record:
    figure = claim.figure
    line, start = paragraph.place(figure.start)
    last_line, end = paragraph.place(figure.end - 1)
    quote = paragraph.text[claim.clause[0] : claim.clause[1]].strip(" ，")
    key = "/".join(
        (claim.subject, claim.indicator, str(claim.span or ""), claim.kind, *(["range"] if figure.high else []))
    )
    seen[key] += 1
    ident = kernel_names.stable_id(key) + (f"-{seen[key]}" if seen[key] > 1 else "")
    listed = None
    if claim.list_at is not None:
        listed = f"list-{kernel_names.stable_id(f'{tree.section_of(line)}/{claim.indicator}/{claim.list_at}')}"
    return {
        "subject": claim.subject or None,
        "indicator": claim.indicator,
        "value": figure.value,
        "unit": figure.unit or None,
        "span": str(claim.span) if claim.span else None,
        "kind": claim.kind,
        "bound": claim.bound or figure.bound,
        "section": tree.section_of(line) or None,
        "quote": quote,
        "line": line,
        "id": f"claim-{ident}",
        "scope": claim.scope or None,
        "of": claim.of or None,
        "parts": "、".join(claim.parts) or None,
        "list_id": listed,
        "list_names": claim.list_names,
        "list_values": claim.list_values,
        "value_high": figure.high,
        "printed": paragraph.text[figure.start : figure.end],
        "start": start,
        "end": end + 1 if last_line == line else start + figure.end - figure.start,
        "confidence": claim.confidence,
        "note": "; ".join(claim.notes) or None,
    }
