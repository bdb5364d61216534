"""The pages of the cockpit: the leader's, the list of briefs, one brief, its files and what would differ now."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhizao.apps.cockpit import pages, queries, services
from zhizao.apps.cockpit.forms import IssueForm
from zhizao.apps.cockpit.leading import leading
from zhizao.apps.cockpit.models import Brief
from zhizao.apps.cockpit.tables import BriefTable
from zhizao.apps.outlook.opening import of_area
from zhizao.apps.outlook.words import chance_or_state
from zhizao.base.accounts.access import needs
from zhizao.base.accounts.models import Area
from zhizao.base.files import store
from zhizao.base.jobs.problems import refuse
from zhizao.base.ui import exports
from zhizao.base.ui.numbers import period
from zhizao.base.ui.views import table_response
from zhizao.kernel.result import Refused

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


@needs("cockpit.view")
@of_area
def leader(request: HttpRequest, area: Area) -> HttpResponse:
    """How the region stands in one sentence, and the three decisions that help most."""
    found = leading(request.user, area, as_of=request.as_of)
    context = {
        "area": area,
        "told": found,
        "answer": pages.answer(found),
        "stats": pages.stats(request, found),
        "decisions": pages.decisions(found),
        "at_risk": [(item, chance_or_state(item)) for item in found.at_risk],
        "lamps": pages.lamps(request, found),
        "may_lead": request.user.has_perm("assist.lead", area),
    }
    return render(request, "cockpit/leader.html", context)


@needs("cockpit.view")
@of_area
def briefs(request: HttpRequest, area: Area) -> HttpResponse:
    """Every brief that went out."""
    return _list(request, area, IssueForm(initial=pages.proposed(queries.last_month(request.user))))


def _list(request: HttpRequest, area: Area, form: IssueForm) -> HttpResponse:
    found = queries.briefs(request.user, area, as_of=request.as_of)
    context = {
        "area": area,
        "form": form,
        "answer": pages.list_answer(found.first()),
        "may_issue": not request.looking_back and request.user.has_perm("cockpit.issue", area),
    }
    made = table_response(
        request, table=BriefTable(found), title=_("Monthly brief"), template="cockpit/briefs.html", context=context
    )
    made.status_code = 422 if form.errors else 200
    return made


@needs("cockpit.issue")
@require_POST
@of_area
def issue(request: HttpRequest, area: Area) -> HttpResponse:
    """Have a brief written and issued; a job does it."""
    form = IssueForm(request.POST)
    if form.is_valid():
        try:
            return redirect(services.start(actor=request.user, area=area, kind=services.ISSUE, **form.cleaned_data))
        except Refused as refused:
            refuse(form, refused)
    return _list(request, area, form)


def _brief(request: HttpRequest, area: Area, month: str) -> Brief:
    language = "en" if (get_language() or "").startswith("en") else "zh"
    found = queries.brief(request.user, area, month, language, as_of=request.as_of)
    if found is None:
        raise Http404
    return found


@needs("cockpit.view")
@of_area
def brief(request: HttpRequest, area: Area, month: str) -> HttpResponse:
    """One brief as it went out, each figure with its evidence."""
    found = _brief(request, area, month)
    context = {
        "area": area,
        "brief": found,
        "paper": queries.paper(found),
        "span": period(found.span),
        "others": [
            one
            for one in queries.briefs(request.user, area, as_of=request.as_of)
            if (one.start_month, one.as_of) == (found.start_month, found.as_of)
        ],
    }
    return render(request, "cockpit/brief.html", context)


@needs("cockpit.view")
@of_area
def bars(request: HttpRequest, area: Area, month: str, chart: str) -> JsonResponse:
    """What a picture of the brief draws."""
    written = queries.paper(_brief(request, area, month))
    found = next((section.bars for section in written.sections if section.key == chart), None)
    if found is None:
        raise Http404
    return JsonResponse(pages.bars(found))


def _one(request: HttpRequest, pk: int) -> Brief:
    found = Brief.objects.visible_to(request.user).select_related("area", "run", "issued_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@needs("cockpit.view")
def file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The bytes that went out."""
    found = _one(request, pk)
    if form not in services.FORMS:
        raise Http404
    data = store.read(getattr(found, f"{form}_sha256"))
    name = _("%(area)s monthly brief %(month)s (%(language)s).%(form)s") % {
        "area": found.area.name,
        "month": found.month,
        "language": found.language,
        "form": form,
    }
    return exports.attachment(data, name, MEDIA_TYPES[form])


@needs("cockpit.view")
def difference(request: HttpRequest, pk: int) -> HttpResponse:
    """What a brief says, beside what it would say by the newest facts and words of its day."""
    found = _one(request, pk)
    told = queries.difference(found)
    context: dict[str, Any] = {
        "brief": found,
        "told": told,
        "answer": pages.difference_answer(told),
        "span": period(found.span),
        "may_issue": not request.looking_back and request.user.has_perm("cockpit.issue", found.area),
    }
    return render(request, "cockpit/difference.html", context)


@needs("cockpit.issue")
@require_POST
def rebuild(request: HttpRequest, pk: int) -> HttpResponse:
    """Compute the facts anew from what is known now of that day; the brief stays as it is."""
    found = _one(request, pk)
    if request.looking_back:
        raise PermissionDenied
    asked = {"month": str(found.span), "as_of": found.as_of}
    return redirect(services.start(actor=request.user, area=found.area, kind=services.REBUILD, **asked))
