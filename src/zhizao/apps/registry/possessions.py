"""What the enterprises of an area have: certificates, R&D institutions, patents, with counts, as lists and files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhizao.apps.registry import acts, certificates, queries, services
from zhizao.apps.registry.forms import InstitutionForm, PatentForm, PossessionFilter
from zhizao.apps.registry.models import Certificate, Institution, Patent
from zhizao.apps.registry.possession_tables import PossessionTable
from zhizao.base.accounts.access import needs
from zhizao.base.facts.models import DatedFact, Subject
from zhizao.base.ui.views import table_response

if TYPE_CHECKING:
    from zhizao.apps.registry.queries import Actor, View

TITLES = {
    Certificate: gettext_lazy("Certificates"),
    Institution: gettext_lazy("R&D institutions"),
    Patent: gettext_lazy("Patents"),
}
LISTS = {"certificates": Certificate, "institutions": Institution, "patents": Patent}
FORMS = {"institutions": InstitutionForm, "patents": PatentForm}


@dataclass(frozen=True, slots=True)
class Item:
    """One certificate, institution or patent of an enterprise."""

    subject: Subject
    enterprise: str
    kind: str
    name: str
    number: str
    valid_from: date | None
    valid_to: date | None
    days_left: int | None
    source: str


def items(actor: Actor, model: type[DatedFact], seen: View, *, text: str = "", soon: bool = False) -> list[Item]:
    """Those that hold on the day, by kind and enterprise; ``soon`` keeps what runs out within 90 days."""
    rows = queries.facts_at(model.objects.visible_to(actor), **seen.at).select_related("subject")
    if soon:
        rows = rows.filter(Q(valid_to__isnull=False) & Q(valid_to__lte=seen.on + certificates.SOON))
    rows = list(rows)
    called = queries.parent_names({row.subject for row in rows}, seen)
    found = [_item(row, called[row.subject_id], seen) for row in rows]
    kept = [item for item in found if text in f"{item.enterprise} {item.kind} {item.name} {item.number}"]
    return sorted(kept, key=lambda item: (item.kind, item.enterprise, item.number))


def _item(row: Any, enterprise: str, seen: View) -> Item:
    match row:
        case Certificate():
            kind, name, number = certificates.label(row.kind), row.authority, row.number
        case Institution():
            kind, name, number = row.level, row.name, ""
        case _:
            kind, name, number = row.kind, row.title, row.number
    left = certificates.days_left(row.valid_to, seen.on)
    return Item(row.subject, enterprise, kind, name, number, row.valid_from, row.valid_to, left, row.source)


@needs("registry.read")
def listed(request: HttpRequest, what: str) -> HttpResponse:
    """A list of certificates, institutions or patents of the actor's areas, counted by kind."""
    model = LISTS[what]
    seen = queries.view(request.as_of)
    form = PossessionFilter(request.GET)
    form.is_valid()
    text, soon = form.cleaned_data.get("q", ""), form.cleaned_data.get("soon", "") == "yes"
    found = items(request.user, model, seen, text=text, soon=soon)
    return table_response(
        request,
        table=PossessionTable(found, filter_form=form),
        title=str(TITLES[model]),
        source=_("Enterprise register, as known on %(day)s.") % {"day": seen.on},
        template="registry/possessions.html",
        context={
            "total": len(found),
            "firms": len({item.subject.pk for item in found}),
            "kinds": Counter(item.kind or _("not stated") for item in found).most_common(),
            "soon": sum(item.days_left is not None for item in found),
            "what": what,
            "lists": [(name, f"registry:{name}", TITLES[other]) for name, other in LISTS.items()],
        },
    )


@needs("registry.edit")
def possess(request: HttpRequest, key: str, what: str) -> HttpResponse:
    """Record an institution or a patent of an enterprise; a certificate has a form of its own."""
    subject = acts.editable(request, key)
    if what not in FORMS:
        return redirect("registry:certify", key=key)
    model = LISTS[what]
    return acts.act(
        request,
        form=FORMS[what](acts.posted(request)),
        do=lambda data: services.possess(actor=request.user, fact=model(subject=subject, **data)),
        subject=subject,
        title=_("Record an R&D institution") if model is Institution else _("Record a patent"),
        answer=_("It counts from its first day until another fact says otherwise."),
        button=_("Record"),
    )
