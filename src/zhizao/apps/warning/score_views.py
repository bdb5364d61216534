"""The pages of the score: how good alarms were, what was missed, thresholds, and what a person says of an alarm."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from zhizao.apps.warning import outcomes, queries, score_charts, scoring, tuning
from zhizao.apps.warning.models import Alarm
from zhizao.apps.warning.opening import link, of_area
from zhizao.apps.warning.score_forms import ChoiceForm, JudgeForm
from zhizao.apps.warning.score_tables import MissedTable, PointTable, ScoreTable
from zhizao.apps.warning.scoring import Scores
from zhizao.apps.warning.tuning import Curve
from zhizao.base.accounts.access import needs
from zhizao.base.accounts.models import Area
from zhizao.base.facts import queries as facts
from zhizao.base.jobs.problems import refuse
from zhizao.base.ui import numbers
from zhizao.base.ui.views import table_response
from zhizao.kernel.result import Refused


def _may(request: HttpRequest, permission: str, target: object) -> bool:
    return not request.looking_back and request.user.has_perm(permission, target)


@needs("warning.view")
@of_area
def scores(request: HttpRequest, area: Area) -> HttpResponse:
    """How good alarms were, by rule."""
    told = scoring.scores(request.user, area, as_of=request.as_of)
    context = {
        "area": area,
        "told": told,
        "answer": _answer(told),
        "may_run": _may(request, "warning.run", area),
        "thresholds": [
            (one, link(request, "warning:threshold", one.rule, one.parameter))
            for one in tuning.curves(request.user, area, as_of=request.as_of)
        ],
        "finding": _finding(told),
        "data": link(request, "warning:reliability_data"),
        "missed": told.missed[:5],
        "missed_href": link(request, "warning:missed"),
    }
    title = _("How good alarms were")
    return table_response(
        request, table=ScoreTable(list(told.rows)), title=title, template="warning/scores.html", context=context
    )


def _answer(told: Scores) -> str:
    """How good they were, in a sentence."""
    whole = told.whole
    if whole is None or whole.recall is None or whole.precision is None:
        return _("No alarm has been looked back on yet.")
    figures = {
        "found": whole.recall.hits,
        "events": whole.recall.of,
        "recall": numbers.figure(100 * whole.recall.value, decimals=0),
        "precision": numbers.figure(100 * whole.precision.value, decimals=0),
        "false": numbers.figure(1000 * whole.false_per_1000.value, decimals=1) if whole.false_per_1000 else "—",
    }
    return (
        _(
            "Of %(events)s confirmed falls %(found)s (%(recall)s%%) were told within two months; %(precision)s%% of the"
            " alarms judged were true, %(false)s false ones per 1,000 enterprise-months."
        )
        % figures
    )


def _finding(told: Scores) -> str:
    """Whether alarms were as often true as said."""
    off = [part for part in told.classes if not part.came.low <= part.said_true <= part.came.high]
    if not told.classes:
        return _("No alarm has an outcome yet")
    if not off:
        return _("Alarms were true as often as said")
    return ngettext(
        "In %(count)s of %(all)s classes alarms were true more or less often than said",
        "In %(count)s of %(all)s classes alarms were true more or less often than said",
        len(off),
    ) % {"count": len(off), "all": len(told.classes)}


@needs("warning.view")
@of_area
def reliability_data(request: HttpRequest, area: Area) -> JsonResponse:
    """What the chart of said against came draws."""
    told = scoring.scores(request.user, area, as_of=request.as_of)
    return JsonResponse(score_charts.reliability(told, title=_finding(told)))


@needs("warning.view")
@of_area
def missed(request: HttpRequest, area: Area) -> HttpResponse:
    """Falls that no alarm told in time."""
    told = scoring.scores(request.user, area, as_of=request.as_of)
    context = {"area": area, "count": len(told.missed), "told": told, "scores_href": link(request, "warning:scores")}
    title = _("Falls that were missed")
    return table_response(
        request, table=MissedTable(list(told.missed)), title=title, template="warning/missed.html", context=context
    )


@needs("warning.run")
@require_POST
@of_area
def look_back(request: HttpRequest, area: Area) -> HttpResponse:
    """Have alarms judged by what came after; a job does it."""
    if request.looking_back:
        raise PermissionDenied
    return redirect(outcomes.start(actor=request.user, area=area))


def _curve(request: HttpRequest, area: Area, rule: str, parameter: str) -> Curve:
    found = tuning.curve(request.user, area, rule, parameter, as_of=request.as_of)
    if found is None:
        raise Http404
    return found


@needs("warning.view")
@of_area
def threshold(request: HttpRequest, area: Area, rule: str, parameter: str) -> HttpResponse:
    """A threshold: its curve, what another value would change, what was published."""
    told = _curve(request, area, rule, parameter)
    form = ChoiceForm(told=told, initial=_begin(request, area, told))
    return _threshold_page(request, area, told, form)


def _begin(request: HttpRequest, area: Area, told: Curve) -> dict[str, Any]:
    """What the form begins with: the value looked at, from the first of next month on."""
    next_month = (facts.today().replace(day=1) + timedelta(days=31)).replace(day=1)
    return {
        "value": str(_looked_at(request, told)),
        "effective_from": next_month,
        "seen": _last_choice(area, told),
    }


def _last_choice(area: Area, told: Curve) -> int | None:
    own = [one.pk for one in tuning.choices(area, told.rule, told.parameter) if one.area_id == area.pk]
    return max(own, default=None)


def _looked_at(request: HttpRequest, told: Curve) -> Decimal:
    """The value of the address; the one in force where it names none of the curve's."""
    try:
        value = Decimal(request.POST.get("value") or request.GET.get("value") or told.in_force)
    except InvalidOperation:
        value = told.in_force
    return value if told.point(value) else told.in_force


def _threshold_page(
    request: HttpRequest, area: Area, told: Curve, form: ChoiceForm, *, status: int = 200
) -> HttpResponse:
    value = _looked_at(request, told)
    changes = tuning.change(told, value)
    names = _names([*changes.more, *changes.fewer], request) if changes else {}
    context = {
        "area": area,
        "told": told,
        "point": told.point(value),
        "value": value,
        "is_other": value != told.in_force,
        "more": [names[key] for key in changes.more] if changes else [],
        "fewer": [names[key] for key in changes.fewer] if changes else [],
        "same": changes.same if changes else 0,
        "form": form,
        "publish": link(request, "warning:publish", told.rule, told.parameter),
        "may_tune": _may(request, "warning.tune", area),
        "history": tuning.choices(area, told.rule, told.parameter, as_of=request.as_of),
        "data": link(request, "warning:threshold_data", told.rule, told.parameter),
        "scores_href": link(request, "warning:scores"),
        "bound": tuning.bound_of(area, told.rule, as_of=request.as_of),
    }
    title = _("Threshold: %(rule)s") % {"rule": told.title}
    table = PointTable(told.points, in_force=told.in_force, chosen=value, unit=told.unit)
    response = table_response(request, table=table, title=title, template="warning/threshold.html", context=context)
    if status != 200:
        response.status_code = status
    return response


def _names(keys: list[str], request: HttpRequest) -> dict[str, str]:
    """Names of enterprises by key; one that the reader may not see is not named."""
    from zhizao.base.facts.models import Subject

    seen = dict(Subject.objects.visible_to(request.user).filter(key__in=keys).values_list("key", "pk"))
    names = facts.names(seen.values(), on=request.as_of or facts.today(), as_of=request.as_of)
    return {key: names.get(seen[key], key.partition(":")[2]) if key in seen else _("an enterprise") for key in keys}


@needs("warning.view")
@of_area
def threshold_data(request: HttpRequest, area: Area, rule: str, parameter: str) -> JsonResponse:
    """What the curve of a threshold draws."""
    return JsonResponse(score_charts.curve(_curve(request, area, rule, parameter), title=_("Recall and false alarms")))


@needs("warning.tune")
@require_POST
@of_area
def publish(request: HttpRequest, area: Area, rule: str, parameter: str) -> HttpResponse:
    """Publish a threshold; refused, the page shows what was typed."""
    if request.looking_back:
        raise PermissionDenied
    told = _curve(request, area, rule, parameter)
    form = ChoiceForm(request.POST, told=told)
    if form.is_valid():
        try:
            tuning.publish(actor=request.user, area=area, rule=rule, parameter=parameter, **form.cleaned_data)
        except Refused as refused:
            refuse(form, refused)
            form.data = form.data.copy()
            form.data["seen"] = _last_choice(area, told)  # what the reader now sees
        else:
            return redirect(link(request, "warning:threshold", rule, parameter))
    return _threshold_page(request, area, told, form, status=422)


@needs("warning.judge")
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what became of an alarm; refused, the page shows what was typed and what was said meanwhile."""
    alarm = queries.alarm(request.user, pk, as_of=request.as_of)
    if alarm is None:
        raise Http404
    if request.looking_back or not request.user.has_perm("warning.judge", alarm):
        raise PermissionDenied
    form = JudgeForm(request.POST or None, initial={"seen": last_said(alarm)})
    if request.method == "POST" and form.is_valid():
        try:
            outcomes.judge(actor=request.user, alarm=alarm, **form.cleaned_data)
        except Refused as refused:
            refuse(form, refused)
            form.data = form.data.copy()
            form.data["seen"] = last_said(alarm)
        else:
            return redirect(alarm)
    context = {"alarm": alarm, "form": form, "said": said_of(alarm), "sentence": queries.sentence(alarm)}
    return render(request, "warning/judge.html", context, status=422 if form.errors else 200)


def last_said(alarm: Alarm) -> int | None:
    """The primary key of what a person said last."""
    found = alarm.outcomes.filter(by_rule=False).order_by("at", "pk").last()
    return found.pk if found else None


def said_of(alarm: Alarm, *, as_of: Any = None) -> list[Any]:
    """Everything that was said of an alarm by the end of a day, the last first."""
    rows = alarm.outcomes.filter(at__lte=facts.instant(as_of)).select_related("actor")
    return list(rows.order_by("-at", "-pk"))
