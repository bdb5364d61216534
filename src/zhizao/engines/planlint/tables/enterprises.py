"""The list of enterprises by tier: with a header, or without one as serial, name and industry under tier titles."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Final

from zhizao.engines.planlint.document import Run
from zhizao.engines.planlint.tables.layout import GROUP, INTEGER, NAME, SERIAL, TEXT, UNREAD, WORDS, Layout, Shape, kind
from zhizao.engines.planlint.tables.table import (
    CLEAN,
    DOUBTFUL,
    FILLED,
    Carried,
    Record,
    Table,
    none_to_empty,
    without_numeral,
)
from zhizao.engines.planlint.tables.values import Notes
from zhizao.kernel.result import Severity, mark

SHAPE: Final = Shape(
    name="enterprises",
    columns=(
        ("serial", re.compile(r"^(?:序号|编号|标号)$")),
        ("tier", re.compile(r"^(?:企业|所属|培育|所在)*(?:类型|梯队|梯次|层级|层次|级别|等级|类别|方向)(?:名称)?$")),
        ("industry", re.compile(r"行业|所属(?:产业|集群|领域)|产业(?:领域|链)|^产业$|^领域$")),
        (
            "name",
            re.compile(
                r"^(?:(?:链主|龙头|骨干|重点|核心|代表)?企业|单位|公司)?名称$|^(?:链主|龙头|骨干|重点|核心|代表)?企业$"
            ),
        ),
    ),
    claims=lambda keys: "name" in keys and bool(keys & {"industry", "tier"}),
    subject="name",
    kinds={"serial": SERIAL, "name": NAME, "tier": TEXT, "industry": TEXT},
    merged=frozenset({"tier"}),
    groups=True,
)
_ABOUT: Final = re.compile(r"企业")
_COMPANY: Final = re.compile(r"(?:公司|厂|集团|研究院|研究所|合作社|中心|院)(?:[（(].*[）)])?$")
_SAMPLE: Final = 600


def infer(run: Run) -> Layout | None:
    """The layout of a list without header: serials that count up at one distance, names of companies behind them."""
    if not _ABOUT.search(run.heading + "".join(cell.text for cell in run.cells[:3])):
        return None
    sample = run.cells[:_SAMPLE]
    serials = [index for index, cell in enumerate(sample) if kind(cell.text) == INTEGER]
    steps = Counter(
        after - before
        for before, after in pairwise(serials)
        if int(sample[after].text.rstrip(".、")) == int(sample[before].text.rstrip(".、")) + 1
    )
    if not steps or steps.most_common(1)[0][1] < 2:
        return None
    width = steps.most_common(1)[0][0]
    rows = [sample[index : index + width] for index in serials if index + width <= len(sample)]
    names = Counter(column for row in rows for column in range(1, width) if _COMPANY.search(row[column].text))
    if not names or width < 2:
        return None
    name = names.most_common(1)[0][0]
    words = Counter(
        column
        for row in rows
        for column in range(1, width)
        if column != name and kind(row[column].text) in (WORDS, GROUP)
    )
    keys = ["serial"] + [UNREAD] * (width - 1)
    keys[name] = "name"
    if words:
        keys[words.most_common(1)[0][0]] = "industry"
    return Layout(tuple(keys), tuple(keys), ("\x00",), 0, 0)


def read(table: Table, notes: Notes) -> list[Record]:
    """The enterprises of one list, a record a row; tier from the title above or from its own column."""
    tier = Carried()
    records: list[Record] = []
    for row, title in table.full_rows():
        own = tier(row.text("tier"))
        records.append(
            {
                "serial": int(serial) if (serial := row.text("serial").rstrip(".、")).isdigit() else None,
                "name": row.text("name"),
                "tier": without_numeral(own) if own else title or None,
                "industry": none_to_empty(row.text("industry")),
                "line": row.own_line(SHAPE.merged),
                "confidence": DOUBTFUL if row.wrong else FILLED if tier.was_filled else CLEAN,
            }
        )
    _note_serials(records, notes)
    return records


def _note_serials(records: list[Record], notes: Notes) -> None:
    """Serials of a list count up by one, or start again at one."""
    previous = 0
    for record in records:
        serial = record["serial"]
        if not isinstance(serial, int):
            continue
        if serial not in (previous + 1, 1):
            notes.add(
                "serial_jump",
                mark("The serial %(serial)s follows %(previous)s."),
                line=int(str(record["line"])),
                severity=Severity.WARNING,
                serial=serial,
                previous=previous,
            )
        previous = serial
