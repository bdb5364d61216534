"""Accepted reports become observations, and what the ledger knows need not be reported again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from zhizao.apps.ledger import queries, services
from zhizao.apps.ledger.models import Status
from zhizao.apps.ledger.queries import Basis, exact
from zhizao.base.events.models import Event
from zhizao.base.facts.models import Subject
from zhizao.base.forms.known import Known
from zhizao.base.forms.models import Submission
from zhizao.base.forms.queries import observations_of
from zhizao.base.jobs.context import JobContext
from zhizao.base.jobs.registry import job_kind
from zhizao.kernel.result import mark
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.apps.ledger.models import Batch

REPORT = "report/"
"""How the imports that accepted reports make are named."""


@job_kind("ledger.take_report", label=_("Figures of an accepted report"), resumable=True)
def take_report(job: JobContext, *, event: int) -> dict[str, Any]:
    """Store the figures of the report that an event tells of; the same event again changes nothing."""
    told = Event.objects.get(sequence=event)
    submission = Submission.objects.select_related("area", "organisation").get(pk=told.payload["submission"])
    with job.stage(mark("Storing the figures")), job.landing() as result:
        batch = store_report(submission)
        if batch is not None:
            job.log(mark("%(added)s of %(rows)s rows are new"), added=batch.added, rows=batch.rows)
            result |= {"url": batch.get_absolute_url()}
    return result


def store_report(submission: Submission) -> Batch | None:
    """The figures of an accepted report as observations; none where it states none.

    Raises
    ------
    Refused : the ledger has no such subject, or knows later figures for the same months.
    """
    import polars as pl

    from zhizao.apps.ledger.columns import COLUMNS

    rows = observations_of(submission)
    if not rows:
        return None
    frame = pl.DataFrame([{name: str(row[name]) for name in COLUMNS} for row in rows])
    name = f"{REPORT}{submission.form}/{submission.period}/{submission.subject_key}"
    return services.import_frame(actor=None, area=submission.area, frame=frame, name=name, explained=True)[0]


def known_items(subject_key: str, span: Span) -> dict[str, Known]:
    """What the ledger knows of a subject for exactly these months, from elsewhere than its own reports.

    A simulated, estimated or forecast figure is no reason not to ask.
    """
    subject = Subject.objects.filter(key=subject_key).first()
    if subject is None:
        return {}
    rows = queries.observations(None, subjects=[subject.pk], within=span, basis=Basis())
    rows = rows.filter(start_month=span.start_month, months=span.months, status=Status.NORMAL, value__isnull=False)
    rows = rows.exclude(origin__batch__name__startswith=REPORT)
    found = {}
    for row in rows.select_related("series__indicator", "origin__batch"):
        value = exact(row.value)
        if value is not None:
            indicator = row.series.indicator
            found[indicator.key] = Known(value, indicator.unit, row.origin.source or row.origin.batch.name)
    return found
