"""The leader's page: three decisions with effect, cost, reasons for and against, and who must act."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhizao.apps.assist import leader_queries, leader_services
from zhizao.apps.assist.grid_views import act as answer_form
from zhizao.apps.assist.grid_views import may, now_only, own_area, posted, source
from zhizao.apps.assist.leader_forms import AssignForm, ReportForm, WordForm
from zhizao.apps.warning import queries as warnings
from zhizao.base.accounts.access import needs
from zhizao.base.flow import queries as flow
from zhizao.base.flow.deadline import due
from zhizao.base.flow.models import Case

REPORT_WORKING_DAYS = 3
"""By default a report is asked for within so many working days."""


@needs("assist.lead")
def leader(request: HttpRequest) -> HttpResponse:
    """The three decisions that avoid most, and how many wait behind them."""
    area = own_area(request)
    found = leader_queries.decisions(request.user, area, as_of=request.as_of)
    context = {
        "title": _("Three decisions"),
        "shown": found[: leader_queries.SHOWN],
        "behind": max(len(found) - leader_queries.SHOWN, 0),
        "may_lead": may(request, "assist.lead", area),
        "source": source(request),
    }
    return render(request, "assist/leader.html", context)


def _case(request: HttpRequest) -> Case | None:
    number = request.GET.get("case", "")
    if not number.isdecimal():
        return None
    found = flow.case(request.user, int(number))
    if found is None:
        raise Http404
    return found


def _alarm(request: HttpRequest) -> Any:
    number = request.GET.get("alarm", "")
    found = warnings.alarm(request.user, int(number)) if number.isdecimal() else None
    if found is None:
        raise Http404
    return found


@needs("assist.lead")
def act(request: HttpRequest) -> HttpResponse:
    """Decide: ``?act=assign|report|approve`` with ``case`` or ``alarm``."""
    now_only(request)
    case = _case(request)
    wanted = request.GET.get("act", "assign")
    alarm = _alarm(request) if case is None else None
    if wanted not in ("assign", "report", "approve") or (case is None and wanted != "assign"):
        raise Http404
    first = {"version": case.version if case else 0}
    about = case.title if case else warnings.sentence(alarm)
    return {"assign": _assign, "report": _report, "approve": _approve}[wanted](request, case, alarm, first, about)


def _assign(request: HttpRequest, case: Case | None, alarm: Any, first: dict[str, Any], about: str) -> HttpResponse:
    def do(data: dict[str, Any]) -> None:
        data["version"] = data["version"] or 0
        done = leader_services.assign(actor=request.user, case=case, alarm=alarm, **data)
        messages.success(request, _("%(number)s is given to %(who)s.") % {"number": done.number, "who": done.owner})

    form = AssignForm(posted(request), actor=request.user, initial=first)
    return _form(request, form, do, _("Give it to somebody"), about, field="person")


def _report(request: HttpRequest, case: Case, _alarm: Any, first: dict[str, Any], about: str) -> HttpResponse:
    def do(data: dict[str, Any]) -> None:
        data.pop("version")
        leader_services.ask_for_report(actor=request.user, case=case, **data)
        messages.success(request, _("Asked for; it stands on the workbench of whoever has the case."))

    first["due_on"] = due(request.today, REPORT_WORKING_DAYS)[0]
    return _form(request, ReportForm(posted(request), initial=first), do, _("Ask for a report"), about, field="due_on")


def _approve(request: HttpRequest, case: Case, _alarm: Any, first: dict[str, Any], about: str) -> HttpResponse:
    def do(data: dict[str, Any]) -> None:
        leader_services.approve(actor=request.user, case=case, text=data["text"])
        messages.success(request, _("Decided; it stands in the case."))

    return _form(request, WordForm(posted(request), initial=first), do, _("Decide the escalated case"), about)


def _form(
    request: HttpRequest, form: Any, do: Any, title: str, about: str, *, field: str | None = "text"
) -> HttpResponse:
    back = reverse("assist:leader")
    return answer_form(request, form=form, do=do, back=back, title=title, answer=about, verb=title, field=field)
