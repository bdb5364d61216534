"""Figures of the plan in pages and lists: each opens its evidence, and says as the plan does how it was printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhizao.apps.plan.models import Target
from zhizao.apps.plan.opening import link
from zhizao.apps.plan.queries import CheckedTarget
from zhizao.base.ui import numbers
from zhizao.base.ui.tables import NumberColumn, Table, TextColumn
from zhizao.engines.planlint.growth import Check

BOUND_SIGNS = {Target.Bound.AT_LEAST: "≥", Target.Bound.AT_MOST: "≤"}


def evidence_link(request: HttpRequest, text: str | None, pointer: str) -> str | SafeString:
    """A figure with the dotted line that opens the drawer; as ``<c-figure>``, but fast enough for tables."""
    if text is None:
        return format_html('<span class="unk">—{}</span>', _("unknown"))
    run = getattr(getattr(request, "version", None), "run", None)
    if run is None:
        return text
    if not hasattr(request, "evidence_base"):  # once a request: a table has hundreds of figures
        parameters = request.GET.copy()
        parameters.pop("evidence", None)
        kept = f"{parameters.urlencode()}&" if parameters else ""
        request.evidence_base = f"{request.path}?{kept}evidence={run.sha12}:"
    return format_html(
        '<a class="fig" href="{0}" hx-get="{0}" hx-target="#drawer" hx-select="#drawer" hx-swap="outerHTML"'
        ' hx-push-url="true">{1}</a>',
        request.evidence_base + quote(pointer),
        text,
    )


class FigureColumn(NumberColumn):
    """A number that opens its evidence; ``pointer`` makes the place in the output from the record."""

    def __init__(self, verbose_name: str, *, pointer: Callable[[Any], str], **options: Any) -> None:
        self.pointer = pointer
        super().__init__(verbose_name, **options)

    def render(self, value: object, record: Any = None, table: Table | None = None) -> str | SafeString:
        text = self.text(value, record)
        if record is None or table is None:  # a total
            return super().render(value)
        return evidence_link(table.request, text, self.pointer(record))

    def text(self, value: object, record: Any) -> str | None:
        """What the cell says."""
        return numbers.figure(value, self.unit, decimals=self.decimals)


class PrintedColumn(FigureColumn):
    """A figure of the plan as it was printed: its decimals and its sign of bound; ``blank`` where none was printed."""

    def __init__(self, verbose_name: str, *, printed: str, blank: str | None = None, **options: Any) -> None:
        self.printed, self.blank = printed, blank
        super().__init__(verbose_name, **options)

    def render(self, value: object, record: Any = None, table: Table | None = None) -> str | SafeString:
        if value is None and self.blank is not None:
            return self.blank
        return super().render(value, record, table)

    def text(self, value: object, record: Any) -> str | None:
        return as_quoted(record.target, self.printed)


def as_quoted(target: Target, name: str) -> str | None:
    """A target's base, target or growth in the plan's own form, without the unit; ``None`` if unknown."""
    digits, printed = getattr(target, f"{name}_text"), getattr(target, f"{name}_printed")
    if printed and digits in printed.replace(",", ""):
        return printed.rstrip("%％")
    sign = BOUND_SIGNS.get(target.bound, "") if name == "target" else ""
    return f"{sign}{numbers.figure(digits)}" if digits else None


class LinkColumn(TextColumn):
    """The name of a row, leading to its page."""

    def __init__(self, verbose_name: str, *, url_name: str, key: Callable[[Any], object], **options: Any) -> None:
        self.url_name, self.key = url_name, key
        super().__init__(verbose_name, **options)

    def render(self, value: object, record: Any, table: Table) -> SafeString:
        return format_html('<a href="{}">{}</a>', link(table.request, self.url_name, self.key(record)), value)

    def value(self, value: object) -> object:
        return value


def growth_class(record: CheckedTarget) -> str:
    """Both growth cells of a target are tinted where they differ."""
    return "n flag" if record.growth.check == Check.DIFFERS else "n"


def check_words(item: CheckedTarget) -> tuple[str, str]:
    """Status and words of the check of a target."""
    if item.not_above_base:
        return "watch", _("target not above base")
    match item.growth.check:
        case Check.DIFFERS:
            return "bad", _("differs by %(gap)s") % {"gap": numbers.figure(abs(item.growth.gap_pct), decimals=1)}
        case Check.POINTS:
            return "watch", _("better in percentage points")
        case Check.AGREES:
            return "", _("agrees")
        case Check.NOT_COMPUTABLE:
            return "none", _("not computable")
    return ("none", _("base is 0")) if item.target.base_value == 0 else ("", _("no growth stated"))


def status_mark(kind: str, words: str) -> str | SafeString:
    """Shape, colour and word; an empty kind is plain text."""
    shape = {"good": "●", "watch": "▲", "bad": "▼", "none": "○"}.get(kind)
    if shape is None:
        return words
    return format_html(
        '<span class="st {}"><span class="shape" aria-hidden="true">{}</span> {}</span>', kind, shape, words
    )


def of_target(key: str) -> Callable[[CheckedTarget], str]:
    return lambda item: f"/indicators/{item.target.position}/{key}"


def of_growth(key: str) -> Callable[[CheckedTarget], str]:
    return lambda item: f"/growth/{item.target.position}/{key}"


def of_row(sheet: str, key: str) -> Callable[[Any], str]:
    return lambda row: f"/{sheet}/{row.position}/{key}"
