"""The tables of a plan pack and the rows they become: one definition for packs, uploads, forms, exports and evidence.

Every way in goes through ``build``: the same cell is refused in the same words wherever it came from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhizao.apps.plan.models import (
    Alias,
    ChainMember,
    Claim,
    LandNeed,
    PlannedEnterprise,
    PlanTask,
    PlanVersion,
    Project,
    Row,
    SupplierShare,
    Target,
)
from zhizao.kernel.names import initials, pinyin
from zhizao.kernel.result import Place, Problem, Refused, mark

UNKNOWN_MARKS = frozenset({"", "—", "——", "-", "--", "---", "----", "–", "/", "无", "None", "null"})
SIGNIFICANT_DIGITS = 15  # what both databases keep exactly
_TRACE = ("line", "confidence", "note")
_NUMBER = re.compile(r"[+\-−]?\d[\d,]*(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a pack's table: its name there, its field, and whether a row may leave it empty."""

    name: str
    field: models.Field
    text_field: str | None = None

    @property
    def label(self) -> str:
        return str(self.field.verbose_name)

    @property
    def is_number(self) -> bool:
        return isinstance(self.field, models.DecimalField | models.IntegerField)

    @property
    def required(self) -> bool:
        return not self.field.blank


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a pack and the model of its rows."""

    name: str
    model: type[Row]
    columns: tuple[Column, ...]

    @property
    def title(self) -> str:
        return str(TITLES[self.name])

    @property
    def trace(self) -> tuple[Column, ...]:
        """Where a row came from: kept through every correction, never required."""
        return tuple(Column(name, self.model._meta.get_field(name)) for name in _TRACE)


TITLES = {
    "indicators": _("Targets"),
    "projects": _("Project library"),
    "enterprises": _("Enterprises of the plan"),
    "land": _("Land needs"),
    "suppliers": _("Local suppliers"),
    "chain_members": _("Industry chains"),
    "claims": _("Figures of the text"),
    "aliases": _("Short names"),
    "tasks": _("Tasks of the plan"),
}


def _sheet(name: str, model: type[Row], fields: str, *, renamed: Mapping[str, str] | None = None) -> Sheet:
    columns = []
    for field_name in fields.split():
        text_field = field_name.removesuffix("_value").removesuffix("_stated_pct") + "_text"
        own = {field.name for field in model._meta.get_fields()}
        columns.append(
            Column(
                (renamed or {}).get(field_name, field_name),
                model._meta.get_field(field_name),
                text_field if text_field in own else None,
            )
        )
    return Sheet(name, model, tuple(columns))


SHEETS: dict[str, Sheet] = {
    sheet.name: sheet
    for sheet in (
        _sheet(
            "indicators",
            Target,
            "key category name unit base_year base_value target_year target_value bound growth_stated_pct nature"
            " base_printed target_printed growth_printed",
            renamed={"key": "id"},
        ),
        _sheet(
            "projects",
            Project,
            "sector serial name owner responsible_unit nature total_wan_yuan before_wan_yuan plan_wan_yuan"
            " after_wan_yuan start finish",
        ),
        _sheet("enterprises", PlannedEnterprise, "serial name tier industry"),
        _sheet(
            "land",
            LandNeed,
            "table sector enterprise land_mu idle_mu building_m2 demand_min_mu demand_max_mu demand_printed",
        ),
        _sheet("suppliers", SupplierShare, "sector enterprise total local share_stated_pct"),
        _sheet("chain_members", ChainMember, "chain stage node member member_type"),
        _sheet(
            "claims",
            Claim,
            "key subject indicator value unit span kind bound scope of parts section quote printed",
            renamed={"key": "id"},
        ),
        _sheet("aliases", Alias, "canonical alias"),
        _sheet("tasks", PlanTask, "key section task lead_unit indicator_ids", renamed={"key": "id"}),
    )
}


def build(sheet: Sheet, records: Iterable[Mapping[str, Any]], *, file: str, first_row: int = 2) -> list[Row]:
    """Rows of a table from records of cells, without a version yet.

    Raises
    ------
    Refused : with every cell that cannot be read, by row and column; nothing is kept then.
    """
    rows: list[Row] = []
    problems: list[Problem] = []
    for position, record in enumerate(records):
        values: dict[str, Any] = {}
        for column in (*sheet.columns, *sheet.trace):
            place = Place(file=file, sheet=sheet.name, row=position + first_row, column=column.name)
            try:
                values |= _cell(column, record.get(column.name), place)
            except Refused as refused:
                problems += refused.problems
        rows.append(sheet.model(position=position, extra=_extra(sheet, record, values), **values))
    problems += _duplicates(sheet, rows, file=file, first_row=first_row)
    if problems:
        raise Refused(*problems)
    return [derive(row) for row in rows]


def _extra(sheet: Sheet, record: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, str]:
    """What a record has beyond the sheet: columns that no page shows, and figures with their digits as printed."""
    shown = {column.name for column in (*sheet.columns, *sheet.trace)} | {"extra"}
    kept = dict(record.get("extra") or {})
    kept |= {name: _exactly(cell) for name, cell in record.items() if name not in shown and cell not in (None, "")}
    for column in sheet.columns:
        value, cell = values.get(column.field.name), record.get(column.name)
        if isinstance(cell, Decimal) and value is not None and not column.text_field and f"{cell:f}" != plain(cell):
            kept[column.name] = f"{cell:f}"
    return kept


def _exactly(cell: Any) -> str:
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def missing_columns(sheet: Sheet, names: Sequence[str], *, file: str) -> list[Problem]:
    """A problem for each required column that a table lacks."""
    return [
        Problem(
            "plan.column_missing",
            mark("The table has no column “%(column)s”."),
            place=Place(file=file, sheet=sheet.name, row=1, column=column.name),
            remedy=mark("Download the table, correct it and upload the same columns."),
            params={"column": column.name},
        )
        for column in sheet.columns
        if column.required and column.name not in names
    ]


def derive(row: Row) -> Row:
    """Fill what follows from the other fields: search keys of a name."""
    if isinstance(row, PlannedEnterprise):
        row.pinyin, row.initials = pinyin(row.name).replace(" ", "")[:600], initials(row.name)[:200]
    return row


def record_of(sheet: Sheet, row: Row) -> dict[str, Any]:
    """A row as the pack has it: text, exact decimals as printed, ``None`` for unknown."""
    record: dict[str, Any] = {}
    for column in sheet.columns:
        value = getattr(row, column.field.name)
        if isinstance(column.field, models.DecimalField) and value is not None:
            value = (column.text_field and getattr(row, column.text_field)) or plain(value)
        record[column.name] = value if value != "" else None
    record["line"] = row.line
    record["confidence"] = plain(row.confidence) if row.confidence is not None else None
    record["note"] = row.note or None
    return record


def plain(value: Decimal) -> str:
    """A decimal without trailing zeros and without exponent.

    >>> plain(Decimal("43.660000")), plain(Decimal("200.000000"))
    ('43.66', '200')
    """
    return format(value.normalize(), "f")


def add_rows(version: PlanVersion, rows: Iterable[Row]) -> None:
    """Put rows without a version into one."""
    by_model: dict[type[Row], list[Row]] = {}
    for row in rows:
        row.version = version
        by_model.setdefault(type(row), []).append(row)
    for model, group in by_model.items():
        model.objects.bulk_create(group, batch_size=500)


def _cell(column: Column, cell: Any, place: Place) -> dict[str, Any]:
    name = column.field.name
    text = "" if cell is None else unicodedata.normalize("NFKC", str(cell)).strip()
    if column.is_number:
        if text in UNKNOWN_MARKS or text == "nan":
            return {name: None} | ({column.text_field: ""} if column.text_field else {})
        return _number(column, text, place)
    text = "" if cell is None else str(cell).strip()
    if not text and column.field.choices and column.field.has_default():
        return {name: column.field.get_default()}
    if not text and column.required:
        raise _refusal("plan.cell_missing", mark("The cell is empty."), place, mark("Write a value into this column."))
    if column.field.choices and text and text not in dict(column.field.choices):
        raise _refusal(
            "plan.cell_choice",
            mark("“%(text)s” is not one of %(choices)s."),
            place,
            mark("Write one of these words."),
            text=text,
            choices="、".join(map(str, dict(column.field.choices))),
        )
    if column.field.max_length and len(text) > column.field.max_length:
        raise _refusal(
            "plan.cell_long",
            mark("The text has %(length)s characters; at most %(limit)s fit."),
            place,
            mark("Shorten it."),
            length=len(text),
            limit=column.field.max_length,
        )
    return {name: text}


def _number(column: Column, text: str, place: Place) -> dict[str, Any]:
    bare = text.rstrip("%").strip()
    try:
        if not _NUMBER.fullmatch(bare):
            raise InvalidOperation
        value = Decimal(bare.replace(",", "").replace("−", "-"))
    except InvalidOperation:
        raise _refusal(
            "plan.cell_number",
            mark("“%(text)s” is not a number."),
            place,
            mark("Write digits only, or leave the cell empty if the figure is unknown."),
            text=text[:40],
        ) from None
    if isinstance(column.field, models.IntegerField):
        if value != value.to_integral_value() or not 0 <= value < 2**31 - 1:
            raise _refusal(
                "plan.cell_integer",
                mark("“%(text)s” is not a whole number from 0."),
                place,
                mark("Write a whole number, or leave the cell empty."),
                text=text[:40],
            )
        if isinstance(column.field, models.PositiveSmallIntegerField) and not 1900 <= value <= 2200:
            raise _refusal(
                "plan.cell_year",
                mark("“%(text)s” is not a year."),
                place,
                mark("Write a year such as 2025."),
                text=text,
            )
        return {column.field.name: int(value)}
    digits = value.as_tuple()
    if len(digits.digits) > SIGNIFICANT_DIGITS or -int(digits.exponent) > column.field.decimal_places:
        raise _refusal(
            "plan.cell_digits",
            mark("“%(text)s” has too many digits."),
            place,
            mark("Write at most %(digits)s digits, %(places)s of them after the point."),
            text=text[:40],
            digits=SIGNIFICANT_DIGITS,
            places=column.field.decimal_places,
        )
    return {column.field.name: value} | ({column.text_field: bare.replace(",", "")} if column.text_field else {})


def _duplicates(sheet: Sheet, rows: list[Row], *, file: str, first_row: int) -> list[Problem]:
    if sheet.model is not Target:
        return []
    seen: dict[str, int] = {}
    problems = []
    for row in rows:
        if (first := seen.setdefault(row.key, row.position)) != row.position:
            problems.append(
                Problem(
                    "plan.key_double",
                    mark("The indicator “%(key)s” stands in row %(first)s already."),
                    place=Place(file=file, sheet=sheet.name, row=row.position + first_row, column="id"),
                    remedy=mark("Give each indicator an id of its own."),
                    params={"key": row.key, "first": first + first_row},
                )
            )
    return problems


def _refusal(code: str, message: str, place: Place, remedy: str, **params: object) -> Refused:
    return Refused(Problem(code, message, place=place, remedy=remedy, params=params))
