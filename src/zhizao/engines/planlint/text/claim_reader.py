"""Reads a paragraph into claims: each figure with its words, or with what was named before it, and with its period."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from zhizao.engines.planlint.growth import SHARE_UNITS
from zhizao.engines.planlint.text import claim_lists, claim_words, sentences
from zhizao.engines.planlint.text.claim_figures import Figure, figures
from zhizao.engines.planlint.text.claim_kinds import over_years, timed
from zhizao.engines.planlint.text.claim_part import LONGEST, PartText
from zhizao.engines.planlint.text.claim_phrases import Names, Phrase, Relation, parse, split_names, subject_of
from zhizao.engines.planlint.text.claim_place import Placer
from zhizao.engines.planlint.text.claim_sectors import name_of
from zhizao.engines.planlint.text.claim_spans import Calendar, Use, times
from zhizao.engines.planlint.text.claim_state import CARRIED, Claim, Outside, State, alike
from zhizao.engines.planlint.text.sections import Sections
from zhizao.engines.planlint.text.sentences import HIDDEN, Paragraph
from zhizao.kernel.span import Span

_OPENING: Final = 4
"""A time word this near to the beginning of its clause opens it: 截至2025年."""
_CLASS_OF_SIZE: Final = re.compile(r"级(?!别)")
_CONDITION: Final = re.compile(r"(?:以上|以下)?的(?!目标|水平|速度|比例|占比|比重|增速|规模)[^，。；]{2,}")
_LIMITED: Final = re.compile(r"(?:以上|以下)?(?:级|的)?(?:企业|项目|园区|集群|产业|产品|品牌|单品)")
_OWNERS: Final = re.compile(r"[^，。；、的]{1,10}的[^，。；]{2,}")
_THING: Final = re.compile(
    rf"[^，。；、！？：:（）()\s“”{HIDDEN}0-9和及与至到]{{2,24}}|[区县市镇乡村省](?=[和、，。；及]|$)"
)
_NO_THING: Final = re.compile(
    "[两二三四五六七八九十][大个类种级档]|年均|同比|累计|平均|翻|以上|以下|左右|的|增|提|升|上升|下降|降|减|(?:发展|壮大|扩大|跃升|攀升)$|级|均|其|为|占|位|居|并|等|左右|之多|不等|由|从|比|较"
)


_DURATION: Final = r"(?:[两二三四五六七八九十]|[0-9]{1,2})年(?:间|来|内)?"
_ADDED: Final = re.compile(
    rf"(?:(?P<years>{_DURATION})?(?:累计|共)?|(?P<mean>年均|平均每年|每年))(?:净增加?|新增加?|新建|增加)"
)
_WHICH: Final = re.compile("其中")
_AND: Final = ("、", "和", "及")
_ASIDE: Final = re.compile(r"按[一-龥]{1,8}分(?=，|$)")
_PLACES: Final = re.compile(
    r"(?:园区|开发区|高新区|经开区|集聚区|片区|组团|基地|产业|集群|行业|板块)[^，。；、]{0,8}?"
    rf"{claim_words.HEAD.pattern}[^，。；、]{{0,4}}$"
)
"""Places or sectors that are counted only to be named: 三个园区规划面积86平方公里."""
_FUND_BEHIND: Final = re.compile("的([^，。；]{0,16}(?:基金|资金池?))")
_SET_UP: Final = re.compile("(?:设立|组建|成立|规模|总额)$")
_FUND: Final = re.compile(
    "(?:(?:总?规模|总额)(?:达到?|约|为|超过?)?|设立|组建|成立)\0的[^，。；]{0,16}(?:基金|资金池?)"
)
"""A fund is named behind its size: 总规模20亿元的产业引导基金."""
_EARLIER: Final = "the earlier figure that the next is compared with"
_CHANGED: Final = re.compile(
    r"(?:以上|左右)?(?:[，,]?(?:年均|累计|共|净|再|约))*(?:增长|增加|提高|提升|上升|下降|减少|降低|翻|新增)"
)
_SEVERAL: Final = re.compile(
    r"(?P<names>[^，。；、]{2,12}(?:、[^，。；、]{2,12}){1,8}?)(?P<all>[两二三四五六七八九十0-9]{1,2}[大个][一-龥]{0,4}?(?:产业|行业|集群|板块))"
)
"""A clause that opens with some sectors: 医药制造、汽车制造两大产业支撑有力; what follows is of them together."""
_EXAMPLE: Final = re.compile(f"以(?P<name>[^，。；、{claim_words.TIME}]{{2,24}})为例")
_TIMES: Final = "倍"
_TOUCHING: Final = 3
"""Characters between the year that a figure is compared with and the figure: 年的."""


class Reader:
    """Reads paragraph by paragraph; nothing is carried from one to the next."""

    def __init__(self, calendar: Calendar, names: Names, tree: Sections, sectors: frozenset[str] = frozenset()) -> None:
        self.calendar, self.names, self.tree, self.sectors = calendar, names, tree, sectors

    def paragraph(self, paragraph: Paragraph, *, year: int | None = None) -> tuple[list[Claim], list[tuple[int, int]]]:
        """The claims of a paragraph, and the places of the figures that are none; ``year`` is that of its goals."""
        every, left = figures(paragraph.text)
        left = [place for place in left if paragraph.masked[place[0]] != HIDDEN]
        if not every:
            return [], left
        clock = times(paragraph.masked, self.calendar)
        state = self._state(paragraph) if year is None else State(section_span=Span.of_year(year), is_goal=True)
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
            mine = every[first:at]
            words = PartText(paragraph, part, clock[early:tick], [one.start for one in mine])
            found += _PartReader(self, words, state).read(mine, left)
        return _with_parts(found), left

    def _state(self, paragraph: Paragraph) -> State:
        """What the headings above say: whose section it is, and the period of what names none."""
        titles = self.tree.titles_of(paragraph.line)
        state = self._time_of(titles)
        state.sector = name if titles and (name := name_of(titles[-1])) in self.sectors else ""
        return state

    def _time_of(self, titles: Sequence[str]) -> State:
        """The nearest heading that speaks of targets, of the present or of neither decides what silence means."""
        for title in reversed(titles):
            if claim_words.GOALS.search(title):
                last = self.calendar.last
                return State(section_span=Span.of_year(last) if last else None, is_goal=True)
            if claim_words.PRESENT.search(title):
                base = self.calendar.base
                return State(section_span=Span.of_year(base) if base else None)
            if claim_words.NEUTRAL.search(title):
                return State(is_situation=claim_words.SITUATION.search(title) is not None)
        return State()


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

    def __init__(self, reader: Reader, part: PartText, state: State) -> None:
        self.part, self.state, self.names, self.calendar = part, state, reader.names, reader.calendar
        self.placer = Placer(part, reader.names, reader.sectors, state)

    def read(self, mine: Sequence[Figure], left: list[tuple[int, int]]) -> Iterator[Claim]:
        """The claims of the part; what is none goes to ``left``."""
        groups = claim_lists.groups(mine, self.part.masked)
        at, cursor = 0, self.part.start
        outside: Outside | None = None
        for index, clause in enumerate(self.part.clauses):
            self.placer.at = index
            if self.part.text[max(clause[0] - 1, 0)] in "（(":
                outside = self.state.outside()
            if _ASIDE.match(self.part.text, clause[0]) and self.state.counted is not None:
                self.state.whole = self.state.counted
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
            if outside is not None and self.part.text[clause[1] : clause[1] + 1] in ("）", ")"):
                self.state.leave(outside)
                outside = None

    def _first_of(self, clause: tuple[int, int], groups: list[list[Figure]], at: int) -> int:
        """Where the first figure of a clause stands that is more than part of a name; else the end of the clause."""
        for number, group in enumerate(groups[at : at + 4], start=at + 1):
            if group[0].start >= clause[1]:
                break
            stop = min(groups[number][0].start, clause[1]) if number < len(groups) else clause[1]
            behind = self.part.masked[group[0].end : stop]
            if not _CLASS_OF_SIZE.match(behind) and not (group[0].unit == "个" and _PLACES.match(behind)):
                return group[0].start
        return clause[1]

    def _passed(self, clause: tuple[int, int]) -> None:
        """Remember the period that a clause has named: one that opens it holds on, one inside it up to a semicolon."""
        every = self.part.near(*clause)
        listed = any(self.part.text[one.end : other.start] in _AND for one, other in pairwise(every))
        divided = _WHICH.match(self.part.text, clause[0]) is not None
        if listed or (divided and any(one.use is Use.AT for one in every)):
            return  # 2026年、2027年分别达到…; 其中2026年…: years of these figures alone
        for one in every:
            if one.use is Use.REFERENCE or one.use is Use.NAME or one.start in self.state.used:
                continue
            if self.state.is_situation and not one.span.is_year and self.calendar.is_future(one.span):
                continue  # “十五五”时期，…: an outlook, and no date of what is told beside it
            self.state.part_span = one.span
            if one.start - clause[0] <= _OPENING:
                self.state.sentence_span = one.span
                if one.use is Use.AT or self.state.paragraph_span is None:
                    self.state.paragraph_span = one.span

    def _topic(self, clause: tuple[int, int], stop: int) -> None:
        """The subject that a clause opens with."""
        words = self.part.words(clause[0], min(clause[1], max(stop, clause[0]), clause[0] + LONGEST))[:120]
        words = re.sub(rf"^(?:[、，,\s{claim_words.TIME}]|到|至|截至|截止|在|其中|力争|尤以(?=以)|的)+", "", words)
        if several := _SEVERAL.match(words):
            self.state.several = several["all"], split_names(several["names"])
        if example := _EXAMPLE.fullmatch(words):
            self.state.topic, self.state.topic_parts, self.state.sector = example["name"], (), ""
            return
        phrase = parse(words.replace("尤以", "以"), self.names) if words else Phrase()
        subject, parts = phrase.subject, phrase.parts
        if not subject and phrase.indicator:
            subject, parts, _ = subject_of(phrase.indicator, self.names)
        if subject and len(subject) <= 60:
            self.state.topic, self.state.topic_parts = subject, parts
            if self.placer.is_actor(subject):
                self.state.sector = ""  # from here on it is told of a firm

    def _group(
        self, group: Sequence[Figure], clause: tuple[int, int], cursor: int, following: int, left: list[tuple[int, int]]
    ) -> Iterator[Claim]:
        """The claims of one figure, or of several that make a list."""
        percent = group[0].unit in SHARE_UNITS
        phrase = parse(self.part.words(cursor, group[0].start), self.names, percent=percent)
        behind = self.part.masked[group[-1].end : following]
        if (fund := _FUND_BEHIND.match(behind)) and (not phrase.indicator or _SET_UP.search(phrase.indicator)):
            phrase = replace(phrase, indicator=f"{fund[1]}规模")
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
        earlier = self.part.clauses[max(0, self.placer.at - 4) : self.placer.at]
        windows = [self.part.words(cursor, group[0].start)] + [self.part.words(*piece) for piece in reversed(earlier)]
        listed = claim_lists.pair(windows, len(group), first.indicator, self.names)
        spans = [one.span for one in self.part.near(since, group[0].start) if one.use is Use.AT]
        for number, figure in enumerate(group):
            span = spans[number] if len(spans) == len(group) else None
            yield claim_lists.member(first, figure, listed, number, group, span)

    def _is_name(self, figure: Figure, behind: str) -> bool:
        """Whether a figure only limits or names something: 超过50件的公司, 300亿级产业链, “五个优化”, a title."""
        masked, text = self.part.masked, self.part.text
        if masked[figure.start] == HIDDEN or _CLASS_OF_SIZE.match(behind):
            return True
        if text[figure.end : figure.end + 1] in ("”", "」") or text[figure.start - 1 : figure.start] in ("“", "「"):
            return True
        if _CONDITION.match(behind) and figure.unit not in SHARE_UNITS:
            return _FUND.search(text[max(0, figure.start - 8) : figure.start] + "\0" + behind) is None
        if _OWNERS.match(behind) and text[max(0, figure.start - 1) : figure.start] == "有":
            return True
        if _LIMITED.match(behind) and (figure.unit.endswith("元") or figure.unit in claim_words.MONEY):
            return True
        if figure.unit == "个" and figure.value <= 10 and not text[figure.start : figure.end][0].isascii():
            if _PLACES.match(behind):
                return True
            return figure.value == 1 or claim_words.ABSTRACT.match(re.split("[，。；、]", behind)[0]) is not None
        return False

    def _remember(self, claim: Claim, phrase: Phrase, cursor: int) -> None:
        state = self.state
        state.source = claim if phrase.relation is Relation.FROM else None
        if phrase.indicator or phrase.is_share:
            state.since = None
        if state.source is not None:
            state.since = claim.span
            state.used.update(one.start for one in self.part.near(max(claim.clause[0], cursor), claim.figure.start))
        if phrase.is_of_which and state.last is not None:
            state.whole = state.last
        if _EARLIER in claim.notes:
            state.since = state.reference = claim.span
        elif claim.kind not in ("growth", "share") and claim.figure.unit != _TIMES:
            state.amount = claim
        if claim.kind != "growth" and claim.figure.unit != _TIMES:
            state.level = claim
        if claim.kind in ("count", "target") and claim.figure.unit.lstrip("十百千万亿") in claim_words.COUNTED:
            state.counted = claim if claim.whole is None else state.counted
        state.last = claim

    def _claim(self, figure: Figure, phrase: Phrase, clause: tuple[int, int], cursor: int, behind: str) -> Claim | None:
        """One figure with its words, those before and those behind; None if nothing says what it measures."""
        if self.state.source is not None and phrase.relation is not Relation.LEVEL and not phrase.indicator:
            phrase = replace(phrase, relation=Relation.LEVEL)  # 由…24家增加2020年235家: where the change ended
        counted = _counted(figure, behind)
        phrase = self._added(figure, phrase, counted)
        claim = self.placer.placed(figure, phrase, clause, counted)
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
        near = self.part.near(claim.clause[0], figure.start)
        words = self.part.text[max(self.part.start, figure.end - LONGEST) : figure.end]
        timed_claim = timed(claim, phrase, self.state, self.calendar, near=near, cursor=cursor, words=words)
        timed_claim = over_years(timed_claim, self.calendar)
        earlier = self._compared_with(figure, phrase, cursor, behind)
        return timed_claim if earlier is None else self._earlier(timed_claim, earlier)

    def _added(self, figure: Figure, phrase: Phrase, counted: str) -> Phrase:
        """规上企业达到1000户，净增288户: what is added is a change of what was named before."""
        last, found = self.state.last, _ADDED.fullmatch(phrase.indicator)
        if last is not None and last.kind == "growth" and not alike(last.figure, figure):
            last = self.state.amount  # 增长到1620亿元，年均增长9.1%，净增570亿元
        if found is None or counted or phrase.subject or last is None or not alike(last.figure, figure):
            return phrase
        links = ("累计", *phrase.links) if found["years"] else phrase.links
        statistic = "年均" if found["mean"] else phrase.statistic
        return replace(phrase, relation=Relation.GROWTH, indicator="", links=links, statistic=statistic)

    def _compared_with(self, figure: Figure, phrase: Phrase, cursor: int, behind: str) -> Span | None:
        """The year of a figure that the one before it is compared with: 比2020年的408亿元增长46.6%."""
        last = self.state.last
        if last is not None and not alike(last.figure, figure) and last.kind == "growth":
            last = self.state.amount
        if not _CHANGED.match(behind):
            return None
        if not phrase.indicator and (last is None or not alike(last.figure, figure)):
            return None
        near = [one for one in self.part.near(cursor, figure.start) if one.use is Use.REFERENCE]
        return near[-1].span if near and figure.start - near[-1].end <= _TOUCHING else None

    def _earlier(self, claim: Claim, span: Span) -> Claim:
        kind = "actual" if claim.kind == "target" and not self.calendar.is_future(span) else claim.kind
        return replace(claim, span=span, kind=kind, confidence=CARRIED, notes=(*claim.notes, _EARLIER))

    def _whole(self, claim: Claim, phrase: Phrase) -> Claim | None:
        """The claim that this one is a part of: what stood before 其中, in the same unit."""
        whole = self.state.last if phrase.is_of_which else self.state.whole
        unit = claim.figure.unit
        if whole is None or phrase.relation is not Relation.LEVEL or "/" in unit or unit in SHARE_UNITS or claim.of:
            return None
        return whole if alike(whole.figure, claim.figure) else None


def _counted(figure: Figure, behind: str) -> str:
    """The counted thing behind a figure: 数字化车间 of 18个数字化车间."""
    if figure.unit.lstrip("十百千万亿") not in claim_words.COUNTED:
        return ""
    found = _THING.match(behind)
    if found is None or _NO_THING.match(found[0]):
        return ""
    thing = re.split("位列|居", found[0])[0]
    firms = re.match("企业|公司", thing)
    return firms[0] if firms and claim_words.MONEY_WORDS.search(thing) else thing
