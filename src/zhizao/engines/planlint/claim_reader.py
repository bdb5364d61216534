"""Reads a paragraph into claims: each figure with its words, or with what was named before it, and with its period."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint import claim_lists, claim_words, sentences
from zhizao.engines.planlint.claim_figures import DOUBLING, Figure, figures
from zhizao.engines.planlint.claim_phrases import Names, Phrase, Relation, parse, subject_of
from zhizao.engines.planlint.claim_spans import Calendar, Time, Use, growth_years, times
from zhizao.engines.planlint.growth import SHARE_UNITS
from zhizao.engines.planlint.sections import Sections
from zhizao.engines.planlint.sentences import HIDDEN, Paragraph, Part
from zhizao.kernel.span import Span

CARRIED: Final = Decimal("0.9")
"""Confidence of a figure whose indicator or period was named before its sentence part."""
INHERITED: Final = Decimal("0.8")
"""Of one whose period only its section tells."""
GUESSED: Final = Decimal("0.7")
"""Of one whose indicator is the likelier of two."""
UNSURE: Final = Decimal("0.5")
"""Of one of a list that cannot be paired."""
_SURE: Final = Decimal(1)
_CLASS_OF_SIZE: Final = re.compile(r"级(?!别)")
_CONDITION: Final = re.compile(r"(?:以上|以下)?的(?!目标|水平|速度|比例|占比|比重|增速|规模)[^，。；]{2,}")
_LIMITED: Final = re.compile(r"(?:以上|以下)?(?:级|的)?(?:企业|项目|园区|集群|产业|产品|品牌|单品)")
_THING: Final = re.compile(
    rf"[^，。；、！？：:（）()\s“”{HIDDEN}0-9和及与至到]{{2,24}}|[区县市镇乡村省](?=[和、，。；及]|$)"
)
_NO_THING: Final = re.compile(
    "以上|以下|左右|的|增|提|升|上升|下降|降|减|级|均|其|为|占|位|居|并|等|左右|之多|不等|由|从|比|较"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One figure read; the fields are columns of the table, places are offsets in the paragraph."""

    figure: Figure
    subject: str
    indicator: str
    clause: tuple[int, int]
    kind: str = ""
    span: Span | None = None
    scope: str = ""
    of: str = ""
    base: str = ""
    parts: tuple[str, ...] = ()
    bound: str = ""
    confidence: Decimal = _SURE
    notes: tuple[str, ...] = ()
    whole: int | None = None
    list_at: int | None = None
    list_names: int | None = None
    list_values: int | None = None


@dataclass(slots=True)
class _State:
    """What has been named so far: in the section and paragraph, in the sentence, and in its part."""

    section_span: Span | None = None
    is_goal: bool = False
    paragraph_span: Span | None = None
    sentence_span: Span | None = None
    topic: str = ""
    topic_parts: tuple[str, ...] = ()
    last: Claim | None = None
    whole: Claim | None = None
    source: Claim | None = None
    reference: Span | None = None
    used: set[int] = field(default_factory=set)

    def begin_part(self) -> None:
        """Forget what holds only up to a semicolon."""
        self.topic, self.topic_parts = "", ()
        self.last = self.whole = self.source = self.reference = None


class Reader:
    """Reads paragraph by paragraph; nothing is carried from one to the next."""

    def __init__(self, calendar: Calendar, names: Names, tree: Sections) -> None:
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
        at = tick = 0
        for part in sentences.parts(paragraph):
            first, early = at, tick
            while at < len(every) and every[at].start < part.end:
                at += 1
            while tick < len(clock) and clock[tick].start < part.end:
                tick += 1
            if part.opens:
                state.sentence_span = None
            state.begin_part()
            reader = _PartReader(self, paragraph, part, clock[early:tick], state)
            found += reader.read(every[first:at], left)
        return _with_parts(found), left

    def _state(self, paragraph: Paragraph) -> _State:
        """The nearest heading that speaks of targets, of the present or of neither decides what silence means."""
        for title in reversed(self.tree.titles_of(paragraph.line)):
            if claim_words.GOALS.search(title):
                last = self.calendar.last
                return _State(section_span=Span.of_year(last) if last else None, is_goal=True)
            if claim_words.PRESENT.search(title):
                base = self.calendar.base
                return _State(section_span=Span.of_year(base) if base else None)
            if claim_words.NEUTRAL.search(title):
                break
        return _State()


def _with_parts(found: list[Claim]) -> list[Claim]:
    """Give a whole the names of what is said to be “of which” it."""
    members: dict[int, list[str]] = {}
    for claim in found:
        if claim.whole is not None:
            members.setdefault(claim.whole, []).append(claim.indicator)
    return [
        replace(claim, parts=tuple(members[claim.figure.start]))
        if claim.figure.start in members and not claim.parts
        else claim
        for claim in found
    ]


class _PartReader:
    """Reads the figures between two full stops or semicolons."""

    def __init__(self, reader: Reader, paragraph: Paragraph, part: Part, clock: Sequence[Time], state: _State) -> None:
        self.paragraph, self.part, self.state, self.clock = paragraph, part, state, clock
        self.names, self.calendar = reader.names, reader.calendar
        self.starts: list[int] = []

    def read(self, mine: Sequence[Figure], left: list[tuple[int, int]]) -> Iterator[Claim]:
        """The claims of the part; what is none goes to ``left``."""
        groups = claim_lists.groups(mine, self.paragraph.masked)
        self.starts = [one.start for one in mine]
        at, cursor = 0, self.part.start
        for clause in self.part.clauses:
            cursor = max(cursor, clause[0])
            self._topic(clause, self._first_of(clause, groups, at))
            while at < len(groups) and groups[at][0].start < clause[1]:
                group = groups[at]
                following = min(groups[at + 1][0].start if at + 1 < len(groups) else clause[1], clause[1])
                before = len(left)
                yield from self._group(group, clause, cursor, following, left)
                at += 1
                if len(left) == before:  # a condition stays part of the words of what it limits
                    cursor = group[-1].end
            self._passed(clause)

    def _first_of(self, clause: tuple[int, int], groups: list[list[Figure]], at: int) -> int:
        """Where the first figure of a clause stands that is more than part of a name; else the end of the clause."""
        for group in groups[at : at + 4]:
            if group[0].start >= clause[1]:
                break
            if not _CLASS_OF_SIZE.match(self.paragraph.masked, group[0].end):
                return group[0].start
        return clause[1]

    def _passed(self, clause: tuple[int, int]) -> None:
        """Remember the last period that a clause has named, for those behind it."""
        for one in self.clock:
            if one.use is Use.REFERENCE or one.start in self.state.used or not clause[0] <= one.start < clause[1]:
                continue
            if one.use in (Use.AT, Use.NEXT, Use.NOW):
                self.state.sentence_span = one.span
                if one.use is Use.AT or self.state.paragraph_span is None:
                    self.state.paragraph_span = one.span

    def _topic(self, clause: tuple[int, int], stop: int) -> None:
        """The subject that a clause opens with."""
        words = self._words(clause[0], min(clause[1], max(stop, clause[0])))[:120]
        words = re.sub(rf"^(?:[、，,\s{claim_words.TIME}]|到|至|截至|截止|在|其中|力争|尤以(?=以)|的)+", "", words)
        phrase = parse(words.replace("尤以", "以"), self.names) if words else Phrase()
        subject, parts = phrase.subject, phrase.parts
        if not subject and phrase.indicator:
            subject, parts, _ = subject_of(phrase.indicator, self.names)
        if subject and len(subject) <= 60:
            self.state.topic, self.state.topic_parts = subject, parts

    def _words(self, start: int, end: int) -> str:
        """The words of a stretch, time words replaced; parentheses stay only where they are part of a name."""
        pieces: list[str] = []
        at = start
        for one in self.clock:
            if start <= one.start and one.end <= end and one.use is not Use.NOW and one.use is not Use.NAME:
                pieces += (self._plain(at, one.start), claim_words.TIME)
                at = one.end
        return "".join([*pieces, self._plain(at, end)])

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
            is_short = len(words) <= 14 and not re.search(r"[0-9如见图表注“]", words)
            if words[:1] == "《" or (is_short and last < len(text) and "一" <= text[last] <= "龥"):
                pieces.append(words)
            at = last
        return "".join([*pieces, text[at:end]])

    def _group(
        self, group: Sequence[Figure], clause: tuple[int, int], cursor: int, following: int, left: list[tuple[int, int]]
    ) -> Iterator[Claim]:
        """The claims of one figure, or of several that make a list."""
        percent = group[0].unit in SHARE_UNITS
        phrase = parse(self._words(cursor, group[0].start), self.names, percent=percent)
        behind = self.paragraph.masked[group[-1].end : following]
        first = None
        if not self._is_name(group[0], behind):
            first = self._claim(group[0], phrase, clause, cursor, behind)
        if first is None:
            left += [(one.start, one.end) for one in group]
            return
        since = self.state.last.figure.end if self.state.last is not None else self.part.start
        self._remember(first, phrase, cursor)
        if len(group) == 1:
            yield first
            return
        earlier = [piece for piece in self.part.clauses if piece[0] < clause[0]]
        windows = [self._words(cursor, group[0].start)] + [self._words(*piece) for piece in reversed(earlier[-4:])]
        listed = claim_lists.pair(windows, len(group), first.indicator, self.names)
        spans = [one.span for one in self.clock if since <= one.start < group[0].start and one.use is Use.AT]
        for number, figure in enumerate(group):
            span = spans[number] if len(spans) == len(group) else None
            yield _member(first, figure, listed, number, group, span)

    def _is_name(self, figure: Figure, behind: str) -> bool:
        """Whether a figure only limits or names something: 超过50件的公司, 300亿级产业链, “五个优化”, a title."""
        masked, text = self.paragraph.masked, self.paragraph.text
        if masked[figure.start] == HIDDEN or _CLASS_OF_SIZE.match(behind):
            return True
        if text[figure.end : figure.end + 1] in ("”", "」") or text[figure.start - 1 : figure.start] in ("“", "「"):
            return True
        if _CONDITION.match(behind) and figure.unit not in SHARE_UNITS:
            return True
        if _LIMITED.match(behind) and (figure.unit.endswith("元") or figure.unit in claim_words.MONEY):
            return True
        if figure.unit == "个" and figure.value <= 10 and not text[figure.start : figure.end][0].isascii():
            return figure.value == 1 or claim_words.ABSTRACT.match(re.split("[，。；、]", behind)[0]) is not None
        return False

    def _remember(self, claim: Claim, phrase: Phrase, cursor: int) -> None:
        state = self.state
        state.source = claim if phrase.relation is Relation.FROM else None
        if state.source is not None:
            state.used.update(one.start for one in self._near(claim.clause, cursor, claim.figure.start))
        if phrase.is_of_which and state.last is not None:
            state.whole = state.last
        state.last = claim

    def _near(self, clause: tuple[int, int], cursor: int, stop: int) -> list[Time]:
        return [one for one in self.clock if max(clause[0], cursor) <= one.start < stop]

    def _claim(self, figure: Figure, phrase: Phrase, clause: tuple[int, int], cursor: int, behind: str) -> Claim | None:
        """One figure with its words, those before and those behind; None if nothing says what it measures."""
        if self.state.source is not None and phrase.relation is not Relation.LEVEL and not phrase.indicator:
            phrase = replace(phrase, relation=Relation.LEVEL)  # 由…24家增加2020年235家: where the change ended
        claim = self._placed(figure, phrase, clause, _counted(figure, behind))
        if claim is None or (not claim_words.HEAD.search(claim.indicator) and claim.indicator.startswith(("以", "是"))):
            return None
        notes = [*claim.notes]
        if phrase.relation is Relation.DECREASE:
            notes.append("decrease")
        if phrase.is_expected:
            notes.append("the target it is compared with")
        if figure.unit in claim_words.MONEY and claim_words.MONEY_WORDS.search(claim.indicator):
            notes.append(f"unit {figure.unit}: {figure.unit}元 is meant")
        if figure.note:
            notes.append(figure.note)
        whole = self._whole(claim, phrase)
        if whole is not None:
            notes.append(f"of which: {whole.subject}{whole.indicator}")
        claim = replace(
            claim,
            scope=phrase.scope or claim.scope,
            of=claim.of or figure.per,
            bound=phrase.bound or figure.bound,
            notes=tuple(notes),
            whole=whole.figure.start if whole else None,
        )
        return self._timed(claim, phrase, cursor)

    def _whole(self, claim: Claim, phrase: Phrase) -> Claim | None:
        """The claim that this one is a part of: what stood before 其中, in the same unit."""
        whole = self.state.last if phrase.is_of_which else self.state.whole
        unit = claim.figure.unit
        if whole is None or phrase.relation is not Relation.LEVEL or "/" in unit or unit in SHARE_UNITS or claim.of:
            return None
        return whole if _alike(whole.figure, claim.figure) else None

    def _placed(self, figure: Figure, phrase: Phrase, clause: tuple[int, int], counted: str) -> Claim | None:
        """Subject and indicator of a figure: its own, or those named before."""
        last = self.state.last
        subject, indicator, parts = phrase.subject, phrase.indicator, phrase.parts
        if phrase.is_share:
            return self._share(figure, phrase, clause)
        if phrase.is_compared and not indicator:
            return None
        if counted and not (phrase.is_strong and indicator):
            subject, parts, indicator = self._counting(phrase, counted)
        elif not indicator and not subject:
            return self._carried(figure, phrase, clause)
        elif claim_words.RANKS.fullmatch(indicator) and last is not None:
            return Claim(figure, last.subject, f"{indicator}{_kind_of(last.indicator)}", clause, confidence=CARRIED)
        elif not subject:
            subject = self._inherited(indicator, is_part=phrase.is_of_which)
            if subject == self.state.topic:
                parts = parts or self.state.topic_parts
        return Claim(figure, subject, indicator, clause, of=phrase.of, parts=parts) if indicator else None

    def _share(self, figure: Figure, phrase: Phrase, clause: tuple[int, int]) -> Claim:
        """甲占乙的20%: of what is said here, of what was said before, or of the subject itself."""
        last, base, subject, parts = self.state.last, phrase.base, phrase.subject, phrase.parts
        confidence = _SURE
        if not base and not subject and last is not None:
            base, subject, parts, confidence = last.base or last.indicator, last.subject, last.parts, CARRIED
        elif not subject:
            subject = self._inherited(base)
            parts = self.state.topic_parts if subject else parts
        indicator = f"{base}占{phrase.of}比重"
        return Claim(figure, subject, indicator, clause, of=phrase.of, base=base, parts=parts, confidence=confidence)

    def _carried(self, figure: Figure, phrase: Phrase, clause: tuple[int, int]) -> Claim | None:
        """What was named before, for a figure whose own words name nothing."""
        last = self.state.last
        is_change = phrase.relation in (Relation.GROWTH, Relation.DECREASE) or figure.unit == DOUBLING
        if last is None or not (is_change or _alike(last.figure, figure) or phrase.is_expected):
            before = self._before(clause)
            if before is not None:
                subject = before.subject or self._inherited(before.indicator)
                return Claim(
                    figure, subject, before.indicator, clause, of=before.of, parts=before.parts, confidence=CARRIED
                )
        if last is None:
            return None
        common = Claim(figure, last.subject, last.indicator, clause, parts=last.parts, scope=last.scope)
        if is_change or _alike(last.figure, figure):
            return replace(common, of=last.of, base=last.base, confidence=CARRIED)
        if last.kind == "share" and last.of and figure.unit not in SHARE_UNITS:
            note = "indicator from the share before it"
            return replace(common, indicator=last.base or last.of, confidence=GUESSED, notes=(note,))
        return replace(common, confidence=UNSURE, notes=("unit differs from the figure before it",))

    def _inherited(self, indicator: str, *, is_part: bool = False) -> str:
        """The subject named before, for an indicator that names none itself."""
        topic = self.state.topic
        if (
            not topic
            or topic in indicator
            or re.match("规上|规模以上|全[省市区县]|地区|工业总产值|工业增加值", indicator)
        ):
            return ""
        if self._is_actor(topic):
            return topic
        is_bare = not indicator or claim_words.BARE.fullmatch(indicator)
        return topic if is_bare or (is_part and claim_words.HEAD.search(indicator)) else ""

    def _is_actor(self, topic: str) -> bool:
        """Whether a subject is one that has things of its own: a firm, a place, a chain told by its members."""
        if topic.startswith("以") or self.names.enterprise(topic):
            return True
        return claim_words.FIRM.fullmatch(topic) is not None and not claim_words.GENERIC.fullmatch(topic)

    def _counting(self, phrase: Phrase, counted: str) -> tuple[str, tuple[str, ...], str]:
        """Subject, parts and indicator where the counted thing stands behind the figure: 甲、乙等7家龙头企业."""
        body = phrase.body
        is_modifier = phrase.links[:1] == ("的",)
        verb = "" if is_modifier else next((word for word in claim_words.KEPT_VERBS if body.endswith(word)), "")
        parts = phrase.parts
        if not parts and "、" in body:
            parts = claim_lists.names_of(body.removesuffix("等"))
        subject = "" if parts else phrase.subject
        if not subject and not parts and self._is_actor(self.state.topic):
            subject = self.state.topic
        return subject, parts, verb + counted

    def _before(self, clause: tuple[int, int]) -> Phrase | None:
        """What the clause before names, if it names an indicator: 亩产值均较高，分别达到…"""
        earlier = [piece for piece in self.part.clauses if piece[1] <= clause[0]]
        if not earlier or bisect_left(self.starts, earlier[-1][0]) < bisect_left(self.starts, earlier[-1][1]):
            return None
        phrase = parse(self._words(*earlier[-1]), self.names)
        return phrase if phrase.indicator and claim_words.HEAD.search(phrase.indicator) else None

    def _timed(self, claim: Claim, phrase: Phrase, cursor: int) -> Claim:
        """The same claim with its period and its kind."""
        state, notes, confidence = self.state, list(claim.notes), claim.confidence
        start = claim.figure.start
        near = [one for one in self._near(claim.clause, claim.clause[0], start) if one.start not in state.used]
        local = [one for one in near if one.use in (Use.AT, Use.NEXT)] or [one for one in near if one.use is Use.NOW]
        span = local[-1].span if local else state.sentence_span
        if phrase.is_expected and near and near[-1].use is Use.NAME:
            span = Span.of_year(near[-1].span.last_year)
        if phrase.relation is Relation.FROM and not any(one.start >= cursor for one in local):
            span = None
            notes.append("earlier value; its year is not printed")
        elif span is None and state.paragraph_span is not None:
            span, confidence = state.paragraph_span, min(confidence, CARRIED)
        elif span is None and state.section_span is not None:
            span, confidence = state.section_span, min(confidence, INHERITED)
            notes.append("period from the section")
        kind = self._kind(claim, phrase, span)
        if kind == "growth":
            reference = [one.span for one in near if one.use is Use.REFERENCE and one.start >= cursor]
            span, note = self._growth(phrase, span, reference[-1] if reference else None)
            notes.append(note)
        elif "年均" in claim.indicator or (phrase.statistic in claim_words.ANNUAL and span is not None):
            span = growth_years(span, self.calendar)
            notes.append("annual mean")
        return replace(claim, span=span, kind=kind, confidence=confidence, notes=tuple(dict.fromkeys(notes)))

    def _growth(self, phrase: Phrase, span: Span | None, reference: Span | None) -> tuple[Span | None, str]:
        """The years that a growth runs over, and what sort of growth it is."""
        if phrase.statistic == "同比" or any("上年" in word or "同期" in word for word in phrase.links):
            return span, "year on year"
        since = self.state.last.span if self.state.last is not None and self.state.source is not None else None
        if phrase.statistic in claim_words.ANNUAL:
            return growth_years(span, self.calendar, since=since), "annual"
        if reference is not None:
            self.state.reference = reference
        if self.state.reference is not None:
            return growth_years(span, self.calendar, since=self.state.reference), f"against {self.state.reference}"
        if "累计" in phrase.links:
            return growth_years(span, self.calendar), "over all these years"
        return span, "base period not printed"

    def _kind(self, claim: Claim, phrase: Phrase, span: Span | None) -> str:
        if phrase.relation in (Relation.GROWTH, Relation.DECREASE) or claim.figure.unit == DOUBLING:
            return "growth"
        unit = claim.figure.unit
        if phrase.is_share or (unit in SHARE_UNITS and not claim_words.CHANGE_INDEX.search(claim.indicator)):
            return "share"
        counted = unit.lstrip("十百千万亿") in claim_words.COUNTED
        if counted and not claim_words.OUTPUTS.search(claim.indicator):
            return "count"
        if phrase.is_expected:
            return "target"
        if span is not None:
            return "target" if self.calendar.is_future(span) else "actual"
        words = self.paragraph.text[self.part.start : claim.figure.end]
        future = claim_words.FUTURE.search(words) is not None and claim_words.DONE.search(words) is None
        return "target" if future or self.state.is_goal else "actual"


def _member(
    first: Claim, figure: Figure, listed: claim_lists.Listed, number: int, group: Sequence[Figure], span: Span | None
) -> Claim:
    """One figure of a list; where names and figures are not as many it has no subject."""
    common = replace(first, figure=figure, bound=figure.bound, list_at=group[0].start, list_values=len(group))
    if span is not None:
        return replace(common, span=span)
    indicator = listed.indicator or first.indicator
    if len(listed.names) == len(group):
        return replace(common, subject=listed.names[number], indicator=indicator, parts=(), list_names=len(group))
    if not listed.names:
        return replace(common, confidence=UNSURE, notes=(*first.notes, "list without names"))
    notes = (*first.notes, "names of the list: " + "、".join(listed.names))
    names = len(listed.names)
    return replace(common, subject="", indicator=indicator, parts=(), list_names=names, confidence=UNSURE, notes=notes)


def _counted(figure: Figure, behind: str) -> str:
    """The counted thing behind a figure: 数字化车间 of 18个数字化车间."""
    if figure.unit.lstrip("十百千万亿") not in claim_words.COUNTED:
        return ""
    found = _THING.match(behind)
    return "" if found is None or _NO_THING.match(found[0]) else re.split("位列|居", found[0])[0]


def _kind_of(indicator: str) -> str:
    """The last word of an enumeration: 科技研发平台 of 重点实验室、企业技术中心等科技研发平台."""
    return re.split("等|、", indicator)[-1]


def _alike(one: Figure, other: Figure) -> bool:
    return one.unit.lstrip("十百千万亿") == other.unit.lstrip("十百千万亿")
