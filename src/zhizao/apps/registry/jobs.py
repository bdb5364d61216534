"""Long work on the register: a file of enterprises or of links is checked, then stored whole in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhizao.apps.registry import importing, link_sheet, linking, sheet
from zhizao.apps.registry.importing import Imported, batch_of
from zhizao.apps.registry.sheet import Row
from zhizao.base.files import store
from zhizao.base.files.models import StoredFile
from zhizao.base.jobs.context import JobContext
from zhizao.base.jobs.registry import job_kind
from zhizao.kernel.result import mark


@job_kind("registry.import", label=_("Import a register"), resumable=True)
def import_register(job: JobContext, *, file: int, valid_from: str) -> dict[str, Any]:
    """Take a register in; ``valid_from`` counts for rows that name no day of their own."""
    day = date.fromisoformat(valid_from)
    return _taken(job, file, sheet.read, lambda **what: importing.take_rows(valid_from=day, **what))


@job_kind("registry.import_links", label=_("Import suppliers and customers"), resumable=True)
def import_links(job: JobContext, *, file: int) -> dict[str, Any]:
    """Take links of suppliers and customers in."""
    return _taken(job, file, link_sheet.read, linking.take_rows)


def _taken(
    job: JobContext, file: int, read: Callable[..., list[Row]], take_rows: Callable[..., Imported]
) -> dict[str, Any]:
    stored = StoredFile.objects.select_related("area").get(pk=file)
    with job.stage(mark("Checking the rows"), until=0.3):
        data = store.read(stored.sha256)
        rows = read(data, file=stored.name)
    with job.stage(mark("Storing the facts")), job.landing() as result:
        found = take_rows(actor=job.actor, area=stored.area, rows=rows, source=stored.name, batch=batch_of(data))
        counts = {name: getattr(found, name) for name in ("rows", "entered", "changed", "facts")}
        job.log(
            mark("%(rows)s rows read: %(entered)s enterprises new, %(changed)s changed, %(facts)s facts added"),
            **counts,
        )
        result |= {"url": reverse("registry:list"), **counts}
    return result
