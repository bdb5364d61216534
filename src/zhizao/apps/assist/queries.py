"""What is asked of help: who is first, what was done in a case and what it did; read-only, scoped to the actor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhizao.apps.assist import compared, effects
from zhizao.apps.assist.measures import Measure, pack_of
from zhizao.apps.assist.models import Effect, Help
from zhizao.apps.assist.queue import QueueRow as QueueRow
from zhizao.apps.assist.queue import queue as queue
from zhizao.base.facts.queries import instant, today

if TYPE_CHECKING:
    from datetime import date

    from zhizao.apps.assist.queue import Actor
    from zhizao.base.accounts.models import Area
    from zhizao.base.flow.models import Case


@dataclass(frozen=True, slots=True)
class Helped:
    """What a measure did over its cases, and its share of the pack beside the one that these cases would make of it."""

    measure: Measure
    taken: int
    found: compared.OverCases
    share_pct: float
    share_after_pct: float | None


def of_case(actor: Actor, case: Case, *, as_of: date | None = None) -> list[Effect]:
    """The effects of a case as known on a day: of each indicator and number of months the last."""
    rows = Effect.objects.all() if actor is None else Effect.objects.visible_to(actor)
    found = rows.filter(case=case, at__lte=instant(as_of)).select_related("run").order_by("at", "pk")
    last = {(row.months, row.indicator): row for row in found}
    return [last[key] for key in sorted(last, key=lambda key: key[0])]


def help_of(actor: Actor, case: Case, *, as_of: date | None = None) -> list[Help]:
    """The measures taken in a case, as written down last; one without a measure was not taken after all."""
    rows = Help.objects.all() if actor is None else Help.objects.visible_to(actor)
    return list(rows.filter(case=case).standing(instant(as_of)).select_related("by", "case__area"))


def help_before(actor: Actor, case: Case, *, as_of: date | None = None) -> dict[int, list[Help]]:
    """By primary key of a measure taken what was written there before it was corrected, the latest first."""
    rows = Help.objects.all() if actor is None else Help.objects.visible_to(actor)
    known = {row.pk: row for row in rows.filter(case=case, at__lte=instant(as_of)).select_related("by")}
    found: dict[int, list[Help]] = {}
    for row in known.values():  # in the order in which they were written
        before = known.get(row.supersedes_id or 0)
        found[row.pk] = [before, *found[before.pk]] if before is not None else []
    return found


def what_helped(actor: Actor, area: Area, *, indicator: str, months: int, as_of: date | None = None) -> list[Helped]:
    """Each measure of the pack with its effect over the cases in which it was taken; the surest first.

    The share that the cases would make of the pack's is shown and not used: an effect is a share of output, what the
    pack holds a share of a loss, so it is divided by the depth of the fall that the case's alarm stood for.
    """
    pack = pack_of(area, as_of or today())
    taken = Help.objects.all() if actor is None else Help.objects.visible_to(actor)
    of_area = taken.standing(instant(as_of)).filter(case__area__path__startswith=area.path)
    rows = list(of_area.exclude(measure="").select_related("case"))
    last = _last(
        Effect.objects.filter(case__in={row.case_id for row in rows}, indicator=indicator, months=months), as_of
    )
    by_measure = effects.by_measure(
        [(row.measure, last[row.case_id]) for row in rows if row.case_id in last], pack.stakes.effects
    )
    found = []
    for measure in pack.measures:
        of_it = [row for row in rows if row.measure == measure.key]
        over = by_measure.get(measure.key, compared.over_cases([], level=pack.stakes.effects.level))
        shares = []
        for row in of_it:
            effect = last.get(row.case_id)
            depth = pack.stakes.depth("distress", row.case.severity)
            if effect is not None and effect.effect_pct is not None and depth:
                shares.append(min(1.0, max(-1.0, effect.effect_pct / 100 / depth)))
        after = compared.shrunk(measure.averts.mid, pack.weight, shares) * 100 if shares else None
        found.append(Helped(measure, len(of_it), over, measure.averts.mid * 100, after))
    return sorted(found, key=lambda one: (-one.found.cases, -one.taken, one.measure.key))


def _last(rows: Iterable[Effect], as_of: date | None) -> dict[int, Effect]:
    at = instant(as_of)
    return {row.case_id: row for row in sorted(rows, key=lambda row: (row.at, row.pk)) if row.at <= at}
