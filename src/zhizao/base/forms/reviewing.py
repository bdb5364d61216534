"""The pages of those who judge reports: who has handed in, who is late; return, accept, remind."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from zhizao.base.accounts.access import needs
from zhizao.base.forms import queries, reminding, services
from zhizao.base.forms.definition import text_in
from zhizao.base.forms.library import library
from zhizao.base.forms.tables import STATE_WORDS, BoardFilter, BoardTable, CircleTable, DutyForm
from zhizao.base.forms.views import language, opened, page, said
from zhizao.base.ui.numbers import period as in_words
from zhizao.base.ui.views import table_response
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span


@needs("forms.review")
def board(request: HttpRequest) -> HttpResponse:
    """Of one form and period everyone who has to report, and where it stands; by default what was due last."""
    place = queries.place_of(request.user)
    filter_form = BoardFilter(request.GET, place=place, today=request.today)
    form, period = filter_form.chosen()
    day = request.as_of if request.looking_back else None
    rows = queries.board(request.user, form=form, period=period, as_of=day) if period else []
    counts = {state: sum(due.state == state for due in rows) for state in STATE_WORDS}
    shown = [due for due in rows if due.state == request.GET.get("state")] if request.GET.get("state") else rows
    edition = library(place).form(form, period) if period else None
    context = {
        "edition": edition,
        "period": period,
        "deadline": library(place).deadline(form, period) if period else None,
        "counts": counts,
        "total": len(rows),
        "in": counts["submitted"] + counts["accepted"],
        "outstanding": counts["late"] + counts["due"],
        "waiting": counts["submitted"],
        "language": language(),
    }
    title = _("Reports received")
    if edition is not None and period is not None:
        title = f"{text_in(edition.title, language())} {in_words(period)}"
    table = BoardTable(shown, filter_form=filter_form)
    return table_response(request, table=table, title=title, template="forms/board.html", context=context)


@needs("forms.review")
@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """Remind everyone who has not handed in the report."""
    form = request.POST.get("form", "")
    try:
        period = Span.parse(request.POST.get("period", ""))
    except Refused:
        raise Http404 from None
    if library(queries.place_of(request.user)).deadline(form, period) is None:
        raise Http404
    number = reminding.remind(actor=request.user, form=form, period=period)
    text = ngettext("%(n)d organisation is reminded.", "%(n)d organisations are reminded.", number) % {"n": number}
    messages.success(request, text)
    return redirect(f"{reverse('forms:board')}?form={form}&period={period}")


@needs("forms.review")
@require_POST
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a report, or return it with a reason."""
    submission = opened(request, pk)
    try:
        if request.POST.get("act") == "accept":
            services.accept(actor=request.user, submission=submission)
            messages.success(request, _("The report is accepted."))
        else:
            services.return_(actor=request.user, submission=submission, reason=request.POST.get("reason", ""))
            messages.success(request, _("The report is returned to its reporter."))
    except Refused as refused:
        submission.refresh_from_db()
        return page(request, submission, problems=refused.problems, status=422)
    return redirect(f"{reverse('forms:board')}?form={submission.form}&period={submission.period}")


@needs("forms.review")
def circle(request: HttpRequest) -> HttpResponse:
    """Who has to report today, on what ground; by ``?enterprise=`` the form by which an office states it."""
    if request.looking_back and request.method == "POST":
        raise Http404
    rows = queries.circle(request.user, on=request.as_of or request.today)
    chosen = next((row for row in rows if str(row.organisation.pk) == request.GET.get("enterprise")), None)
    form = DutyForm(request.POST or None, initial={"asked": "no" if chosen and chosen.asked else "yes"})
    status, problems = 200, []
    if request.method == "POST":
        if chosen is None:
            raise Http404
        if form.is_valid():
            try:
                services.state_duty(
                    actor=request.user,
                    organisation=chosen.organisation,
                    asked=form.cleaned_data["asked"] == "yes",
                    since=form.cleaned_data["since"],
                    until=form.cleaned_data["until"],
                    reason=form.cleaned_data["reason"],
                )
            except Refused as refused:
                problems = said(refused.problems)
            else:
                messages.success(request, _("It is recorded who has to report."))
                return redirect("forms:circle")
        status = 422
    context = {"chosen": chosen, "form": form, "problems": problems, "number": sum(row.asked for row in rows)}
    title, table = _("Who has to report"), CircleTable(rows)
    answer = table_response(request, table=table, title=title, template="forms/circle.html", context=context)
    answer.status_code = status
    return answer
