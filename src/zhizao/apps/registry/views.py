"""The pages that read the register: the list, one enterprise's file, its history."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhizao.apps.registry import (
    certificates,
    describe,
    dossier,
    exporting,
    link_sheet,
    listing,
    queries,
    sections,
    sheet,
)
from zhizao.apps.registry import partners as partner_lines
from zhizao.apps.registry.forms import EnterpriseFilter
from zhizao.apps.registry.models import Certificate
from zhizao.apps.registry.tables import EnterpriseTable, HistoryTable, Lines, PartnerTable, days_words
from zhizao.base.accounts.access import needs
from zhizao.base.facts.models import Subject, own_key
from zhizao.base.ui import exports
from zhizao.base.ui.views import table_response


def opened(request: HttpRequest, key: str) -> Subject:
    """The enterprise of the address; for one who may not see it there is none."""
    found = queries.enterprise(request.user, key)
    if found is None:
        raise Http404
    return found


def called(subject: Subject, seen: queries.View) -> str:
    """The name of an enterprise, or what its key says."""
    return queries.parent_names([subject], seen)[subject.pk]


def may_edit(request: HttpRequest, target: object = None) -> bool:
    """Whether the page offers acts; none in the past."""
    return not request.looking_back and request.user.has_perm("registry.edit", target)


@needs("registry.read")
def register(request: HttpRequest) -> HttpResponse:
    """The enterprises of the actor's areas."""
    seen = queries.view(request.as_of)
    form = EnterpriseFilter(request.GET, actor=request.user, seen=seen)
    found = Lines(listing.keys(request.user, form.wanted(), seen), seen)
    context = {
        "total": len(found),
        "may_edit": may_edit(request),
        "pairs": queries.open_pairs(request.user).count(),
    }
    return table_response(
        request,
        table=EnterpriseTable(found, filter_form=form),
        title=_("Enterprise register"),
        source=_("Enterprise register, as known on %(day)s.") % {"day": seen.on},
        template="registry/list.html",
        context=context,
    )


@needs("registry.read")
def export(request: HttpRequest) -> HttpResponse:
    """The filtered register in the columns in which it is taken in again."""
    seen = queries.view(request.as_of)
    form = EnterpriseFilter(request.GET, actor=request.user, seen=seen)
    found = queries.read(listing.keys(request.user, form.wanted(), seen))
    frame = exporting.frame(found, seen, contacts=request.user.has_perm("registry.contacts"))
    return exports.attachment(sheet.form(frame), "register.xlsx", exports.XLSX)


@needs("registry.own")
def own(request: HttpRequest) -> HttpResponse:
    """To the file of the enterprise that the actor speaks for."""
    key = own_key(request.user)
    if key is None:
        raise Http404
    return redirect(reverse("registry:file", args=[key.partition(":")[2]]))


@needs("registry.open")
def file(request: HttpRequest, key: str) -> HttpResponse:
    """One enterprise: what holds on the day, what held before, and what other apps know of it."""
    subject = opened(request, key)
    seen = queries.view(request.as_of)
    contacts = request.user.has_perm("registry.contacts", subject)
    found = dossier.entries(dossier.known(subject, seen, contacts=contacts), seen)
    survivor = queries.survivor(subject, seen)
    others = queries.absorbed(subject, seen)
    others_called = queries.parent_names([*others, *([survivor] if survivor else [])], seen)
    line = dossier.line(subject, seen)
    context = {
        "subject": subject,
        "line": line,
        "name": line.name if line else called(subject, seen),
        "summary": summary(line) if line else [],
        "holding": [(entry, days_words(entry), runs_out(entry, seen)) for entry in found if entry.holds],
        "before": [(entry, days_words(entry), None) for entry in found if not entry.holds],
        "survivor": survivor and (survivor, others_called[survivor.pk]),
        "absorbed": [(other, others_called[other.pk]) for other in others],
        "sections": sections.sections(request.user, subject, seen),
        "may_edit": may_edit(request, subject),
        "may_list": request.user.has_perm("registry.read", subject),
        "seen": seen,
    }
    return render(request, "registry/file.html", context)


def runs_out(entry: dossier.Entry, seen: queries.View) -> int | None:
    """Days until a certificate runs out, where that is soon."""
    return certificates.days_left(entry.last, seen.on) if isinstance(entry.fact, Certificate) else None


def summary(line: queries.Line) -> list[str]:
    """The words that place an enterprise: its tier, sector, class, park, and whether its code is known."""
    industry = line.get("industry")
    words = [
        line.get("tier") or _("no tier"),
        *line.parents.get("sector", ()),
        describe.industry(industry) if industry else "",
        *line.parents.get("park", ()),
        "" if line.code else _("credit code unknown"),
    ]
    return [word for word in words if word]


@needs("registry.open")
def history(request: HttpRequest, key: str) -> HttpResponse:
    """Every fact about an enterprise as it became known, with its source."""
    subject = opened(request, key)
    seen = queries.view(request.as_of)
    contacts = request.user.has_perm("registry.contacts", subject)
    rows = dossier.as_known(dossier.known(subject, seen, contacts=contacts), seen)
    name = called(subject, seen)
    context = {
        "subject": subject,
        "name": name,
        "count": len(rows),
        "may_list": request.user.has_perm("registry.read", subject),
    }
    return table_response(
        request,
        table=HistoryTable(rows, may_edit=may_edit(request, subject)),
        title=_("History of %(name)s") % {"name": name},
        source=_("Enterprise register, as known on %(day)s.") % {"day": seen.on},
        template="registry/history.html",
        context=context,
    )


@needs("registry.open")
def partners(request: HttpRequest, key: str) -> HttpResponse:
    """The suppliers and customers of one enterprise, all of them that the actor may see."""
    subject = opened(request, key)
    seen = queries.view(request.as_of)
    suppliers, customers = partner_lines.sides(request.user, subject, seen)
    name = called(subject, seen)
    return table_response(
        request,
        table=PartnerTable([*suppliers.lines, *customers.lines]),
        title=_("Suppliers and customers of %(name)s") % {"name": name},
        source=_("Enterprise register, as known on %(day)s.") % {"day": seen.on},
        template="registry/partners.html",
        context={
            "subject": subject,
            "name": name,
            "suppliers": suppliers,
            "customers": customers,
            "may_list": request.user.has_perm("registry.read", subject),
        },
    )


@needs("registry.read")
def export_links(request: HttpRequest) -> HttpResponse:
    """The links of the actor's areas in the columns in which they are taken in again."""
    seen = queries.view(request.as_of)
    frame = exporting.links_frame(queries.links(request.user, seen), seen)
    return exports.attachment(link_sheet.form(frame), "links.xlsx", exports.XLSX)
