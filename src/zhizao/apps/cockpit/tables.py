"""The list of issued briefs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from zhizao.base.ui.numbers import period
from zhizao.base.ui.tables import Table, TextColumn


def _opens(record: Any) -> str:
    """The address of a brief."""
    return f"{reverse('cockpit:brief', args=[record.month])}?{urlencode({'area': record.area.code})}"


class BriefTable(Table):
    """One row a brief and language."""

    span = TextColumn(_("Period"), orderable=False)
    as_of = TextColumn(_("As of"))
    language = TextColumn(_("Language"))
    version = TextColumn(_("Template version"), accessor="template_version")
    run = TextColumn(_("Run"), orderable=False)
    issued_at = TextColumn(_("Issued"))
    issued_by = TextColumn(_("Issued by"), orderable=False, default="—")
    files = TextColumn(_("Files"), empty_values=(), orderable=False, exclude_from_export=True)

    export_name = "briefs"
    fixed_columns = ("span",)
    caption = _("Issued briefs")

    def render_span(self, record: Any) -> SafeString:
        """The period, which opens the brief."""
        return format_html('<a href="{}">{}</a>', _opens(record), period(record.span))

    def value_span(self, record: Any) -> str:
        """The period as data has it."""
        return str(record.span)

    def render_as_of(self, value: Any) -> str:
        """The day as data has it."""
        return str(value.isoformat())

    def render_language(self, record: Any) -> str:
        """The language's name."""
        return str(record.get_language_display())

    def render_run(self, value: Any) -> SafeString:
        """The run that the figures are of."""
        return format_html('<a href="{}">{}</a>', value.get_absolute_url(), value.sha12)

    def render_files(self, record: Any) -> SafeString:
        """Both files."""
        links = [reverse("cockpit:file", args=[record.pk, form]) for form in ("docx", "pdf")]
        return format_html('<a href="{}">docx</a> <a href="{}">pdf</a>', *links)
