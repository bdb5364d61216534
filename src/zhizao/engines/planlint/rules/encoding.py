"""Faults of encoding and typing: grouped, one finding for each kind, since each breaks little and all cost trust.

All are infos. Cells of tables are read too, except by the rules about sentences.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import TEXT, Facts
from zhizao.engines.planlint.finding import Finding
from zhizao.engines.planlint.rules._hits import Hit, lines_of, one_finding, search
from zhizao.engines.planlint.rules._punctuation import brackets, broken, doubled, marks
from zhizao.kernel.result import mark

# Traces of a text read in the wrong encoding: UTF-8 as Latin-1 or GBK, and the filling of freed memory.
_COMMON_WORDS: Final = (
    *("制造", "企业", "工业", "产业", "发展", "规划", "重点", "项目", "建设", "技术", "经济", "创新"),
    *("增长", "达到", "亿元", "全区", "全市", "全县", "推进", "生产", "服务", "管理", "数字", "智能"),
)
_AS_GBK: Final = "|".join(
    sorted({word.encode().decode("gbk", errors="ignore")[:3] for word in _COMMON_WORDS}, key=len, reverse=True)
)
_DAMAGED: Final = re.compile(
    "\ufffd+|锟斤拷|烫烫烫|屯屯屯|[\u0080-\u009f]+|[ÃÂ][\u0080-\u00bf]|â€[\u0080-\u024f™œž]|[\ufff0-\ufff8\ufffe\uffff]"
    "|(?:[ä-éï][\u0080-\u00bf\u0152-\u0192ˆ˜\u2013-\u2044€™]{1,2}){2,}|[锛銆鈥][\u4e00-\u9fff]?[€鈥銆锛]|鈥[\u4e00-\u9fff]"
    f"|[\u4e00-\u9fff]€[\u4e00-\u9fff]?|{_AS_GBK}"
)


def damaged(facts: Facts) -> Iterator[Finding]:
    """Characters that only a wrong encoding leaves.

    Formula: the replacement character U+FFFD, control characters U+0080–009F, and the traces of UTF-8 read as another
    encoding (Ã©, â€œ, 锟斤拷, 锛, 鈥).

    A finding: 产值达到锟斤拷亿元. None: a rare character in a name.
    """
    lines = lines_of(facts)
    yield from one_finding(
        "encoding.damaged",
        lines,
        search(lines, _DAMAGED),
        mark("%(count)s places hold characters that a wrong encoding has left: %(words)s."),
        mark("Restore the words from the original."),
    )


# Latin letters with marks beside Chinese or at the head of a line, private use, radicals that look like characters.
_ODD: Final = re.compile(
    r"(?:(?<=[\u4e00-\u9fff])|(?<![^\s]))[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f](?=\s?[\u4e00-\u9fff])"
    "|[\ue000-\uf8ff]|[\u2e80-\u2fdf]|[\u0400-\u04ff](?=[\u4e00-\u9fff])"
)


def odd(facts: Facts) -> Iterator[Finding]:
    """Characters that look like another or belong to no text: a finding for each character.

    Formula: Latin letters with marks (ș) next to Chinese, as fonts of symbols leave them for bullets; private use
    U+E000–F8FF; Kangxi and CJK radicals (⼯ for 工), which no search finds; Cyrillic letters next to Chinese.

    A finding: ș before each name of a list. None: café, α, ×, pinyin.
    """
    lines = lines_of(facts)
    by_letter: dict[str, list[Hit]] = defaultdict(list)
    for hit in search(lines, _ODD):
        by_letter["\u2f00" if hit.words >= "\u2e80" and hit.words < "\u2fe0" else hit.words].append(hit)
    for letter, hits in by_letter.items():
        yield from one_finding(
            "encoding.odd",
            lines,
            hits,
            mark("%(count)s places hold a character that belongs to no Chinese text: %(words)s (a symbol font's?)."),
            mark("Replace it by the bullet or the character that was meant."),
            key=f"U+{ord(letter):04X}",
        )


_FULL: Final = re.compile("[０-９Ａ-Ｚａ-ｚ]+")
_HALF: Final = re.compile("[0-9A-Za-z]")


def width(facts: Facts) -> Iterator[Finding]:
    """Full-width digits or letters in a document that mostly uses half-width ones.

    Formula: full-width runs are a finding if less than a tenth of all digits and letters is full-width.

    A finding: ２０２５年 once among 2025年. None: a document that is full-width throughout.
    """
    lines = lines_of(facts)
    hits = list(search(lines, _FULL))
    if hits:
        half = sum(len(_HALF.findall(line)) for line in lines)
        if sum(len(hit.words) for hit in hits) * 10 < half:
            yield from one_finding(
                "encoding.width",
                lines,
                hits,
                mark("%(count)s figures or words are full-width among half-width ones: %(words)s."),
                mark("Use half-width digits and letters throughout."),
            )


_LETTERS: Final = re.compile(
    r"(?<![A-Za-z0-9.\-])(?:[0-9]{1,6}[OoIl][0-9OoIl]{0,6}|[OoIl][0-9]{1,6})"
    r"(?=\s?(?:[%％]|[万亿]?(?:元|吨|千瓦时|平方)|[万亿年家个项台件亩户条人]))"
    r"|(?<![0-9])[0-9]{1,6}[。][0-9]{1,4}(?=\s?[%％万亿])"
)


def letters(facts: Facts) -> Iterator[Finding]:
    """Letters and stops typed for digits and points, before a unit.

    Formula: O, o, l or I among the digits of a number that a unit follows; 。 for the decimal point.

    A finding: 2O25年, 1O0家, l5%, 10。3%. None: 5G, O2O, 3D, model numbers.
    """
    lines = lines_of(facts)
    yield from one_finding(
        "encoding.letters",
        lines,
        search(lines, _LETTERS),
        mark("%(count)s figures are typed with letters or stops for digits: %(words)s."),
        mark("Type the digits; a machine reads none of these."),
    )


# ten + numeral + a character that is not 五, where only “ten-X-five” makes sense
_PERIOD: Final = re.compile(
    r"十[一二三四五六七八九][^五届大年月日号条个家项次期\d\s，。、；“”\"][”\"]?(?:期间|时期|末期|规划期)"
)
_PERIOD_OK: Final = re.compile("十[一二三四五六七八九]五")


def period(facts: Facts) -> Iterator[Finding]:
    """Names of five-year periods that are misspelt.

    Formula: 十 and a numeral and one other character before 期间, 时期, 末期, where that character must be 五.

    A finding: 十三区期间. None: “十三五”期间, 十三届时期, 二十四个月期间.
    """
    lines = lines_of(facts)
    hits = [hit for hit in search(lines, _PERIOD) if not _PERIOD_OK.match(hit.words) and not _is_number(lines, hit)]
    yield from one_finding(
        "encoding.period",
        lines,
        hits,
        mark("%(count)s times a five-year period is misspelt: %(words)s."),
        mark("Write 五 as the last character of the period's name."),
    )


def _is_number(lines: Sequence[str], hit: Hit) -> bool:
    """二十四X is a number, 第十四X an ordinal."""
    return lines[hit.index][max(hit.start - 1, 0) : hit.start] in tuple("一二三四五六七八九第")


_ACRONYMS: Final = frozenset(
    (
        *("RCEP", "CPTPP", "APEC", "ASEAN", "BRICS", "OECD", "SCADA", "SCARA", "AIoT", "SaaS", "PaaS", "IaaS"),
        *("MEMS", "CDMO", "OLED", "AMOLED", "IGBT", "CCUS", "VOCs", "EBITDA", "HACCP", "GDP", "GMP", "GSP", "COD"),
    )
)
_LATIN: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{4,6}(?![A-Za-z0-9])")


def _swapped() -> dict[str, str]:
    """Well-known abbreviations with two neighbouring letters exchanged."""
    wrong: dict[str, str] = {}
    for word in _ACRONYMS:
        for at in range(len(word) - 1):
            twisted = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            if len(word) >= 4 and twisted not in _ACRONYMS:
                wrong[twisted] = word
    return wrong


_TWISTED: Final = _swapped()


def acronyms(facts: Facts) -> Iterator[Finding]:
    """Well-known abbreviations with two letters exchanged.

    Formula: a Latin word of four to six letters that is no common abbreviation, and becomes one when two neighbouring
    letters change places.

    A finding: RECP for RCEP. None: an abbreviation that is not known.
    """
    lines = lines_of(facts)
    hits = [hit for hit in search(lines, _LATIN) if hit.words in _TWISTED]
    for words in dict.fromkeys(hit.words for hit in hits):
        yield from one_finding(
            "encoding.acronyms",
            lines,
            (hit for hit in hits if hit.words == words),
            mark("%(count)s times an abbreviation has two letters exchanged: %(words)s."),
            mark("Compare the abbreviation with its usual spelling."),
            key=words,
        )


_Find = Callable[[Facts], Iterator[Finding]]


def _rule(name: str, title: str, find: _Find) -> Rule:
    return Rule(f"encoding.{name}", title, (TEXT,), find)


RULES: Final = (
    _rule("damaged", mark("Characters left by a wrong encoding"), damaged),
    _rule("odd", mark("Characters that belong to no Chinese text"), odd),
    _rule("width", mark("Full-width figures among half-width ones"), width),
    _rule("letters", mark("Letters typed for digits"), letters),
    _rule("period", mark("Five-year periods misspelt"), period),
    _rule("doubled", mark("Marks and words typed twice"), doubled),
    _rule("brackets", mark("Brackets and quotation marks that do not pair"), brackets),
    _rule("marks", mark("Marks of two kinds for one purpose"), marks),
    _rule("broken", mark("Paragraphs broken in mid-sentence"), broken),
    _rule("acronyms", mark("Abbreviations with letters exchanged"), acronyms),
)
