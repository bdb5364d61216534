"""The pages that act on the register: each a form with its reasons, refused in words at the field it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhizao.apps.registry import describe, dossier, queries, services
from zhizao.apps.registry.forms import CertificateForm, EnterForm, FactForm, MergeForm, SplitForm, TakeBackForm
from zhizao.apps.registry.models import Certificate
from zhizao.apps.registry.views import may_edit, opened
from zhizao.base.accounts.access import needs
from zhizao.base.facts.models import Name, Subject
from zhizao.base.jobs.problems import refuse
from zhizao.kernel.result import Problem, Refused, mark


def editable(request: HttpRequest, key: str) -> Subject:
    """The enterprise of the address, which the actor must be allowed to change; nothing is changed looking back."""
    subject = opened(request, key)
    if not may_edit(request, subject):
        raise PermissionDenied
    return subject


def act(
    request: HttpRequest,
    *,
    form: forms.Form,
    do: Callable[[dict[str, Any]], Any],
    subject: Subject | None,
    title: str,
    answer: str,
    button: str,
    field: str | None = None,
) -> HttpResponse:
    """Show the form, or do what it asks and go to the enterprise's file."""
    if request.method == "POST" and form.is_valid():
        try:
            result = do(form.cleaned_data)
        except Refused as refused:
            refuse(form, refused, field=field)
        else:
            entered = result if isinstance(result, Subject) else None
            target = entered or subject
            said = _("Recorded.") if result else _("It was so already; nothing has changed.")
            messages.success(request, said)
            return redirect(reverse("registry:file", args=[target.id_part]))
    name = ""
    if subject is not None:
        line = dossier.line(subject, queries.view())
        name = line.name if line else subject.id_part
    context = {"form": form, "subject": subject, "name": name, "title": title, "answer": answer, "button": button}
    return render(request, "registry/act.html", context, status=422 if form.errors else 200)


def posted(request: HttpRequest) -> Any:
    """The form's data if it was sent."""
    return request.POST if request.method == "POST" else None


@needs("registry.edit")
def enter(request: HttpRequest) -> HttpResponse:
    """Enter an enterprise by hand."""
    if request.looking_back or request.user.organisation is None:
        raise PermissionDenied
    area = request.user.organisation.area

    def do(data: dict[str, Any]) -> Subject:
        return services.enter(actor=request.user, area=area, **data)

    return act(
        request,
        form=EnterForm(posted(request)),
        do=do,
        subject=None,
        title=_("Enter an enterprise"),
        answer=_("It gets an id of its own, which it keeps under every later name."),
        button=_("Enter"),
        field="name",
    )


@needs("registry.edit")
def state(request: HttpRequest, key: str) -> HttpResponse:
    """State one fact."""
    subject = editable(request, key)
    return act(
        request,
        form=FactForm(posted(request), initial={"valid_from": request.today, "what": request.GET.get("what")}),
        do=lambda data: stated(request, subject, data),
        subject=subject,
        title=_("State a fact"),
        answer=_("What was recorded for other days, and what was known before, stays as it is."),
        button=_("Record"),
        field="value",
    )


def stated(request: HttpRequest, subject: Subject, data: dict[str, Any]) -> Any:
    """The service that a fact of the form calls for."""
    what, _colon, which = data["what"].partition(":")
    common = {"actor": request.user, "subject": subject, "source": data["source"]}
    days = {"valid_from": data["valid_from"], "valid_to": data["valid_to"]}
    match what:
        case "attribute":
            return services.set_attribute(name=which, value=data["value"], **days, **common)
        case "tree":
            return services.join(tree=which, parent=data["value"], **days, **common)
        case "code":
            return services.set_code(code=data["value"], valid_from=data["valid_from"], **common)
        case _:
            if which == Name.Kind.REGISTERED:
                return services.rename(name=data["value"], since=data["valid_from"], **common)
            return services.add_name(kind=which, text=data["value"], **common)


@needs("registry.edit")
def certify(request: HttpRequest, key: str) -> HttpResponse:
    """Record a certificate."""
    subject = editable(request, key)
    return act(
        request,
        form=CertificateForm(posted(request)),
        do=lambda data: services.certify(actor=request.user, certificate=Certificate(subject=subject, **data)),
        subject=subject,
        title=_("Record a certificate"),
        answer=_("A certificate counts for its days and runs out by itself."),
        button=_("Record"),
    )


@needs("registry.edit")
def take_back(request: HttpRequest, key: str, model: str, pk: int) -> HttpResponse:
    """End or withdraw one fact."""
    subject = editable(request, key)
    fact = dossier.fact(subject, model, pk)
    if fact is None or fact.withdrawn or model == "absorption":  # a merge is undone by a split
        raise Http404
    called = queries.parent_names([fact.parent], queries.view()) if model == "membership" else {}
    return act(
        request,
        form=TakeBackForm(posted(request)),
        do=lambda data: services.take_back(actor=request.user, fact=fact, **data),
        subject=subject,
        title=_("End or withdraw a fact"),
        answer=f"{describe.label(fact)}: {describe.value(fact, called)}",
        button=_("Record"),
    )


@needs("registry.edit")
def merge(request: HttpRequest, key: str) -> HttpResponse:
    """Let a record go on in another."""
    subject = editable(request, key)

    def do(data: dict[str, Any]) -> Any:
        survivor = queries.enterprise(request.user, data.pop("survivor").strip().removeprefix("enterprise:"))
        if survivor is None:
            raise unknown()
        return services.merge(actor=request.user, absorbed=subject, survivor=survivor, **data)

    return act(
        request,
        form=MergeForm(posted(request)),
        do=do,
        subject=subject,
        title=_("Merge into another record"),
        answer=_("Nothing is deleted: this id still opens and leads on, and a split undoes it."),
        button=_("Merge"),
        field="survivor",
    )


def unknown() -> Refused:
    """The refusal of an id that the actor has no enterprise for."""
    return Refused(
        Problem(
            "registry.no_such",
            mark("There is no such enterprise in your area."),
            remedy=mark("Copy the id from its file."),
        )
    )


@needs("registry.edit")
def split(request: HttpRequest, key: str) -> HttpResponse:
    """Undo a merge."""
    subject = editable(request, key)
    if queries.survivor(subject, queries.view()) is None:
        raise Http404
    return act(
        request,
        form=SplitForm(posted(request)),
        do=lambda data: services.split(actor=request.user, absorbed=subject, **data),
        subject=subject,
        title=_("Undo the merge"),
        answer=_("The record stands for itself again, with all that was recorded of it."),
        button=_("Split"),
    )
