"""What the cockpit's pages say in words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhizao.apps.cockpit.leading import RISKY
from zhizao.apps.outlook.opening import link
from zhizao.apps.warning.words import CLASSIC, RISK
from zhizao.base.facts.queries import today
from zhizao.base.ui.numbers import figure, period, signed
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.apps.cockpit.leading import Leading
    from zhizao.apps.cockpit.models import Brief
    from zhizao.apps.cockpit.queries import Difference
    from zhizao.apps.cockpit.text import Bars


def answer(told: Leading) -> str:
    """The region in a sentence."""
    parts = []
    if told.output is not None and told.output.growth is not None:
        words = {
            "span": period(told.output.span),
            "indicator": told.output.name,
            "growth": signed(told.output.growth, "%"),
        }
        parts.append(_("%(span)s: %(indicator)s %(growth)s%% on a comparable basis") % words)
    if told.targets is not None:
        count = _at_risk(told.targets)
        parts.append(
            ngettext("%(count)s target of the plan is at risk", "%(count)s targets of the plan are at risk", count)
            % {"count": count}
        )
    if told.decisions:
        count = len(told.decisions)
        parts.append(ngettext("%(count)s decision to take", "%(count)s decisions to take", count) % {"count": count})
    return _("; ").join(parts) + _(".") if parts else _("Nothing has been computed yet.")


def stats(request: HttpRequest, told: Leading) -> list[dict[str, Any]]:
    """Four figures, each with what opens it."""
    targets, alarms, output = told.targets, told.alarms, told.output
    growth = None if output is None else signed(output.growth, "%")
    return [
        {
            "label": output.name if output else _("Output"),
            "value": growth or _unknown(),
            "unit": "%" if growth else "",
            "context": _("%(span)s, %(reported)s of %(all)s enterprises")
            % {"span": period(output.span), "reported": output.reported, "all": output.reported + output.late}
            if output
            else "",
            "evidence": output.reference if output else "",
            "simulated": output.simulated if output else False,
        },
        {
            "label": _("Targets unlikely or missed"),
            "value": _unknown() if targets is None else figure(_at_risk(targets), "项"),
            "context": "" if targets is None else _("of %(count)s") % {"count": sum(targets.values())},
            "href": link(request, "outlook:overview"),
            "simulated": told.simulated,
        },
        {
            "label": _("Serious alarms"),
            "value": _unknown() if alarms is None else figure(alarms.get("serious", 0), "条"),
            "context": period(told.alarms_span) if told.alarms_span else "",
            "href": link(request, "warning:alarms", severity="serious") if alarms is not None else "",
        },
        {
            "label": _("Cases of assistance open"),
            "value": _unknown() if told.cases is None else figure(told.cases, "件"),
            "context": _("%(count)s overdue") % {"count": told.overdue} if told.cases is not None else "",
            "href": link(request, "flow:cases") if told.cases is not None else "",
        },
    ]


def decisions(told: Leading) -> list[dict[str, Any]]:
    """The first three: what they are about, what opens their arithmetic, who must act."""
    return [
        {
            "name": one.name,
            "href": _about(one),
            "waits": _("An alarm without a case") if one.case is None else one.finding,
            "measure": one.row.measure.name if one.row and one.row.measure else "",
            "avoided": None if one.avoided_wan_yuan is None else figure(Decimal(str(one.avoided_wan_yuan)), "万元"),
            "hours": None if one.hours is None else figure(Decimal(str(one.hours)), "个"),
            "evidence": one.row.value_at if one.row else "",
            "who": one.who,
            "simulated": one.simulated,
        }
        for one in told.decisions
    ]


def _about(one: Any) -> str:
    """The case, or the alarm that has none."""
    if one.case is not None:
        return str(one.case.get_absolute_url())
    return str(one.row.alarm.get_absolute_url()) if one.row and one.row.alarm else ""


def _at_risk(targets: dict[str, int]) -> int:
    """How many are unlikely, or missed already."""
    return sum(targets.get(state, 0) for state in RISKY)


def _unknown() -> str:
    return f"—{_('unknown')}"


def lamps(request: HttpRequest, told: Leading) -> list[tuple[Any, str, tuple[str, Any], tuple[str, Any] | None]]:
    """Each group with its page, the mark and word of its lamp, and those of its risk."""
    return [
        (
            group,
            link(request, "warning:lamps", group=group.key),
            CLASSIC.get(group.lamp) if group.lamp else ("", _unknown()),
            RISK.get(group.risk) if group.risk else None,
        )
        for group in told.lamps
    ]


def proposed(last: int | None) -> dict[str, Any]:
    """The month that ended last, or the last one with figures, and today.

    ``last`` is that month as year × 12 + month − 1, None if there are no figures. January is not over for the brief
    before February: then it is December.
    """
    day = today()
    span = Span.of_month(day.year, day.month).previous()
    if last is not None and last < span.start_month:
        span = Span(last, 1)
    if span.start_month % 12 == 0:
        span = span.previous()
    return {"month": str(span), "as_of": day.isoformat()}


def list_answer(last: Brief | None) -> str:
    """What went out last."""
    if last is None:
        return _("No brief has been issued yet.")
    return _("The last brief issued is of %(span)s, as known on %(day)s.") % {
        "span": period(last.span),
        "day": last.as_of.isoformat(),
    }


def difference_answer(told: Difference) -> str:
    """Whether the brief would read the same today."""
    if not told.lines:
        return _("Rebuilt, the brief reads the same.")
    why = []
    if not told.same_facts:
        why.append(_("the facts known of its day have changed"))
    if not told.same_words:
        why.append(_("the template is another version"))
    words = {"count": len(told.lines), "why": _(", ").join(why)}
    return _("Rebuilt, %(count)s lines differ: %(why)s.") % words


def bars(told: Bars) -> dict[str, Any]:
    """A picture's rows as charts take them."""
    names = [name for name, *_rest in told.rows]
    values = [round(value, 4) for _name, value, *_rest in told.rows]
    before = [value for *_rest, value in told.rows]
    series: list[dict[str, Any]] = [{"name": _("Now"), "values": values, "simulated": told.simulated}]
    columns, rows = [_("Name"), _("Now")], [[name, value] for name, value in zip(names, values, strict=True)]
    if any(value is not None for value in before):
        series.append({"name": _("Before"), "values": before, "simulated": told.simulated})
        columns.append(_("Before"))
        rows = [[*row, value] for row, value in zip(rows, before, strict=True)]
    return {
        "title": told.title,
        "subtitle": "",
        "kind": "bar",
        "unit": "",
        "categories": names,
        "series": series,
        "table": {"columns": columns, "rows": rows},
    }
