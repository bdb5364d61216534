"""The queue, a case from an alarm, what was done in a case, and what measures did."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from zhizao.apps.assist import corrections, queries, reasons, services
from zhizao.apps.assist.forms import CorrectHelpForm, HelpForm
from zhizao.apps.assist.grid_queries import who_has
from zhizao.apps.assist.measures import Pack, pack_of
from zhizao.apps.assist.models import Help
from zhizao.apps.assist.queue import QueueRow, advised
from zhizao.apps.assist.tables import HelpedTable, QueueTable
from zhizao.apps.ledger.queries import indicators
from zhizao.apps.warning import queries as warning
from zhizao.base.accounts.access import needs
from zhizao.base.accounts.models import Area
from zhizao.base.facts.queries import today
from zhizao.base.flow.models import Case
from zhizao.base.ui import errors
from zhizao.base.ui.numbers import figure
from zhizao.base.ui.views import table_response
from zhizao.kernel.result import Refused


def own_area(request: HttpRequest) -> Area:
    """The area that the actor works for."""
    if request.user.organisation is None:
        raise PermissionDenied
    return request.user.organisation.area


@needs("assist.view")
def queue(request: HttpRequest) -> HttpResponse:
    """Who is helped first, and why."""
    area = own_area(request)
    rows = queries.queue(request.user, area, as_of=request.as_of)
    may_act = not request.looking_back and request.user.has_perm("assist.act", area)
    ranked = [row for row in rows if row.value_per_hour is not None]
    return table_response(
        request,
        table=QueueTable(rows, csrf_token=get_token(request) if may_act else ""),
        title=_("Help first"),
        source=source(request),
        template="assist/queue.html",
        context={
            "rows": rows,
            "answer": answer(rows),
            "first": ranked[0] if ranked else None,
            "first_reason": reasons.reason(ranked[0]) if ranked else "",
            "first_who": who_has(ranked[0].case) if ranked and ranked[0].case else None,
            "expected": sum(row.expected_loss_wan_yuan or 0.0 for row in ranked) if ranked else None,
            "with_case": sum(row.case is not None for row in rows),
            "unranked": len(rows) - len(ranked),
            "may_act": may_act,
            "simulated": any(row.simulated for row in rows),
        },
    )


def answer(rows: list[QueueRow]) -> str:
    """Whom to help first, in a sentence."""
    if not rows:
        return _("Nobody waits for help.")
    first = rows[0]
    if first.value_per_hour is None:
        return _("What is at stake is known of nobody in the queue: find out first.")
    words = {"name": first.name, "value": figure(first.value_per_hour, "万元", decimals=1), "n": len(rows)}
    text = ngettext(
        "Help “%(name)s” first: an hour avoids %(value)s 万元 of expected loss. %(n)d enterprise waits.",
        "Help “%(name)s” first: an hour avoids %(value)s 万元 of expected loss. %(n)d enterprises wait.",
        len(rows),
    )
    return text % words


def source(request: HttpRequest) -> str:
    """The foot of the page and of its file."""
    day = request.as_of or today()
    run = warning.latest_run(request.user, own_area(request), as_of=request.as_of)
    said = _("Alarms, cases and figures as known on %(day)s.") % {"day": day}
    return f"{said} {_('Run %(run)s.') % {'run': run.sha12}}" if run else said


@needs("assist.act")
@require_POST
def open_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the case of an alarm, or go to the one that is open."""
    if request.looking_back:
        raise PermissionDenied
    alarm = warning.alarm(request.user, pk)
    if alarm is None:
        raise Http404
    try:
        return redirect(services.open_for_alarm(actor=request.user, alarm=alarm))
    except Refused as refusal:
        return errors.refused(request, refusal)


@needs("assist.act")
def note_help(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a measure that was taken in a case."""
    case = Case.objects.visible_to(request.user).filter(pk=pk, kind__startswith="assist.").first()
    if case is None:
        raise Http404
    if request.looking_back:
        raise PermissionDenied
    pack = pack_of(case.area, today())
    fitting = advised(case, pack)
    first = {"measure": fitting.key if fitting else None, "taken_on": request.today}
    form = HelpForm(request.POST or None, measures=pack.measures, initial=first)
    do = partial(services.note_help, actor=request.user, case=case)
    return _written(request, case, form, do, _("What was done"))


@needs("assist.act")
def correct_help(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down anew which measure was taken."""
    one = Help.objects.visible_to(request.user).filter(pk=pk).select_related("case__area").first()
    if one is None:
        raise Http404
    if request.looking_back or not request.user.has_perm(corrections.CORRECT, one):
        raise PermissionDenied
    first = {"measure": one.measure, "hours": one.hours, "taken_on": one.taken_on}
    form = CorrectHelpForm(request.POST or None, measures=pack_of(one.area, today()).measures, initial=first)
    do = partial(corrections.correct_help, actor=request.user, help_=one)
    return _written(request, one.case, form, do, _("Correct what was done"))


def _written(request: HttpRequest, case: Case, form: HelpForm, do: Callable[..., object], title: str) -> HttpResponse:
    """Show a form of a case, or do what it asks and go back to the case."""
    if request.method == "POST" and form.is_valid():
        try:
            do(**form.cleaned_data)
        except Refused as refusal:
            for problem in refusal.problems:
                form.add_error(None, f"{_(problem.message) % problem.params} {_(problem.remedy) % problem.params}")
        else:
            return redirect(case)
    context = {"form": form, "case": case, "title": title}
    return render(request, "assist/effect_note.html", context, status=400 if form.is_bound else 200)


@needs("assist.view")
def helped(request: HttpRequest) -> HttpResponse:
    """What measures did, over their cases."""
    area = own_area(request)
    pack = pack_of(area, request.as_of or today())
    settings = pack.stakes.effects
    indicator = _chosen(request.GET.get("indicator", ""), settings.indicators)
    months = int(_chosen(request.GET.get("months", ""), [str(one) for one in settings.months]))
    rows = queries.what_helped(request.user, area, indicator=indicator, months=months, as_of=request.as_of)
    named = {one.key: one for one in indicators()}
    return table_response(
        request,
        table=HelpedTable(rows),
        title=_("What helped"),
        source=_("Effects of closed cases as known on %(day)s.") % {"day": request.as_of or today()},
        template="assist/effect_measures.html",
        context={
            "answer": _answer_of(rows, pack),
            "indicator": named.get(indicator, indicator),
            "months": months,
            "choices": [(key, named.get(key, key)) for key in settings.indicators],
            "chosen": indicator,
            "spans": settings.months,
            "level": round(settings.level * 100),
        },
    )


def _chosen(text: str, known: tuple[str, ...] | list[str]) -> str:
    return text if text in known else known[0]


def _answer_of(rows: list[queries.Helped], pack: Pack) -> str:
    told = [row for row in rows if row.found.effect_pct is not None]
    if not told:
        return _("No measure has enough closed cases yet to say what it did.")
    best = max(told, key=lambda row: -math.inf if row.found.low is None else row.found.low)
    words = {
        "name": best.measure.name,
        "effect": figure(best.found.effect_pct, "%", decimals=1),
        "low": figure(best.found.low, "%", decimals=1),
        "high": figure(best.found.high, "%", decimals=1),
        "n": best.found.cases,
        "level": round(pack.stakes.effects.level * 100),
    }
    if best.found.low is not None and best.found.low <= 0:
        text = _(
            "No measure has shown yet that it helps. Nearest to it is “%(name)s”: mean effect %(effect)s%% over %(n)s "
            "cases, %(level)s%% interval %(low)s%% to %(high)s%%."
        )
    else:
        text = _(
            "“%(name)s”: mean effect %(effect)s%% over %(n)s cases (%(level)s%% interval %(low)s%% to %(high)s%%)."
        )
    return text % words
