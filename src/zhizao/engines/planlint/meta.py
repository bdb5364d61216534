"""What a plan is: title, region, issuer, number, dates, period, base year, parent plans."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from zhizao.engines.planlint.document import Document
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tables.values import Notes
from zhizao.kernel import names, regions, text
from zhizao.kernel.result import mark
from zhizao.kernel.span import Span

HEAD_LINES: Final = 400
"""Title, issuer and dates stand before this line."""
_TITLE_LINES: Final = 40
_NOTICE: Final = re.compile(r"关于(?:印发|发布|公布)\s*《(.+?)》", re.DOTALL)
_NUMBER: Final = re.compile(r"[\u4e00-\u9fff]{1,12}(?:发|办|函|规|文|字)?[〔\[［][12][0-9]{3}[〕\]］][0-9]+号")
_DATE: Final = re.compile(r"((?:19|20)[0-9]{2})年([0-9]{1,2})月([0-9]{1,2})日")
_PERIOD: Final = re.compile(r"[“\"](十[一二三四五六七八九]五)[”\"]")
_SPAN: Final = re.compile(r"((?:19|20)[0-9]{2})\s*(?:年)?\s*[-—–~至]+\s*((?:19|20)[0-9]{2})\s*年")
_SUBTITLE: Final = re.compile(rf"^[（(]\s*{_SPAN.pattern}\s*[）)]$", re.MULTILINE)
"""The years of the plan in a line of their own, below its title."""
_KINDS: Final = ("规划", "规划纲要", "行动计划", "行动方案", "实施方案", "发展纲要", "工作方案")
_HASH: Final = re.compile(r"^#{1,6}\s+")
_BEHIND: Final = re.compile(r"[（(][^（()）]{0,24}[）)]$")
_BASIS: Final = re.compile(r"(?:编制|规划)?依据[：:]?")
_BOOK: Final = re.compile(r"《([^《》]{4,80})》")
_ISSUER: Final = re.compile(
    r"[\u4e00-\u9fff（）]{2,30}(?:人民政府|管理委员会|管委会|办公室|办公厅|委员会|局|厅)(?:办公室|办公厅)?"
)

_REGION: Final = re.compile(r"([\u4e00-\u9fff]{2,12}?(?:区|县|旗|市(?!.{1,8}[区县旗]))).*(?:人民政府|管)")


def read_meta(document: Document, targets: Sequence[Record], notes: Notes) -> dict[str, Any]:
    """The ``plan:`` key of a pack: from the document's head, and the years from its table of targets.

    What the document does not say is None.
    """
    head = [text.normalise(line) for line in document.lines[:HEAD_LINES]]
    top = "\n".join(line for line in head if line)
    title, notice_at = _title(top)
    if title is None:
        notes.add("title_unknown", mark("The title of the plan was not found."), line=1)
    issuers = _issuers(top[:notice_at] if notice_at else "\n".join(head[:20]))
    dates = [f"{int(y):04}-{int(m):02}-{int(d):02}" for y, m, d in _DATE.findall(top[:3000])]
    number = _NUMBER.search(top[:1500])
    base_year = _most(targets, "base_year")
    name, start, end = _period(title or "", top, base_year, _most(targets, "target_year"))
    region_name, region_code = _region([*issuers, title or ""])
    return {
        "id": "-".join(str(part) for part in (region_code or _no_code(region_name, document), start, end) if part),
        "title": title,
        "region": {"name": region_name, "code": region_code},
        "issuer": issuers,
        "document_number": number.group() if number else None,
        "issued": dates[0] if dates else None,
        "period": {"name": name, "start": start, "end": end},
        "base_year": base_year,
        "parent_plans": _parents(head, title),
        "source_name": document.file,
        "source_encoding": document.encoding,
        "source_sha256": document.sha256,
    }


def _no_code(region: str | None, document: Document) -> str:
    """What stands in a plan's id for a region without code: the same in every version, if its name is known."""
    return names.stable_id(region)[:8] if region else document.sha256[:8]


def _title(top: str) -> tuple[str | None, int]:
    """The title, and where the notice that issues it names it."""
    if found := _NOTICE.search(top):
        return re.sub(r"\s+", "", found[1]), found.start()
    lines = [_HASH.sub("", line) for line in top.split("\n")[:_TITLE_LINES]]
    for index, line in enumerate(lines):
        if _BEHIND.sub("", line).endswith(_KINDS) and len(line) <= 60:
            before = (
                lines[index - 1] if index and len(lines[index - 1]) <= 40 and line.startswith(("“", "（", "(")) else ""
            )
            return before + line, 0
    return None, 0


def _issuers(head: str) -> list[str]:
    """The authorities that have a line of their own; or what stands in one line with number and date, without these."""
    found = [_DATE.sub("", _NUMBER.sub("", line)).strip() for line in head.split("\n")]
    return list(dict.fromkeys(line for line in found if _ISSUER.fullmatch(line)))


def _period(title: str, top: str, base: int | None, target: int | None) -> tuple[str | None, int | None, int | None]:
    """Name and years of the period: as the title or the line below it says, by its ordinal (the 14th is 2021–2025) or
    its span; else as the text says, unless the table of targets has other years, for a text names many periods.
    """
    named = [_named(name) for name in dict.fromkeys(_PERIOD.findall(top))]
    if found := _PERIOD.search(title):
        return _named(found[1])
    if found := _SPAN.search(title) or _SUBTITLE.search("\n".join(top.split("\n")[:_TITLE_LINES])):
        years = int(found[1]), int(found[2])
    elif base and target and base < target and (not named or (base + 1, target) not in (one[1:] for one in named)):
        years = base + 1, target
    elif named:
        return next((one for one in named if base and one[1:] == (base + 1, target)), named[0])
    elif found := _SPAN.search(top):
        years = int(found[1]), int(found[2])
    else:
        return None, None, None
    return next((one for one in named if one[1:] == years), (None, *years))


def _named(name: str) -> tuple[str, int, int]:
    span = Span.parse(f"“{name}”")
    return name, span.first_year, span.last_year


def _parents(head: list[str], title: str | None) -> list[str]:
    """The documents that the plan says it is based on."""
    for index, line in enumerate(head):
        if _BASIS.match(line):
            books = _BOOK.findall(line) or _BOOK.findall("\n".join(head[index : index + 12]))
            return [book for book in dict.fromkeys(books) if book != title]
    return []


def _most(targets: Sequence[Record], key: str) -> int | None:
    years = Counter(value for record in targets if isinstance(value := record[key], int))
    return years.most_common(1)[0][0] if years else None


def _region(sources: list[str]) -> tuple[str | None, str | None]:
    """The region whose government issues the plan, and its GB/T 2260 code where the tables have it."""
    for source in sources:
        if found := _REGION.match(source):
            known = regions.table().find(found[1])
            return found[1], known[0].code if len(known) == 1 else None
    return None, None
