"""What was done for an enterprise, in its file of the register: cases, who looks after it, the last visit.

The enterprise itself sees the cases that it is shown, and not who looks after it or who was there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhizao.apps.assist import grid_queries
from zhizao.apps.assist.models import Responsibility, Visit
from zhizao.apps.registry.sections import Section
from zhizao.base.accounts.scoping import area_path
from zhizao.base.facts.queries import facts_at
from zhizao.base.flow import kinds
from zhizao.base.flow import queries as flow

if TYPE_CHECKING:
    from zhizao.apps.registry.queries import Actor, View
    from zhizao.base.facts.models import Subject

SHOWN = 12


def section(actor: Actor, subject: Subject, seen: View) -> Section | None:
    """Its cases, newest first; nothing where there is nothing to tell this actor."""
    cases = list(flow.cases(actor, subject=subject, as_of=seen.as_of)[: SHOWN + 1])
    inside = area_path(actor) is not None
    duties = _duties(subject, seen) if inside else []
    visit = _last_visit(actor, subject, seen)
    if not cases and not duties and visit is None:
        return None
    more, stood = len(cases) > SHOWN, flow.standings(cases[:SHOWN], seen.as_of)
    rows = [(case, kinds.label(case.kind), stood[case.pk]) for case in cases[:SHOWN]]
    return Section(
        title=_("Help and cases"),
        template="assist/_of_enterprise.html",
        context={"rows": rows, "duties": duties, "visit": visit, "subject": subject, "inside": inside},
        subtitle="" if more else ngettext("%(count)s case", "%(count)s cases", len(cases)) % {"count": len(cases)},
        simulated=any(case.simulated for case in cases),
    )


def _duties(subject: Subject, seen: View) -> list[Responsibility]:
    rows = facts_at(Responsibility.objects.filter(subject=subject), on=seen.on, as_of=seen.as_of)
    return list(rows.select_related("person", "unit").order_by("duty"))


def _last_visit(actor: Actor, subject: Subject, seen: View) -> Visit | None:
    rows = grid_queries.done(Visit.objects.visible_to(actor).filter(subject=subject), seen)
    return rows.select_related("visitor").order_by("-done_on", "-pk").first()
