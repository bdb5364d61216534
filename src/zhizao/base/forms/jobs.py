"""Long work on reports: those whom the calendars say to remind are reminded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhizao.base.forms import reminding
from zhizao.base.jobs.context import JobContext
from zhizao.base.jobs.registry import job_kind
from zhizao.kernel.result import mark


@job_kind("forms.remind", label=_("Remind reporters by the calendar"), resumable=True, every=timedelta(days=1))
def remind(job: JobContext) -> dict[str, Any]:
    """Remind everyone who is to be reminded by today and was not."""
    with job.stage(mark("Reminding")):
        number = reminding.remind_by_calendar(timezone.now())
        job.log(mark("%(number)s reminders sent"), number=number)
    return {"number": number}
