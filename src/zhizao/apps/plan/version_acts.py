"""The pages that act on versions: give a draft up, bring it up to date, begin the next plan, name the plan above."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from zhizao.apps.plan import amending, checking, comparison, queries
from zhizao.apps.plan.editing import opened
from zhizao.apps.plan.forms import DiscardForm
from zhizao.apps.plan.models import PlanVersion
from zhizao.apps.plan.opening import link, of_plan
from zhizao.base.accounts.access import needs
from zhizao.base.jobs.problems import refuse
from zhizao.kernel.result import Refused

if TYPE_CHECKING:
    from zhizao.engines.planlint.versions.rollover import RollOver


@needs("plan.edit")
@of_plan
def discard(request: HttpRequest, version: PlanVersion, number: int) -> HttpResponse:
    """Give a draft up, with the reason."""
    version = opened(request, version, number)
    form = DiscardForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            amending.discard_draft(actor=request.user, version=version, reason=form.cleaned_data["reason"])
        except Refused as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("Version %(number)s is discarded.") % {"number": number})
            return redirect(_versions(version))
    context = {"form": form, "version": version, "plan": version.plan}
    return render(request, "plan/discard.html", context, status=422 if form.errors else 200)


@needs("plan.edit")
@of_plan
def update(request: HttpRequest, version: PlanVersion, number: int) -> HttpResponse:
    """Put into a draft what the version in force has changed meanwhile."""
    version = opened(request, version, number)
    form = forms.Form(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            _draft, conflicts = amending.bring_up_to_date(actor=request.user, version=version)
        except Refused as refused:
            refuse(form, refused)
        else:
            said = ngettext(
                "Version %(number)s is up to date; %(n)s value was changed by both sides.",
                "Version %(number)s is up to date; %(n)s values were changed by both sides.",
                conflicts,
            )
            messages.success(request, said % {"number": number, "n": conflicts})
            return redirect(link(request, "plan:review", number))
    current = queries.in_force(version.plan)
    base = version.based_on
    changed = comparison.difference(base, current) if base and current else None
    context = {"form": form, "version": version, "plan": version.plan, "current": current, "changed": changed}
    return render(request, "plan/update.html", context, status=422 if form.errors else 200)


class NextPlanForm(forms.Form):
    """What is known at the end of a plan: an actual for each target, which projects are finished and which are late."""

    finished = forms.MultipleChoiceField(
        label=gettext_lazy("Projects that are finished"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The others are carried into the next plan with the money that remains."),
    )

    late = forms.MultipleChoiceField(
        label=gettext_lazy("Projects that are late"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "By their dates they are finished and are left out. One marked here is carried; when it ends and what it"
            " still costs is unknown."
        ),
    )

    def __init__(self, data: Any = None, *, targets: list[dict[str, Any]], preview: RollOver, year: int) -> None:
        super().__init__(data)
        self.year = year
        self.keys = {f"actual_{n}": str(target["id"]) for n, target in enumerate(targets)}
        for name, target in zip(self.keys, targets, strict=True):
            label = f"{target['name']}（{target['unit']}）" if target["unit"] else str(target["name"])
            self.fields[name] = forms.DecimalField(
                label=label, required=False, max_digits=20, decimal_places=6, localize=False
            )
        self.fields["finished"].choices = [(name, name) for name in dict.fromkeys(preview.carried)]
        self.fields["late"].choices = [(name, name) for name in dict.fromkeys(preview.finished)]
        self.order_fields([*self.keys, "finished", "late"])

    @property
    def actuals(self) -> dict[str, tuple[int, Decimal]]:
        """By key of the target the year and its actual, where one was given."""
        values = {key: self.cleaned_data.get(name) for name, key in self.keys.items()}
        return {key: (self.year, value) for key, value in values.items() if value is not None}


@needs("plan.edit")
@of_plan
def next_plan(request: HttpRequest, version: PlanVersion, number: int) -> HttpResponse:
    """Begin the next plan: say what was reached and what is finished, and look at the draft that comes of it."""
    from zhizao.engines.planlint.versions.rollover import roll_over

    version = opened(request, version, number)
    facts = checking.facts_of(version)
    context: dict[str, Any] = {"version": version, "plan": version.plan}
    try:
        preview = roll_over(facts)
    except Refused as refused:
        form = forms.Form(request.POST or {})
        refuse(form, refused)
        return render(request, "plan/next.html", context | {"form": form, "preview": None}, status=422)
    year = int(preview.pack.meta["base_year"])
    ended = [row for row in facts["indicators"] if row.get("target_year") == year]
    form = NextPlanForm(posted(request), targets=ended, preview=preview, year=year)
    if request.method == "POST" and form.is_valid():
        known = {name: form.cleaned_data[name] for name in ("finished", "late")}
        try:
            draft = amending.roll_over(actor=request.user, version=version, actuals=form.actuals, **known)
        except Refused as refused:
            refuse(form, refused)
        else:
            return redirect(
                f"{reverse('plan:review', args=[draft.number])}?plan={draft.plan.slug}&version={draft.number}"
            )
    listed = [(target, form[name]) for target, name in zip(ended, form.keys, strict=True)]
    context |= {"form": form, "preview": preview, "year": year, "next": preview.pack.meta, "rows": listed}
    return render(request, "plan/next.html", context, status=422 if form.errors else 200)


@needs("plan.edit")
@require_POST
@of_plan
def set_parent(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    """Name the plan above, or none."""
    if request.looking_back or not request.user.has_perm("plan.edit", version):
        raise PermissionDenied
    slug = request.POST.get("parent", "")
    parent = queries.plans(request.user).filter(slug=slug).first() if slug else None
    if slug and parent is None:
        raise Http404
    try:
        amending.set_parent(actor=request.user, plan=version.plan, parent=parent)
    except Refused as refused:
        messages.error(request, " ".join(map(str, refused.problems)))
    else:
        messages.success(request, _("The plan above is noted."))
    return redirect(link(request, "plan:parent"))


def posted(request: HttpRequest) -> Any:
    """What was sent with the form; nothing where it is only looked at."""
    return request.POST if request.method == "POST" else None


def _versions(version: PlanVersion) -> str:
    """The list of versions without the number in the address: that version may be seen by nobody now."""
    return f"{reverse('plan:versions')}?plan={version.plan.slug}"
