"""The pages that read cases: the list, one case, a file of it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhizao.base.accounts.access import needs
from zhizao.base.files.views import attachment
from zhizao.base.flow import case_acts, case_forms, case_list, case_page, kinds, queries
from zhizao.base.ui.views import table_response


@needs("flow.view")
def cases(request: HttpRequest) -> HttpResponse:
    """The cases that the reader may see, running ones first asked for; what is due first stands first."""
    form = case_forms.CaseFilter(request.GET, actor=request.user)
    wanted = form.cleaned_data if form.is_valid() else {}
    day = request.as_of or request.today
    as_of = request.as_of if request.looking_back else None
    found = case_list.wanted_cases(request.user, wanted, as_of=as_of)
    counts = queries.counts(found, day)
    return table_response(
        request,
        table=case_list.CaseTable(case_list.Lines(found, day=day, as_of=as_of), filter_form=form),
        title=_("Cases"),
        source=_("Cases, as they stood on %(day)s.") % {"day": day},
        template="flow/cases.html",
        context={
            "running": counts.running,
            "overdue": counts.overdue,
            "nobody": counts.without_owner,
            "openable": kinds.openable(request.user) if not request.looking_back else [],
        },
    )


@needs("flow.view")
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: what is to be done now and by whom, its clock, what happened, and what the reader may do."""
    found = queries.case(request.user, pk)
    if found is None or (request.looking_back and not queries.cases(request.user, as_of=request.as_of).filter(pk=pk)):
        raise Http404
    context = case_page.context(request, found)
    if (mine := context["my_step"]) is not None:
        asked = case_forms.fields_of(mine.form)
        context["step_form"] = case_forms.FieldsForm(case=found, asked=asked)
    offered = [name for name in case_acts.ACTS if name in context["acts"] and name not in ("close", "rate")]
    context["offered"] = [(name, case_acts.ACTS[name].word) for name in offered]
    return render(request, "flow/case.html", context)


@needs("flow.view")
def case_file(request: HttpRequest, pk: int, attachment_pk: int) -> HttpResponseBase:
    """A file of a case, for who sees the event by which it came."""
    found = queries.case(request.user, pk)
    if found is None:
        raise Http404
    shown = queries.events(found, request.as_of, reader=request.user)
    held = found.attachments.select_related("file").filter(pk=attachment_pk, event__in=shown.values("pk")).first()
    if held is None:
        raise Http404
    file = held.file
    return attachment(request, sha256=file.sha256, name=file.name, media_type=file.media_type)
