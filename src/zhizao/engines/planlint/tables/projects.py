"""The library of key projects: owner, responsible unit, nature, money by period, dates, in groups by sector."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.tables.layout import FIGURES, INTEGER, NAME, NUMBER, TEXT, WORDS, Shape
from zhizao.engines.planlint.tables.rows import SUM, Row
from zhizao.engines.planlint.tables.table import (
    CLEAN,
    CONVERTED,
    DOUBTFUL,
    Carried,
    Record,
    Table,
    none_to_empty,
    without_numeral,
)
from zhizao.engines.planlint.tables.values import Notes, number
from zhizao.kernel import text
from zhizao.kernel.result import Severity, mark

MONEY: Final = {
    "total": "total_wan_yuan",
    "part:before": "before_wan_yuan",
    "part:plan": "plan_wan_yuan",
    "part:after": "after_wan_yuan",
}
_YEAR: Final = "^[0-9]{4}年(?:底|末)?"
_END: Final = "(?:[（(]|$)"
_TEXT_OR_NUMBER: Final = TEXT | {NUMBER, INTEGER}
_DATES: Final = FIGURES | {WORDS}

SHAPE: Final = Shape(
    name="projects",
    columns=(
        ("serial", re.compile(r"^(?:序号|编号|项目编号)$")),
        ("part:after", re.compile(rf"(?:以后|之后|年后|期后).*投资|{_YEAR}(?:以|之)?后{_END}")),
        (
            "part:before",
            re.compile(
                rf"(?:前|底|末|累计).*(?:已|完成).*投资|已完成投资|累计完成投资|前投资|{_YEAR}(?:以|之)?前{_END}"
            ),
        ),
        (
            "part:plan",
            re.compile(
                r"五[”\"]?(?:时期|期间)?(?:计划)?.*投资|(?:规划期|期间|[0-9]{4}年?[-—–至][0-9]{4}年?).*投资"
                rf"|[两三四五]年(?:内|期)?(?:计划|规划|预计)?(?:完成)?投资"
                rf"|^[“\"]?十[一二三四五六七八九]五[”\"]?(?:时期|期间|期内){_END}|^规划期[内间]?{_END}"
            ),
        ),
        ("total", re.compile(r"总投资|投资总额|投资额$|^投资规模")),
        ("parent", re.compile(r"年度.*投资|投资计划|分期投资|分年度|^其中")),
        ("name", re.compile(r"^项目(?:名称)?$|^名称$")),
        ("owner", re.compile(r"业主|建设单位|投资方|投资主体|投资单位|实施单位|实施主体|承建|建设主体")),
        ("responsible_unit", re.compile(r"责任(?:单位|部门)|主管|牵头|服务单位")),
        ("nature", re.compile(r"(?:建设|项目)?性质$|^项目类型$")),
        ("span", re.compile(r"起止|建设(?:年限|周期|期限|期)|年限")),
        ("start", re.compile(r"开工|起始|开始")),
        ("finish", re.compile(r"完成时间|完工|竣工|建成|投产|完成年")),
        ("sector", re.compile(r"^(?:所属)?(?:行业|领域|产业|类别|行业类别|产业领域|产业类别|所属行业)$")),
    ),
    claims=lambda keys: (
        {"name", "total"} <= keys and bool(keys & {"owner", "start", "span", "responsible_unit", "nature"})
    ),
    subject="name",
    kinds={
        "serial": frozenset({INTEGER}),
        "name": NAME,
        "owner": TEXT,
        "responsible_unit": TEXT,
        "nature": TEXT,
        "sector": TEXT,
        "total": FIGURES,
        "part:before": FIGURES,
        "part:plan": FIGURES,
        "part:after": FIGURES,
        "start": _DATES,
        "finish": _DATES,
        "span": _DATES,
        "": _TEXT_OR_NUMBER,
    },
    merged=frozenset({"sector"}),
    groups=True,
)
_SPAN: Final = re.compile(r"((?:19|20)[0-9]{2}[^-—–~至]*)(?:[-—–~]+|至)\s*((?:19|20)[0-9]{2}.*)")
_SHORT_MONTH: Final = re.compile(r"((?:19|20)[0-9]{2})\.1")


def read(table: Table, notes: Notes) -> list[Record]:
    """The projects of one table, a record a row; money in 10^4 yuan, dates as printed."""
    sector = Carried()
    records: list[Record] = []
    for row, title in table.full_rows():
        remarks: list[str] = []
        money = {column: _money(row, key, table, notes) for key, column in MONEY.items()}
        start, finish = _dates(row, remarks)
        own = sector(row.text("sector"))
        converted = any(
            (table.layout.unit(key) or table.unit or "万元") != "万元" for key in MONEY if key in table.layout.keys
        )
        records.append(
            {
                "sector": without_numeral(own) if own else title or None,
                "serial": int(serial) if (serial := row.text("serial").rstrip(".、")).isdigit() else None,
                "name": row.text("name"),
                "owner": none_to_empty(row.text("owner")),
                "responsible_unit": none_to_empty(row.text("responsible_unit")),
                "nature": none_to_empty(row.text("nature")),
                **money,
                "start": start,
                "finish": finish,
                "line": row.own_line(SHAPE.merged),
                "confidence": DOUBTFUL if row.wrong else CONVERTED if remarks or converted else CLEAN,
                "note": "; ".join(remarks) or None,
                "total_printed": row.text("total") or None,
            }
        )
    _note_totals(table, notes)
    return records


def _money(row: Row, key: str, table: Table, notes: Notes) -> Decimal | None:
    unit = table.layout.unit(key) or table.unit
    found = number(row.text(key), unit=unit, to="万元", notes=notes, line=row.place(key), column=table.column(key))
    return found.value if found else None


def _dates(row: Row, remarks: list[str]) -> tuple[str | None, str | None]:
    """Start and finish as printed; “2020.1” may be January, or October that lost its zero."""
    start, finish = row.text("start"), row.text("finish")
    if found := _SPAN.fullmatch(row.text("span")):
        start, finish = start or found[1], finish or found[2]
    elif "span" in row.cells:
        start = start or row.text("span")
    for name, words in (("start", start), ("finish", finish)):
        if found := _SHORT_MONTH.fullmatch(words):
            remarks.append(f"{name} {words}: {found[1]}-01 or {found[1]}-10")
    return (
        None if text.is_blank_mark(start) else start.strip(),
        None if text.is_blank_mark(finish) else finish.strip(),
    )


def _note_totals(table: Table, notes: Notes) -> None:
    """Totals are no projects: they are told beside the table, and their absence where the row is there but empty."""
    for row in table.rows:
        if row.form != SUM:
            continue
        printed = [cell.text for cell in row.raw[1:] if not text.is_blank_mark(cell.text)]
        message = (
            mark("The row of the total is kept apart; printed: %(text)s.")
            if printed
            else mark("The row of the total is empty.")
        )
        notes.add("total_row", message, line=row.line, severity=Severity.INFO, text="、".join(printed))
