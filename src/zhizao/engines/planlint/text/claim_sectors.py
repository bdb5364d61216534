"""Whose section it is: the sectors that a plan names in tables and lists, and the headings that bear their names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from zhizao.engines.planlint.schema import Rows
from zhizao.engines.planlint.text.sentences import Paragraph

_TABLES: Final = (("projects", "sector"), ("enterprises", "industry"), ("suppliers", "sector"), ("land", "sector"))
"""Where sectors are named."""
_LISTED: Final = re.compile(r"[^，。；：、0-9（）“”]{2,24}(?:、[^，。；：、0-9（）“”]{2,24}){1,20}")
_MEASURED: Final = re.compile(
    r"(?:[二两三四五六七八九十]大|等|产业|行业|集群)*(?:主导|支柱|重点|优势)?(?:产业集群|产业|行业|集群|领域)?"
    r"(?:产值|总产值|营业收入|销售收入|增加值|分别|依次).*$|(?:[二两三四五六七八九十][大个]|等)[^、]*$"
)
_DOING: Final = re.compile(
    r"^(?:已|做[强优大精]|形成了?|构建|拥有|[发拓]展|壮大|培育|提升|打造|推[进动]|加快|突破|巩固|升级|重点|大力|积极|优先|着力|建设)+"
)
_KIND: Final = re.compile(r"(?:产业集群|产业链|产业|集群|行业)$")
_LONGEST: Final = 16


def name_of(title: str) -> str:
    """The sector that a heading names, without what is to be done with it and what kind of thing it is.

    >>> name_of("做强海洋工程装备产业")
    '海洋工程装备'
    """
    return _KIND.sub("", _DOING.sub("", title.strip())).strip()


def sectors(paragraphs: Iterable[Paragraph], rows: Rows) -> frozenset[str]:
    """The names that a section may have: those of the tables, and those that the text lists."""
    found = {str(record.get(column) or "") for table, column in _TABLES for record in rows.get(table, ())}
    for paragraph in paragraphs:
        if "、" not in paragraph.text or paragraph.text.startswith("#"):
            continue  # ## 一、工业经济平稳增长: the numeral of a heading, and no list
        for words in _LISTED.findall(paragraph.text):
            pieces = _DOING.sub("", _MEASURED.sub("", words)).split("、")
            found.update(name for piece in pieces for name in re.split("[和及与]", piece) if 1 < len(name) <= _LONGEST)
    return frozenset(_KIND.sub("", name) for name in found) - {""}
