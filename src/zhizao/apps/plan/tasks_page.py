"""The tasks of the plan by the unit that leads them: what is to be done, where it stands, which targets it serves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhizao.apps.plan.models import PlanTask, PlanVersion, Target
from zhizao.apps.plan.opening import link, of_plan
from zhizao.apps.plan.queries import rows
from zhizao.apps.plan.tables import PlanTable
from zhizao.apps.plan.views import source_line, source_of
from zhizao.base.accounts.access import public
from zhizao.base.ui.tables import NumberColumn, Table, TextColumn
from zhizao.base.ui.views import table_response

NOBODY = "-"


@dataclass(frozen=True, slots=True)
class Task:
    """A task with its unit as the list groups it, and the targets it serves."""

    row: PlanTask
    unit: str
    targets: tuple[Target, ...]


class TaskFilter(forms.Form):
    q = forms.CharField(label=gettext_lazy("Task or target"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("Lead unit"), required=False)
    section = forms.ChoiceField(label=gettext_lazy("Section"), required=False)
    target = forms.ChoiceField(
        label=gettext_lazy("Targets served"),
        required=False,
        choices=[
            ("", gettext_lazy("all")),
            ("some", gettext_lazy("at least one")),
            ("none", gettext_lazy("none named")),
        ],
    )

    def __init__(self, data: Any, *, found: list[Task]) -> None:
        super().__init__(data)
        units = Counter(task.row.lead_unit for task in found)
        names = [("", _("all")), *((unit, f"{unit}（{count}）") for unit, count in units.items() if unit)]
        if units[""]:
            names.append((NOBODY, f"{_('no unit named')}（{units['']}）"))
        self.fields["unit"].choices = names
        parts = Counter(chapter_of(task.row) for task in found)
        self.fields["section"].choices = [
            ("", _("all")),
            *((part, f"{part}（{count}）") for part, count in parts.items() if part),
        ]

    def keeps(self, task: Task) -> bool:
        """Whether a task is wanted; a choice that does not exist filters nothing."""
        values = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        text, unit, part = (values.get(name, "").strip() for name in ("q", "unit", "section"))
        served = values.get("target", "")
        return (
            (not text or text in task.row.task or any(text in target.name for target in task.targets))
            and (not unit or task.row.lead_unit == ("" if unit == NOBODY else unit))
            and (not part or chapter_of(task.row) == part)
            and (not served or bool(task.targets) == (served == "some"))
        )


def chapter_of(row: PlanTask) -> str:
    """The chapter that a task stands in."""
    return row.section.partition("/")[0]


def tasks(version: PlanVersion) -> list[Task]:
    """The tasks of a version, unit by unit in the order in which they first stand; those without a unit last."""
    targets = {target.key: target for target in rows(version, Target)}
    found = [
        Task(
            row=row,
            unit=row.lead_unit or _("no unit named"),
            targets=tuple(targets[key] for key in row.indicator_ids.split() if key in targets),
        )
        for row in rows(version, PlanTask)
    ]
    order = {unit: number for number, unit in enumerate(dict.fromkeys(task.row.lead_unit for task in found))}
    return sorted(found, key=lambda task: (not task.row.lead_unit, order[task.row.lead_unit], task.row.position))


class TaskTable(PlanTable):
    task = TextColumn(gettext_lazy("Task of the plan"), accessor="row__task", wrap=True)
    lead_unit = TextColumn(gettext_lazy("Lead unit"), accessor="unit", quiet=True, wrap=True)
    section = TextColumn(gettext_lazy("Section"), accessor="row__section", quiet=True)
    targets = TextColumn(
        gettext_lazy("Targets served"), accessor="targets", wrap=True, empty_values=(), orderable=False
    )
    line = NumberColumn(gettext_lazy("Line in the source"), accessor="row__line", decimals=0)

    export_name = "tasks"
    group_by = "unit"
    fixed_columns = ("task",)
    caption = gettext_lazy("Tasks of the plan by lead unit")

    class Meta(Table.Meta):
        pass

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        self.columns.hide("lead_unit")

    def render_targets(self, record: Task) -> str | SafeString:
        if not record.targets:
            return "—"
        return format_html_join(
            pgettext("between names", ", "),
            '<a href="{}">{}</a>',
            ((link(self.request, "plan:target", target.key), target.name) for target in record.targets),
        )

    def value_targets(self, record: Task) -> str:
        return pgettext("between names", ", ").join(target.name for target in record.targets)

    def render_section(self, value: str) -> str:
        return value.replace("/", " ")

    def value_section(self, value: str) -> str:
        return value.replace("/", " ")


@public
@of_plan
def page(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    """The list of tasks by unit, as xlsx and csv too."""
    every = tasks(version)
    form = TaskFilter(request.GET, found=every)
    found = [task for task in every if form.keeps(task)]
    table = TaskTable(found, filter_form=form)
    if request.GET.get("format"):
        table.columns.show("lead_unit")
    units = Counter(task.row.lead_unit for task in every)
    context = {
        "version": version,
        "plan": version.plan,
        "source": source_line(version),
        "count": len(every),
        "units": [unit for unit in units if unit],
        "without_unit": units[""],
        "without_target": sum(not task.targets for task in every),
    }
    title = _("Tasks by unit")
    return table_response(
        request, table=table, title=title, source=source_of(version), template="plan/tasks.html", context=context
    )
