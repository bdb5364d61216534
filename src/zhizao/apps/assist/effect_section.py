"""The part of a case's page that says what was done for the enterprise and what that did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from zhizao.apps.assist import compared
from zhizao.base.flow.kinds import Section

if TYPE_CHECKING:
    from zhizao.apps.assist.measures import Pack
    from zhizao.base.flow.models import Case


def why(code: str) -> str:
    """Why an effect is unknown, in the reader's language."""
    words = {
        compared.NO_BEFORE: _("its figures before the case are not all known"),
        compared.NO_AFTER: _("its figures after the case are not all known, or were withdrawn"),
        compared.FEW_PEERS: _("too few like enterprises report"),
    }
    return words.get(code, code)


def _called(key: str, pack: Pack) -> str:
    measure = pack.measure(key)
    return measure.name if measure else key or _("not taken after all")


def section(actor: Any, case: Case, as_of: Any) -> Section | None:
    """The section; nothing for who may not see what help did, enterprises among them."""
    from zhizao.apps.assist import queries, queue
    from zhizao.apps.assist.measures import pack_of
    from zhizao.apps.assist.permissions import CORRECT
    from zhizao.apps.ledger.queries import exact, indicators
    from zhizao.base.facts.queries import today
    from zhizao.base.ui.numbers import period

    if not actor.has_perm("assist.view", case) or case.subject is None:
        return None
    pack = pack_of(case.area, as_of or today())
    named = {one.key: one for one in indicators()}
    found = [
        {
            "row": row,
            "indicator": named.get(row.indicator, row.indicator),
            "unit": named[row.indicator].unit if row.indicator in named else "",
            "expected": exact(row.expected),
            "actual": exact(row.actual),
            "why": why(row.why),
            "shows_nothing": row.low is not None and row.high is not None and row.low <= 0 <= row.high,
        }
        for row in queries.of_case(actor, case, as_of=as_of)
    ]
    before = queries.help_before(actor, case, as_of=as_of)
    help_ = [
        {
            "row": row,
            "name": _called(row.measure, pack),
            "before": [(one, _called(one.measure, pack)) for one in before[row.pk]],
            "may_correct": as_of is None and actor.has_perm("assist.act", case) and actor.has_perm(CORRECT, row),
        }
        for row in queries.help_of(actor, case, as_of=as_of)
    ]
    context = {
        "effects": found,
        "before": list(dict.fromkeys(period(item["row"].span_before) for item in found)),
        "help": help_,
        "advised": None if any(item["row"].measure for item in help_) else queue.advised(case, pack),
        "months": "、".join(str(months) for months in pack.stakes.effects.months),
        "may_note": as_of is None and actor.has_perm("assist.act", case),
        "level": round(pack.stakes.effects.level * 100),
    }
    return Section(_("What was done and what it did"), "assist/_effect.html", context, simulated=case.simulated)
