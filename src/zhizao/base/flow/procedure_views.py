"""The pages of procedures: which are in force, one with its diagram, and a new version from file to force."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from zhizao.base.accounts.access import needs
from zhizao.base.accounts.models import Area
from zhizao.base.accounts.roles import Role
from zhizao.base.accounts.scoping import area_path
from zhizao.base.files import uploads
from zhizao.base.flow import procedures as held
from zhizao.base.flow.diagram import OWNER, SUBJECT, Diagram, Kind, Node
from zhizao.base.flow.drawing import draw
from zhizao.base.flow.fields import Field
from zhizao.base.flow.models import Procedure
from zhizao.base.flow.xml import MOST_BYTES
from zhizao.base.jobs.problems import refuse
from zhizao.base.ui import exports
from zhizao.kernel.result import Refused

BPMN: Final = "application/xml"
WHO: Final = dict(Role.choices) | {
    OWNER: gettext_lazy("who has the case"),
    SUBJECT: gettext_lazy("the enterprise"),
}
ACTS: Final = {
    "go": gettext_lazy("goes on"),
    "remind": gettext_lazy("reminds"),
    "escalate": gettext_lazy("reports to the head"),
}
CHANGES: Final = {
    "added": ("good", gettext_lazy("new")),
    "removed": ("bad", gettext_lazy("gone")),
    "changed": ("watch", gettext_lazy("changed")),
}
WHAT: Final = {
    "element": gettext_lazy("element"),
    "way": gettext_lazy("way"),
    "condition": gettext_lazy("condition"),
    "name": gettext_lazy("name"),
    "english": gettext_lazy("words in English"),
    "role": gettext_lazy("who does it"),
    "days": gettext_lazy("working days"),
    "hours": gettext_lazy("hours"),
    "form": gettext_lazy("what is asked"),
    "act": gettext_lazy("what the timer does"),
    "interrupting": gettext_lazy("ends the step"),
    "instruction": gettext_lazy("instruction"),
}


class ProposeForm(forms.Form):
    """The file of a new version."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("BPMN 2.0 from any modeller, 1 MiB at most."),
        widget=forms.ClearableFileInput(attrs={"accept": ".bpmn,.xml"}),
    )


class PublishForm(forms.Form):
    """A new version that was looked at: its text, and what is new."""

    content = forms.CharField(widget=forms.HiddenInput, strip=False)
    note = forms.CharField(
        label=gettext_lazy("What is new"),
        max_length=held.LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One sentence: what changes and why."),
    )


def area_of(request: HttpRequest) -> Area:
    """The reader's own area, in which he may publish."""
    if area_path(request.user) is None:
        raise Http404
    return request.user.organisation.area


def shown_area(request: HttpRequest) -> Area:
    """The area whose procedures a page shows: ``?area=``, one below the reader's own, else his own."""
    own = area_of(request)
    if not (code := request.GET.get("area", "")):
        return own
    found = Area.objects.filter(code=code, path__startswith=own.path).first()
    if found is None:
        raise Http404
    return found


def may_publish(request: HttpRequest, area: Area) -> bool:
    own = area.pk == area_of(request).pk
    return own and request.user.has_perm("flow.publish") and not request.looking_back


def _in_force(request: HttpRequest, key: str, area: Area) -> Procedure:
    try:
        return held.in_force(area, key, as_of=request.as_of)
    except Refused:
        raise Http404 from None


@needs("flow.procedures")
def procedures(request: HttpRequest) -> HttpResponse:
    """Each procedure as it holds here, or in an area below, and the running cases that follow it or an earlier version;
    and what the areas below changed for themselves.
    """
    area, counts = shown_area(request), held.running(request.user)
    rows = []
    for one in held.all_in_force(area, as_of=request.as_of):
        versions = held.known(area, one.key, as_of=request.as_of)
        rows.append(
            {
                "procedure": one,
                "title": one.title,
                "link": _link(request, one.key, area),
                "steps": len(held.diagram_of(one).steps),
                "here": counts.get(one.pk, 0),
                "elsewhere": sum(counts.get(version.pk, 0) for version in versions if version.pk != one.pk),
            }
        )
    own = sum(row["procedure"].area_id == area.pk for row in rows)
    answer = ngettext(
        "%(n)s procedure is in force, %(own)s of them changed here.",
        "%(n)s procedures are in force, %(own)s of them changed here.",
        len(rows),
    ) % {"n": len(rows), "own": own}
    below = [
        {"procedure": one, "link": _link(request, one.key, one.area), "running": counts.get(one.pk, 0)}
        for one in held.below(request.user, area, as_of=request.as_of)
    ]
    context = {
        "rows": rows,
        "answer": answer,
        "title": _("Procedures"),
        "below": below,
        "area": area,
        "of_below": area.pk != area_of(request).pk,
    }
    return render(request, "flow/procedures.html", context)


def _link(request: HttpRequest, key: str, area: Area) -> str:
    """The page of a procedure as it holds in an area."""
    own = area.pk == area_of(request).pk
    return reverse("flow:procedure", args=[key], query=None if own else {"area": area.code})


@needs("flow.procedures")
def procedure(request: HttpRequest, key: str) -> HttpResponse:
    """One version of a procedure, by default that in force: its diagram, its steps, its versions."""
    area, counts = shown_area(request), held.running(request.user)
    current = _in_force(request, key, area)
    versions = sorted(held.known(area, key, as_of=request.as_of), key=_order, reverse=True)
    asked = request.GET.get("version", "")
    shown = next((one for one in versions if str(one.pk) == asked), None) if asked else current
    if shown is None:
        raise Http404
    diagram = held.diagram_of(shown)
    context = {
        "procedure": shown,
        "current": current,
        "title": shown.title,
        "diagram": diagram,
        "svg": draw(diagram, title=_("Diagram of “%(name)s”") % {"name": shown.title}),
        "steps": step_rows(diagram),
        "versions": [(one, counts.get(one.pk, 0)) for one in versions],
        "elsewhere": sum(counts.get(one.pk, 0) for one in versions if one.pk != current.pk),
        "may_publish": may_publish(request, area),
        "area": area,
        "of_below": area.pk != area_of(request).pk,
    }
    return render(request, "flow/procedure.html", context)


def _order(procedure: Procedure) -> tuple[int, int]:
    """The nearest area's first, of one area the latest."""
    return (len(procedure.area.path) if procedure.area else 0, procedure.version)


def step_rows(diagram: Diagram) -> list[dict[str, Any]]:
    """The steps as the table under the diagram has them."""
    return [
        {
            "step": step,
            "who": WHO.get(step.role, step.role),
            "asked": [_asked(field) for field in step.form],
            "timers": [_timer(timer) for timer in diagram.timers_of(step.id)],
            "next": _next(diagram, step),
        }
        for step in diagram.steps.values()
    ]


def _asked(field: Field) -> str:
    options = " / ".join(label for _value, label in field.choices)
    words = {"label": field.title, "options": options}
    return _("%(label)s (%(options)s)") % words if options else field.title


def _timer(timer: Node) -> str:
    wait = timer.wait
    if wait is not None and wait.working_days:
        after = ngettext("after %(n)s working day", "after %(n)s working days", wait.working_days)
        told = after % {"n": wait.working_days}
    else:
        hours = wait.hours if wait is not None else 0
        told = ngettext("after %(n)s hour", "after %(n)s hours", hours) % {"n": hours}
    what = _("the step ends") if timer.interrupting else ACTS[timer.act]
    return _("%(name)s: %(when)s %(what)s") % {"name": timer.title or timer.id, "when": told, "what": what}


def _next(diagram: Diagram, step: Node) -> list[str]:
    """What can follow a step: through gateways, with the words of the ways."""
    found: list[str] = []
    open_ = [(flow, "") for flow in diagram.outgoing(step.id)]
    seen: set[str] = set()
    while open_:
        flow, words = open_.pop(0)
        if flow.id in seen:
            continue
        seen.add(flow.id)
        node = diagram.nodes[flow.target]
        words = " · ".join(part for part in (words, flow.title) if part)
        if node.kind in (Kind.EXCLUSIVE, Kind.PARALLEL):
            open_ += [(after, words) for after in diagram.outgoing(node.id)]
        else:
            name = node.title or (_("end") if node.kind is Kind.END else node.id)
            found.append(_("%(words)s: %(name)s") % {"words": words, "name": name} if words else name)
    return found


@needs("flow.procedures")
def procedure_file(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """A version as the file that modellers open."""
    found = held.readable(request.user, as_of=request.as_of).filter(key=key, pk=version).first()
    if found is None:
        raise Http404
    return exports.attachment(found.content.encode(), f"{found.key}-{found.version}{held.ENDING}", BPMN)


@needs("flow.publish")
def propose(request: HttpRequest, key: str) -> HttpResponse:
    """Take the file of a new version in, and show what it changes; nothing is stored."""
    if request.looking_back:
        raise PermissionDenied
    current = _in_force(request, key, area_of(request))
    form = ProposeForm(request.POST, request.FILES) if request.method == "POST" else ProposeForm()
    if request.method == "POST" and form.is_valid():
        try:
            upload = uploads.take(request, "file")
            text, diagram = held.proposed(area_of(request), key, upload.read(MOST_BYTES + 1), upload.name or key)
        except Refused as refused:
            refuse(form, refused, field="file")
        else:
            return _preview(request, current, PublishForm(initial={"content": text}), diagram)
    context = {"procedure": current, "title": current.title, "form": form}
    return render(request, "flow/propose.html", context, status=422 if form.errors else 200)


def _preview(
    request: HttpRequest, current: Procedure, form: PublishForm, diagram: Diagram | None, status: int = 200
) -> HttpResponse:
    counts = held.running(request.user)
    differences = held.changes(held.diagram_of(current), diagram) if diagram else []
    context = {
        "procedure": current,
        "title": current.title,
        "form": form,
        "diagram": diagram,
        "svg": draw(diagram, title=_("Diagram of the new version")) if diagram else "",
        "steps": step_rows(diagram) if diagram else [],
        "changes": list(_worded(differences)),
        "running": sum(counts.get(one.pk, 0) for one in held.known(area_of(request), current.key)),
    }
    return render(request, "flow/publish.html", context, status=status)


def _worded(changes: Iterable[held.Change]) -> Iterable[dict[str, Any]]:
    for change in changes:
        kind, word = CHANGES[change.kind]
        was, now = change.before, change.after
        if change.what == "role":
            was, now = str(WHO.get(was, was)), str(WHO.get(now, now))
        yield {"kind": kind, "word": word, "what": WHAT[change.what], "element": change.element, "was": was, "now": now}


@needs("flow.publish")
@require_POST
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Put the version that was looked at into force."""
    if request.looking_back:
        raise PermissionDenied
    area = area_of(request)
    current = _in_force(request, key, area)
    form, diagram, content = PublishForm(request.POST), None, request.POST.get("content", "").encode()
    try:
        if form.is_valid():
            made = held.publish(actor=request.user, area=area, key=key, content=content, note=form.cleaned_data["note"])
            said = _("Version %(number)s is in force; cases that are running keep theirs.")
            messages.success(request, said % {"number": made.version})
            return redirect("flow:procedure", key=key)
        _text, diagram = held.proposed(area, key, content, f"{key}{held.ENDING}")
    except Refused as refused:
        refuse(form, refused)
    return _preview(request, current, form, diagram, status=422)
