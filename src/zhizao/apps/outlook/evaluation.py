"""A period held to account: each target reached, missed or not measurable, with what had been forecast beside it.

At the end of the plan by the figure of the target's own period; before it, at mid-term, by the last figure known and
the plan's path in that year.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from zhizao.apps.outlook import calls as record
from zhizao.apps.outlook.models import Call
from zhizao.apps.outlook.promises import Promise, promises
from zhizao.apps.outlook.shown import Actual, Evaluated, Evaluation
from zhizao.base.facts.queries import today

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import Area, User

    Actor = User | AnonymousUser | None


def evaluation(actor: Actor, area: Area, *, as_of: date | None) -> Evaluation | None:
    """What became of the targets of the plan in force; ``None`` without one."""
    promised = promises(area, as_of=as_of)
    if not promised:
        return None
    day = as_of or today()
    published = record.published(actor, area, as_of=as_of)
    came = record.outcomes(area, published, as_of=as_of)
    rows = [_evaluated(one, [call for call in published if _is_about(call, one)], came) for one in promised]
    verdicts = ("reached", "missed", "not_measurable")
    return Evaluation(
        as_of=day,
        rows=tuple(rows),
        counts={verdict: sum(row.verdict == verdict for row in rows) for verdict in verdicts},
        simulated=any(row.actual is not None and row.actual.simulated for row in rows),
        is_final=all(one.span.last_day <= day for one in promised),
    )


def _is_about(call: Call, promise: Promise) -> bool:
    return call.target_key == promise.key and call.span == promise.span


def _evaluated(promise: Promise, calls: Sequence[Call], came: record.Outcomes) -> Evaluated:
    from zhizao.engines.outlook import evaluation as engine
    from zhizao.engines.outlook.target import Bound

    actual = promise.came
    told = engine.evaluate(
        engine.Promise(promise.key, Bound(promise.bound), promise.value, promise.unit, promise.base),
        engine.Actual(actual.value if actual else None, promise.unit, actual.status if actual else "missing"),
        [engine.Call(call.as_of, call.p, call.is_backtest) for call in calls],
    )
    return Evaluated(
        key=promise.key,
        name=promise.name,
        unit=promise.unit,
        pillar=promise.pillar,
        span=promise.span,
        bound=promise.bound,
        base=promise.base,
        value=promise.value,
        actual=actual,
        verdict=str(told.verdict),
        reason=told.reason,
        short_by=told.short_by,
        gone_pct=None if told.gone is None else 100 * told.gone,
        calls=record.points(calls, came),
        brier=told.brier,
        **_at_mid_term(promise),
    )


def _at_mid_term(promise: Promise) -> dict[str, Any]:
    """The last figure known, and what the path asked of that year."""
    last: Actual | None = max(promise.actual, key=lambda item: item.span.end_month, default=None)
    wanted = next((point.value for point in promise.path if last and point.span == last.span), None)
    on_path = None
    if last is not None and wanted is not None:
        on_path = last.value >= wanted if promise.bound == "ge" else last.value <= wanted
    return {"last": last, "path_value": wanted, "on_path": on_path}
