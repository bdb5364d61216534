"""The audit log as a list, and what it is filtered by."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_tables2 import Column, DateTimeColumn

from zhizao.base.accounts.models import Area
from zhizao.base.audit.models import AuditEvent
from zhizao.base.ui.tables import StatusColumn, Table, TextColumn

DATE = forms.DateInput(attrs={"type": "date"})


class AuditFilter(django_filters.FilterSet):
    """By actor, action, target, dates, area and outcome."""

    actor_name = django_filters.CharFilter(label=_("Actor"), lookup_expr="icontains")
    action = django_filters.CharFilter(label=_("Action"), lookup_expr="istartswith")
    target_text = django_filters.CharFilter(label=_("Acted on"), lookup_expr="icontains")
    since = django_filters.DateFilter(label=_("From day"), field_name="at", lookup_expr="date__gte", widget=DATE)
    until = django_filters.DateFilter(label=_("To day"), field_name="at", lookup_expr="date__lte", widget=DATE)
    area = django_filters.ModelChoiceFilter(label=_("Area"), queryset=Area.objects.none(), empty_label=_("All"))
    outcome = django_filters.ChoiceFilter(label=_("Outcome"), choices=AuditEvent.Outcome.choices, empty_label=_("All"))

    class Meta:
        model = AuditEvent
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["area"].queryset = Area.objects.visible_to(self.request.user)


class AuditTable(Table):
    """Acts, newest first."""

    export_name = "audit"
    fixed_columns = ("id",)
    id = Column(_("Entry number"), attrs={"th": {"class": "n"}, "td": {"class": "n"}})
    at = DateTimeColumn(verbose_name=_("Time"), format="Y-m-d H:i:s")
    actor_name = Column(_("Actor"))
    action = Column(_("Action"))
    target_text = TextColumn(_("Acted on"), wrap=True)
    area = Column(_("Area"), order_by="area__path")
    outcome = StatusColumn(_("Outcome"), kinds={"done": "good", "refused": "bad"})
    ip = Column(_("Address"), visible=False)
    details_json = TextColumn(_("Details"), orderable=False, wrap=True, quiet=True)
    hash = Column(_("Hash"), orderable=False, visible=False)

    def render_details_json(self, value: str) -> str:
        return "—" if value == "{}" else value

    def value_details_json(self, value: str) -> str:
        return value

    def render_outcome(self, record: AuditEvent, column: StatusColumn, bound_column: Any) -> SafeString:
        # The library hands over the label of a choice; the colour goes by its value.
        return column.render(record.outcome, record, bound_column)
