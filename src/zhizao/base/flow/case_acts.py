"""The pages by which something is done to a case: each act its form, its words, and the service that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhizao.base.accounts.access import needs
from zhizao.base.facts.models import Name, Subject
from zhizao.base.facts.queries import facts_at
from zhizao.base.files import uploads
from zhizao.base.flow import advancing, case_forms, kinds, procedures, queries, services
from zhizao.base.flow.case_forms import ActForm
from zhizao.base.flow.models import Case
from zhizao.base.jobs.problems import place_words, remedy_words, words
from zhizao.kernel.names import normalise
from zhizao.kernel.result import Place, Problem, Refused, mark


@dataclass(frozen=True, slots=True)
class Act:
    """An act as its page words it. ``do`` gets the request, the case and the cleaned form."""

    word: str | Promise
    answer: str | Promise
    form: type[ActForm]
    do: Callable[[HttpRequest, Case, dict[str, Any]], Any]


def _plain(name: str) -> Callable[[HttpRequest, Case, dict[str, Any]], Any]:
    """The service of this name, which takes the cleaned form as it is."""

    def do(request: HttpRequest, case: Case, data: dict[str, Any]) -> Any:
        return getattr(services, name)(actor=request.user, case=case, **data)

    return do


def _attach(request: HttpRequest, case: Case, data: dict[str, Any]) -> Any:
    data.pop("file")
    return services.attach(actor=request.user, case=case, upload=uploads.take(request, "file"), **data)


def _give_back(request: HttpRequest, case: Case, data: dict[str, Any]) -> Any:
    to_subject = data.pop("to") == "subject"
    return services.give_back(actor=request.user, case=case, to_subject=to_subject, **data)


ACTS: dict[str, Act] = {
    "opine": Act(
        gettext_lazy("Write an opinion"),
        gettext_lazy("It stays with the case under your name."),
        case_forms.SayForm,
        _plain("opine"),
    ),
    "attach": Act(
        gettext_lazy("Attach a file"),
        gettext_lazy("It stays with the case; who sees the case can open it."),
        case_forms.AttachForm,
        _attach,
    ),
    "ask_part": Act(
        gettext_lazy("Ask another unit"),
        gettext_lazy("The unit finds its part on its workbench; the case stays with you."),
        case_forms.PartForm,
        _plain("ask_part"),
    ),
    "give_back": Act(
        gettext_lazy("Return"),
        gettext_lazy("While the enterprise has it the clock stands."),
        case_forms.GiveBackForm,
        _give_back,
    ),
    "transfer": Act(
        gettext_lazy("Hand over"),
        gettext_lazy("The unit or the person named has the case from now on; its deadline stays."),
        case_forms.TransferForm,
        _plain("transfer"),
    ),
    "escalate": Act(
        gettext_lazy("Report to the head"),
        gettext_lazy("The unit above has the case from now on; where there is none the leaders are asked."),
        ActForm,
        _plain("escalate"),
    ),
    "suspend": Act(
        gettext_lazy("Suspend"),
        gettext_lazy("The clock stands and nobody is asked for anything until the case is resumed."),
        ActForm,
        _plain("suspend"),
    ),
    "resume": Act(
        gettext_lazy("Resume"), gettext_lazy("The clock goes on from today."), case_forms.ResumeForm, _plain("resume")
    ),
    "withdraw": Act(
        gettext_lazy("Withdraw"),
        gettext_lazy("The case ends without a result; what was said stays."),
        ActForm,
        _plain("withdraw"),
    ),
    "close": Act(
        gettext_lazy("Close the case"),
        gettext_lazy("With its result; steps that are left are cancelled. The enterprise can then rate it."),
        case_forms.CloseForm,
        _plain("close"),
    ),
    "rate": Act(
        gettext_lazy("Rate the case"),
        gettext_lazy("Once, from 1 to 5; the offices see it."),
        case_forms.RateForm,
        _plain("rate"),
    ),
}


def opened(request: HttpRequest, pk: int) -> Case:
    """The case of the address; for one who may not see it there is none, and nothing is done looking back."""
    found = queries.case(request.user, pk)
    if found is None:
        raise Http404
    if request.looking_back:
        raise PermissionDenied("flow.act")
    return found


def posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def finish(
    request: HttpRequest,
    case: Case,
    form: ActForm,
    do: Callable[[], Any],
    *,
    title: str | Promise,
    answer: str | Promise = "",
    about: str = "",
) -> HttpResponse:
    """Show the form, or do what it asks and go to the case; what is refused keeps what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            do()
        except Refused as refused:
            said(form, refused)
            form.seen_again()
        else:
            messages.success(request, _("Recorded."))
            return redirect(case)
    context = {"case": case, "form": form, "title": title, "answer": answer, "about": about}
    return render(request, "flow/case_act.html", context, status=422 if form.errors else 200)


def said(form: Any, refused: Refused) -> None:
    """Say every problem at its field, or over the form."""
    for problem in refused.problems:
        column = problem.place.column
        names = (f"{case_forms.ANSWER}{column}", column, "file" if problem.code.startswith("files.") else None)
        field = next((name for name in names if name in form.fields), None)
        place = "" if field else place_words(problem.place)
        text = " ".join(filter(None, (f"{place}：" if place else "", words(problem), remedy_words(problem))))
        form.add_error(field, text)


@needs("flow.act")
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One of the acts, for who may do it now; a case that has ended meanwhile says who ended it and with what."""
    case = opened(request, pk)
    found = ACTS.get(act)
    if found is None:
        raise Http404
    if request.method != "POST" and act not in queries.allowed_acts(request.user, case):
        raise PermissionDenied("flow.act")
    files = request.FILES if request.method == "POST" else None
    form = found.form(posted(request), files, case=case)
    return finish(
        request,
        case,
        form,
        lambda: found.do(request, case, dict(form.cleaned_data)),
        title=found.word,
        answer=found.answer,
    )


@needs("flow.act")
def step(request: HttpRequest, pk: int, step: int) -> HttpResponse:
    """Do a step of the procedure."""
    case = opened(request, pk)
    found = case.steps.filter(pk=step).first()
    if found is None:
        raise Http404
    if request.method != "POST" and found not in queries.my_steps(request.user, case):
        raise PermissionDenied("flow.act")
    form = case_forms.FieldsForm(posted(request), case=case, asked=case_forms.fields_of(found.form))

    def do() -> Any:
        return services.do_step(
            actor=request.user, step=found, answer=form.answer(), version=form.cleaned_data["version"]
        )

    return finish(request, case, form, do, title=found.title, answer=_("The next step follows from the answer."))


@needs("flow.act")
def learn(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a gateway of the procedure waits to know."""
    case = opened(request, pk)
    waiting = advancing.running_of(case).waiting() if case.is_running else ()
    if request.method != "POST" and (not waiting or "close" not in queries.allowed_acts(request.user, case)):
        raise PermissionDenied("flow.act")
    form = case_forms.FieldsForm(posted(request), case=case, asked=procedures.diagram_of(case.procedure).declared)

    def do() -> Any:
        return services.learn(actor=request.user, case=case, facts=form.answer(), version=form.cleaned_data["version"])

    about = "、".join(name for gate in waiting for name in gate.missing)
    title = _("Say what is not known yet")
    return finish(request, case, form, do, title=title, answer=_("The case goes on once it suffices."), about=about)


@needs("flow.act")
def part(request: HttpRequest, pk: int, part: int) -> HttpResponse:
    """Answer for a part, or take it back."""
    case = opened(request, pk)
    found = case.parts.select_related("unit").filter(pk=part).first()
    if found is None:
        raise Http404
    if request.method != "POST" and found not in queries.my_parts(request.user, case):
        raise PermissionDenied("flow.act")
    form = case_forms.AnswerForm(posted(request), case=case, part=found, actor=request.user)

    def do() -> Any:
        return services.answer_part(actor=request.user, part=found, **form.cleaned_data)

    title = _("Part of %(unit)s") % {"unit": found.unit}
    return finish(request, case, form, do, title=title, about=found.what)


@needs("flow.act")
def new(request: HttpRequest) -> HttpResponse:
    """Open a case by hand, of a kind for which the actor may."""
    organisation = request.user.organisation
    if request.looking_back or organisation is None or not kinds.openable(request.user):
        raise PermissionDenied("flow.open")
    first = {"kind": request.GET.get("kind", ""), "subject": request.GET.get("subject", "")}
    form = case_forms.OpenForm(posted(request), actor=request.user, area=organisation.area, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            data = dict(form.cleaned_data)
            subject = subject_called(request, data.pop("subject"))
            case = services.open_case(actor=request.user, area=organisation.area, subject=subject, **data)
        except Refused as refused:
            said(form, refused)
        else:
            messages.success(request, _("Case %(number)s is open.") % {"number": case.number})
            return redirect(case)
    context = {"form": form, "title": _("Open a case"), "answer": _("Its procedure says what is to be done first.")}
    return render(request, "flow/case_act.html", context, status=422 if form.errors else 200)


def subject_called(request: HttpRequest, text: str) -> Subject | None:
    """Whom a name or an id means among those whom the actor may see.

    Raises
    ------
    Refused : nobody, or several.
    """
    if not (text := text.strip()):
        return None
    seen = Subject.objects.visible_to(request.user)
    named = facts_at(Name.objects.filter(text=normalise(text)), on=request.today).order_by().values("subject")
    found = list(seen.filter(key__in=[text, f"{Subject.Kind.ENTERPRISE}:{text}"])) or list(seen.filter(pk__in=named))
    if len(found) == 1:
        return found[0]
    message = mark("“%(text)s” is the name of several.") if found else mark("Nobody is called “%(text)s”.")
    remedy = mark("Write the registered name or the id.")
    raise Refused(Problem("flow.subject", message, Place(column="subject"), remedy, params={"text": text[:100]}))
