"""Whose figure it is: subject and indicator from its own words, or from what was named before."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.growth import SHARE_UNITS
from zhizao.engines.planlint.text import claim_lists, claim_words
from zhizao.engines.planlint.text.claim_figures import DOUBLING, Figure
from zhizao.engines.planlint.text.claim_part import PartText
from zhizao.engines.planlint.text.claim_phrases import Names, Phrase, Relation, parse
from zhizao.engines.planlint.text.claim_sectors import name_of
from zhizao.engines.planlint.text.claim_spans import Use
from zhizao.engines.planlint.text.claim_state import CARRIED, GUESSED, UNSURE, Claim, State, alike

_BARE_SHARE: Final = re.compile(r"占|占比|占总[数量额]|占(?:总)?比重|比重")
_MADE: Final = re.compile("产值|收入|增加值|利润|利税|产能")
_PARKS: Final = re.compile(r"[两三四五六七八九十0-9]{1,2}[个大](?:[国省市区县]级)?(?:园区|开发区|集聚区|片区|组团)")
"""Places named together, whose output is not that of the whole area."""
_OF_SECTOR: Final = re.compile("^(?:全?(?:产业|行业|集群)|该(?:产业|行业))(?=.)")
"""In a sector's own section: 产业营业收入达到300亿元."""
_GENERIC: Final = re.compile("(?:全|该|整个|本)?(?:产业|行业|集群)")
_CLASS: Final = re.compile("[^，。；]{2,}的(?P<of>(?:规上|规模以上)(?:工业)?企业)")
"""A class of what is counted elsewhere: 有研发活动的规上企业388家，占45%."""
_SECTOR: Final = re.compile("[^，。；：、0-9占]{2,16}(?:产业|行业|集群|制造业|工业)")
_WEIGHED: Final = re.compile(r"([^占、，]{2,12})占比?")
_YEARLY: Final = re.compile("每年(?:净增|新增|增加)?(?=.)")
_OF_AREA: Final = re.compile("规上|规模以上|全部|全[省市区县]|地区|工业总产值|工业增加值")
_AREA_WIDE: Final = re.compile("全[省市区县州旗]|区内|地区")
_RANKED: Final = re.compile(rf"^(?:{claim_words.RANKS.pattern})+")


class Placer:
    """Finds what the figures of a part measure, and whose; ``at`` is the clause that is read."""

    def __init__(self, part: PartText, names: Names, sectors: frozenset[str], state: State) -> None:
        self.part, self.names, self.sectors, self.state = part, names, sectors, state
        self.at = 0

    def placed(self, figure: Figure, phrase: Phrase, clause: tuple[int, int], counted: str) -> Claim | None:
        """Subject and indicator of a figure: its own, or those named before."""
        last = self.state.last
        subject, indicator, parts = phrase.subject, phrase.indicator, phrase.parts
        if phrase.is_share:
            return self._share(figure, phrase, clause)
        if self.state.sector and _GENERIC.fullmatch(subject):
            subject = self.state.sector  # 全产业产值, in a sector's own section
        whole = self.state.whole if last is not None and last.whole is not None else None
        is_bare = figure.unit in SHARE_UNITS and not subject and _BARE_SHARE.fullmatch(indicator)
        if is_bare and last is not None and whole is not None:
            return _part_of(figure, last, whole, clause)
        if is_bare and last is not None and last.kind == "count" and (of := _CLASS.fullmatch(last.indicator)):
            named = f"{last.indicator}占{of['of']}比重"
            return Claim(figure, last.subject, named, clause, of=of["of"], base=last.indicator, confidence=CARRIED)
        if (part := _weighed(figure, subject + indicator)) and last is not None and last.of and last.kind == "share":
            return replace(last, figure=figure, subject=part, clause=clause, parts=(), confidence=CARRIED)
        if phrase.is_compared and not indicator:
            return None
        if counted and not (phrase.is_strong and indicator):
            subject, parts, indicator = self._counting(phrase, counted)
        elif not indicator and not subject:
            return self._carried(figure, phrase, clause)
        elif claim_words.RANKS.fullmatch(indicator) and last is not None:
            return Claim(figure, last.subject, f"{indicator}{_kind_of(last.indicator)}", clause, confidence=CARRIED)
        elif not subject and self._is_next_sector(figure, indicator):
            assert last is not None
            subject, indicator = indicator, last.indicator
        elif not subject:
            subject = self._inherited(indicator, is_part=phrase.is_of_which) or self._sector(indicator, phrase)
            if subject and subject == self.state.sector:
                indicator = _OF_SECTOR.sub("", indicator)
            indicator = self._verb_before(figure, indicator) + indicator
            if subject == self.state.topic:
                parts = parts or self.state.topic_parts
            if (
                last is not None
                and last.kind == "count"
                and not self.part.text[last.figure.end : figure.start].count("，")
            ):
                parts = parts or last.parts  # 甲、乙、丙3家企业产值合计10亿元
            if not subject and not parts and self.state.several and not _AREA_WIDE.search(phrase.scope):
                subject, parts = self.state.several
        return Claim(figure, subject, indicator, clause, of=phrase.of, parts=parts) if indicator else None

    def _share(self, figure: Figure, phrase: Phrase, clause: tuple[int, int]) -> Claim:
        """甲占乙的20%: of what is said here, of what was said before, or of the subject itself."""
        last, base, subject, parts = self.state.last, phrase.base, phrase.subject, phrase.parts
        confidence = Decimal(1)
        if not base and not subject and last is not None:
            base, subject, parts, confidence = last.base or last.indicator, last.subject, last.parts, CARRIED
        elif not subject:
            subject = self._inherited(base)
            parts = self.state.topic_parts if subject else parts
            subject = subject or self._sector(base, phrase)
        indicator = f"{base}占{phrase.of}比重"
        return Claim(figure, subject, indicator, clause, of=phrase.of, base=base, parts=parts, confidence=confidence)

    def _said_again(self, figure: Figure, phrase: Phrase, clause: tuple[int, int]) -> Claim | None:
        """利用率提高到92%；2025年为85%: a year and “is”, behind a semicolon."""
        before = self.state.before
        if before is None or not phrase.is_strong or phrase.body or not alike(before.figure, figure):
            return None
        dated = any(one.use is Use.AT for one in self.part.near(clause[0], figure.start))
        return before if dated else None

    def _carried(self, figure: Figure, phrase: Phrase, clause: tuple[int, int]) -> Claim | None:
        """What was named before, for a figure whose own words name nothing."""
        last = self.state.last or self._said_again(figure, phrase, clause)
        is_change = phrase.relation in (Relation.GROWTH, Relation.DECREASE) or figure.unit == DOUBLING
        if last is None or not (is_change or alike(last.figure, figure) or phrase.is_expected):
            before = self._before(clause, counted=figure.unit.lstrip("十百千万亿") in claim_words.COUNTED)
            if before is not None:
                subject = before.subject or self._inherited(before.indicator)
                return Claim(
                    figure, subject, before.indicator, clause, of=before.of, parts=before.parts, confidence=CARRIED
                )
        if last is None:
            return None
        amount = self.state.amount
        if not is_change and not alike(last.figure, figure) and amount is not None and alike(amount.figure, figure):
            last = amount  # 426家，为2020年的2倍（2020年为214家）
        points = figure.unit.endswith("百分点")
        if is_change and not points and last.kind == "share" and amount is not None and last.base == amount.indicator:
            last = amount  # 产值达到5亿元，占总产值的8%，年均增长6%: the amount grows; a share changes by points
        common = Claim(figure, last.subject, last.indicator, clause, parts=last.parts, scope=last.scope)
        if is_change:  # 产值新增5亿元，年均增长6%: the output grows, not what is added to it
            grown = re.sub("(?<=.)(?:新增|净增|增加)$", "", last.indicator)
            yearly = _YEARLY.match(grown)
            common = replace(common, indicator=grown[yearly.end() :] if yearly else grown)
            last = replace(last, of="") if yearly else last
        if is_change or alike(last.figure, figure):
            return replace(common, of=last.of, base=last.base, confidence=CARRIED)
        if last.kind == "share" and last.of and figure.unit not in SHARE_UNITS:
            note = "indicator from the share before it"
            return replace(common, indicator=last.base or last.of, confidence=GUESSED, notes=(note,))
        is_rise = last.figure.unit in SHARE_UNITS | {DOUBLING} or last.figure.unit.endswith("百分点")
        if last.kind == "growth" and is_rise and phrase.is_strong:
            return replace(common, confidence=CARRIED)  # 产值年均增长6.5%，2025年达到100亿元
        return replace(common, confidence=UNSURE, notes=("unit differs from the figure before it",))

    def _inherited(self, indicator: str, *, is_part: bool = False) -> str:
        """The subject named before, for an indicator that names none itself."""
        topic = self.state.topic
        if not topic or topic in indicator or (_OF_AREA.match(indicator) and not _PARKS.fullmatch(topic)):
            return ""
        if self.is_actor(topic):
            return topic
        is_bare = not indicator or claim_words.BARE.fullmatch(indicator)
        return topic if is_bare or (is_part and claim_words.HEAD.search(indicator)) else ""

    def _sector(self, indicator: str, phrase: Phrase) -> str:
        """The sector whose section it is, for a bare 产值; or the one just counted: 食品3个、总投资18亿元."""
        last = self.state.last
        bare = _OF_SECTOR.sub("", indicator)
        if phrase.scope or not claim_words.BARE.fullmatch(bare) or _OF_AREA.match(bare):
            return ""
        if "投资" in indicator:
            counted = "" if last is None else re.sub("(?:类|产业)?项目$", "", last.indicator)
            return counted if last is not None and name_of(counted) in self.sectors else ""
        return self.state.sector if _MADE.search(indicator) else ""

    def _is_next_sector(self, figure: Figure, indicator: str) -> bool:
        """Whether a sector follows another whose measure is said once: 电子产业产值14亿元，石化产业11亿元."""
        last = self.state.last
        if last is None or not last.subject or not alike(last.figure, figure) or claim_words.HEAD.search(indicator):
            return False
        return _SECTOR.fullmatch(indicator) is not None and _MADE.search(last.indicator) is not None

    def _verb_before(self, figure: Figure, indicator: str) -> str:
        """The verb that an enumeration says once: 接入设备20台、企业3户."""
        last = self.state.last
        if last is None or self.part.text[last.figure.end : last.figure.end + 1] != "、":
            return ""
        if not indicator or any(indicator.startswith(verb) for verb in claim_words.KEPT_VERBS):
            return ""
        is_next = figure.start - last.figure.end <= len(indicator) + 2
        return next((v for v in claim_words.KEPT_VERBS if is_next and last.indicator.startswith(v)), "")

    def is_actor(self, topic: str) -> bool:
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
        if not subject and not parts and self.is_actor(self.state.topic):
            subject = self.state.topic
        return subject, parts, verb + counted

    def _before(self, clause: tuple[int, int], *, counted: bool) -> Phrase | None:
        """What the clause before names: 亩产值较高，分别达到…; in a parenthesis the thing counted: 目标（共8项）."""
        earlier = self.part.clauses[self.at - 1] if self.at else None
        if earlier is None or self.part.has_figures(earlier):
            return None
        phrase = parse(self.part.words(*earlier), self.names)
        if not phrase.indicator:
            return None
        in_parenthesis = self.part.text[clause[0] - 1 : clause[0]] in ("（", "(")
        return phrase if claim_words.HEAD.search(phrase.indicator) or (counted and in_parenthesis) else None


def _part_of(figure: Figure, last: Claim, whole: Claim, clause: tuple[int, int]) -> Claim:
    """其中新建36家，占80%: of the whole that the part before is of."""
    indicator, base = f"{last.indicator}占{whole.indicator}比重", last.indicator
    return Claim(figure, last.subject, indicator, clause, of=whole.indicator, base=base, confidence=CARRIED)


def _weighed(figure: Figure, indicator: str) -> str:
    """The sector whose share is said by 占 alone, behind another share: 四大产业占总产值的85%，其中食品占35%."""
    found = _WEIGHED.fullmatch(indicator) if figure.unit in SHARE_UNITS else None
    return found[1] if found else ""


def _kind_of(indicator: str) -> str:
    """The last word of an enumeration: 科技研发平台 of 重点实验室、企业技术中心等科技研发平台."""
    return _RANKED.sub("", re.split("等|、", indicator)[-1])
