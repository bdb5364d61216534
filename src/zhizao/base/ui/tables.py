"""The base of every list page: a django-tables2 table that sorts, filters, hides columns, groups, sums and exports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from html import unescape
from typing import Any

import django_tables2
import django_tables2.utils
from django.db.models import QuerySet, Sum
from django.forms import Form
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_tables2 import A, Column, RequestConfig

from zhizao.base.ui import numbers

__all__ = ["A", "Column", "NumberColumn", "StatusColumn", "Table", "TextColumn"]

PAGE_SIZES = (50, 100, 500)

# django-tables2 inspects a column's methods anew at every cell, a quarter of a long page's time; they never change.
_signature = cache(django_tables2.utils.signature)


def _signature_once(function: Any) -> tuple[tuple[str, ...], str | None]:
    plain = getattr(function, "__func__", None)
    if plain is None:
        return _signature(function)
    names, keywords = _signature(plain)
    return names[1:], keywords


django_tables2.utils.signature = _signature_once


class TextColumn(Column):
    """Text at the left; ``wrap`` lets long text break, ``quiet`` sets it in the colour of hints."""

    def __init__(
        self, verbose_name: str | None = None, *, wrap: bool = False, quiet: bool = False, **options: Any
    ) -> None:
        kinds = " ".join(kind for kind, wanted in (("wrap", wrap), ("quiet", quiet)) if wanted)
        options.setdefault("attrs", {"th": {"class": kinds}, "td": {"class": kinds}} if kinds else {})
        super().__init__(verbose_name, **options)


class NumberColumn(Column):
    """Figures at the right, their unit in the head; ``None`` is shown as unknown and exported as an empty cell.

    ``total`` adds a last row with the sum over the whole filtered set; the column is a model's field or plain data.
    """

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        unit: str = "",
        decimals: int | None = None,
        total: bool = False,
        strong: bool = False,
        **options: Any,
    ) -> None:
        self.unit = unit
        self.decimals = decimals
        self.total = total
        cell = "n strong" if strong else "n"
        options.setdefault("attrs", {"th": {"class": "n"}, "td": {"class": cell}, "tf": {"class": "n"}})
        options.setdefault("empty_values", ())
        options.setdefault("initial_sort_descending", True)
        super().__init__(verbose_name, **options)
        if total:
            self._footer = self._sum

    def render(self, value: object) -> str | SafeString:
        text = numbers.figure(value, self.unit, decimals=self.decimals)
        return format_html('<span class="unk">—{}</span>', _("unknown")) if text is None else text

    def value(self, value: object) -> object:
        return value

    def _sum(self, bound_column: Any, table: Table) -> str:
        return self.render(table.total_of(bound_column))


class StatusColumn(Column):
    """Shape, word and colour from a value: ``kinds`` maps it to good, watch, bad or none, ``words`` to its text.

    Without ``words`` a field with choices shows its label, anything else itself.
    """

    SHAPES = {"good": "●", "watch": "▲", "bad": "▼", "none": "○"}

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        kinds: Mapping[Any, str],
        words: Mapping[Any, str] | None = None,
        **options: Any,
    ) -> None:
        self.kinds = kinds
        self.words = words
        super().__init__(verbose_name, **options)

    def render(self, value: Any, record: Any, bound_column: Any) -> SafeString:
        kind = self.kinds.get(value, "none")
        return format_html(
            '<span class="st {}"><span class="shape" aria-hidden="true">{}</span> {}</span>',
            kind,
            self.SHAPES[kind],
            self.value(value, record, bound_column),
        )

    def value(self, value: Any, record: Any, bound_column: Any) -> str:
        if self.words is not None:
            return str(self.words.get(value, value))
        display = getattr(record, f"get_{bound_column.accessor}_display", None)
        return str(display() if display else value)


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows of the page that share the value of ``group_by``, in the order they came, as markup."""

    name: str | None
    rows: tuple[SafeString, ...]

    @property
    def size_text(self) -> str:
        return ngettext("%(n)d entry", "%(n)d entries", len(self.rows)) % {"n": len(self.rows)}


class Table(django_tables2.Table):
    """Base of all tables.

    ``export_name`` is the file's name without ending; ``group_by`` names an accessor whose changes start a group row
    (the data must come in that order; sorting by a column turns the groups off); ``fixed_columns`` cannot be hidden.

    Parameters
    ----------
    filter_form : Form or None
        Shown over the table; for a django-filter set pass ``filters.qs`` as data and ``filters.form`` here.
    """

    export_name = "table"
    group_by: str | None = None
    fixed_columns: tuple[str, ...] = ()
    caption = ""

    class Meta:
        template_name = "ui/table.html"
        per_page = PAGE_SIZES[0]
        empty_text = gettext_lazy("No rows match.")
        default = ""

    def __init__(self, data: Any = None, *, filter_form: Form | None = None, **options: Any) -> None:
        options.setdefault("template_name", "ui/table.html")
        super().__init__(data, **options)
        self.filter_form = filter_form
        self.sorted_by_reader = False

    def configure(self, request: HttpRequest, *, page_size: int = PAGE_SIZES[0]) -> Table:
        """Take sort, columns, page and page size from the address; unknown names are left out."""
        self.request = request
        wanted = set(request.GET.getlist("columns"))
        if wanted & {column.name for column in self.choosable}:
            for column in self.choosable:
                (self.columns.show if column.name in wanted else self.columns.hide)(column.name)
        try:
            asked = int(request.GET.get(self.prefixed_per_page_field, ""))
        except ValueError:
            asked = page_size
        size = asked if asked in PAGE_SIZES else page_size
        RequestConfig(request, paginate=False).configure(self)
        self.sorted_by_reader = bool(request.GET.get(self.prefixed_order_by_field)) and bool(self.order_by)
        try:
            page = int(request.GET.get(self.prefixed_page_field, "1"))
        except ValueError:
            page = 1
        self.paginate(per_page=size)
        self.page = self.paginator.get_page(page)
        return self

    @property
    def choosable(self) -> list[Any]:
        """Columns that a reader can hide and show."""
        return [column for column in self.columns.iterall() if column.name not in self.fixed_columns]

    @property
    def page_sizes(self) -> list[int]:
        return [
            size
            for size in PAGE_SIZES
            if size == PAGE_SIZES[0] or self.row_count > PAGE_SIZES[PAGE_SIZES.index(size) - 1]
        ]

    @cached_property
    def row_count(self) -> int:
        return self.paginator.count if hasattr(self, "paginator") else len(self.rows)

    @property
    def groups(self) -> list[RowGroup]:
        """The rows of this page, in groups if the table has them and the reader has not sorted by a column."""
        still = {column.name: _cell_attributes(column) for column in self.columns if not _varies(column)}
        found: list[tuple[str | None, list[SafeString]]] = []
        grouped = self.group_by is not None and not self.sorted_by_reader
        for row in self.paginated_rows:
            name = str(A(self.group_by).resolve(row.record)) if grouped else None
            if not found or found[-1][0] != name:
                found.append((name, []))
            found[-1][1].append(_row_markup(row, still))
        return [RowGroup(name, tuple(rows)) for name, rows in found]

    @property
    def filter_names(self) -> list[str]:
        """Keys of the address that the filter form owns."""
        form = self.filter_form
        return [] if form is None else [form.add_prefix(name) for name in form.fields]

    @property
    def active_filters(self) -> int:
        """How many filters the reader has set."""
        return sum(any(self.request.GET.getlist(name)) for name in self.filter_names)

    def total_of(self, bound_column: Any) -> Any:
        """The sum of a column over the whole filtered set; ``None`` if nothing is known."""
        data = self.data.data
        if isinstance(data, QuerySet):
            return data.order_by().aggregate(total=Sum(str(bound_column.accessor)))["total"]
        known = [v for v in (bound_column.accessor.resolve(record, quiet=True) for record in data) if v is not None]
        return sum(known) if known else None

    def export_columns(self) -> list[Any]:
        """The columns that are shown now, in their order, without those that hold only buttons."""
        return [column for column in self.columns.itervisible() if not column.column.exclude_from_export]

    def export_heads(self) -> list[str]:
        """Heads with their unit, as official forms write them: 总产值（亿元）."""
        return [_head(column) for column in self.export_columns()]

    def export_rows(self) -> Iterator[list[Any]]:
        """Every row of the filtered set as plain values, not only the page."""
        columns = self.export_columns()
        for row in self.rows:
            yield [_plain(row.get_cell_value(column.name)) for column in columns]


def _varies(column: Any) -> bool:
    """Whether a column's cells have attributes of their own, worked out from the record."""
    return any(callable(value) for value in column.column.attrs.get("td", {}).values())


def _cell_attributes(column: Any) -> str:
    return str(column.attrs["td"].as_html())


def _row_markup(row: Any, still: Mapping[str, str]) -> SafeString:
    """A table row; put together here because a template takes several times as long for a long list."""
    cells = []
    for column, cell in row.items():
        attributes = still[column.name] if column.name in still else _cell_attributes(column)
        tag, scope = ("td", "") if cells else ("th", ' scope="row"')
        cells.append(f"<{tag}{scope} {attributes}>{conditional_escape(cell)}</{tag}>")
    return mark_safe(f"<tr {row.attrs.as_html()}>{''.join(cells)}</tr>")  # noqa: S308 -- every part is escaped above


def _head(column: Any) -> str:
    unit = getattr(column.column, "unit", "")
    return f"{column.header}（{numbers.unit_name(unit)}）" if unit else str(column.header)


def _plain(value: Any) -> Any:
    """Numbers and dates as they are; marked-up text as its words."""
    if value is None or isinstance(value, (int, float, Decimal, dt.date)):
        return value
    return unescape(strip_tags(value)) if isinstance(value, SafeString) else str(value)
