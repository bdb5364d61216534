from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhizao.base.jobs.models import Job
from zhizao.base.ui.tables import StatusColumn, Table, TextColumn

STATE_KINDS = {
    Job.State.QUEUED: "none",
    Job.State.RUNNING: "watch",
    Job.State.DONE: "good",
    Job.State.FAILED: "bad",
    Job.State.CANCELLED: "none",
}


class TimeColumn(TextColumn):
    """An instant in the installation's time zone, to the minute."""

    def render(self, value: datetime) -> str:
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")


class JobFilter(forms.Form):
    """Which jobs the list shows; ``whose`` is offered to those who may see other people's."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("all")), *Job.State.choices])
    whose = forms.ChoiceField(label=_("Whose"), required=False, choices=[("", _("mine")), ("all", _("all of my area"))])


class JobTable(Table):
    label = TextColumn(_("Job"), order_by="kind", linkify=True)
    state = StatusColumn(_("State"), kinds=STATE_KINDS)
    stage_words = TextColumn(_("Step"), order_by="stage", quiet=True)
    owner = TextColumn(_("Asked by"), order_by="owner__username", default=_("system"))
    created_at = TimeColumn(_("Asked for"))
    finished_at = TimeColumn(_("Finished"))

    class Meta(Table.Meta):
        pass

    export_name = "jobs"
    fixed_columns = ("label",)
    caption = _("Jobs")
    empty_text = _("No jobs")
