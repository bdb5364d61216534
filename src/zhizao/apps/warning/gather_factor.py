"""Shortage of factors, from data that exist: power, told by the electricity of a whole trade; money, told by answers.

Where most of a trade use much less electricity than a year before while their orders hold, power is likely short. Land,
labour, gas and freight are in no figure that is collected: that they are not watched is said in every run.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from zhizao.apps.warning.gathering import Case, Gathered, Missing, Seen
from zhizao.apps.warning.telling import row
from zhizao.base.facts.queries import instant
from zhizao.base.forms.models import Step
from zhizao.kernel.result import mark

FAMILY: Final = "factor"
FACTS: Final = ("power_yoy_pct", "power_fallen_pct", "power_orders_yoy_pct", "money_short_pct", "money_answers")
LEAST_MEMBERS: Final = 5
FALLEN_PCT: Final = -10.0
CLIMATE, MONEY, SHORT, CAPACITY = "climate", "05.answer", "3", "06.answer"
POWER: Final = mark(
    "In the trade %(sector)s most use less electricity (%(power)s %%) while orders hold (%(orders)s %%)."
)
NO_MONEY: Final = mark("%(short)s of %(count)s enterprises that answered are short of working capital.")
MEDIAN_POWER, FALLEN, MEDIAN_ORDERS, SHARE, USE = (
    mark("Electricity on a year before, median of the trade"),
    mark("Share of the trade that uses at least a tenth less"),
    mark("New orders on a year before, median of the trade"),
    mark("Share that answers: working capital is short"),
    mark("Use of capacity, median of the answers"),
)
UNWATCHED: Final = mark("Shortage of land, labour, gas and freight is not watched: no figure of them is collected.")
NOBODY: Final = mark("Working capital is not watched: nobody had answered the climate questionnaire.")
SMALL: Final = mark("Power is not watched in %(count)s trades: fewer than %(least)s enterprises tell of it.")


def gather(seen: Seen) -> tuple[list[Case], list[Missing]]:
    """One case a trade for power, one for the area for money."""
    cases, small = _power(seen)
    missing = [Missing(FAMILY, UNWATCHED)]
    if small:
        missing.append(Missing(FAMILY, SMALL, {"count": small, "least": LEAST_MEMBERS}))
    answers = _answers(seen.gathered)
    if not answers:
        return cases, [*missing, Missing(FAMILY, NOBODY)]
    return [*cases, _money(seen.gathered, answers)], missing


def _power(seen: Seen) -> tuple[list[Case], int]:
    import numpy as np

    gathered, facts = seen.gathered, seen.found.facts
    power, orders = facts.get("electricity_yoy_pct"), facts.get("orders_new_yoy_pct")
    if power is None or orders is None:
        return [], len(gathered.sectors)
    cases, small = [], 0
    for place, key in enumerate(gathered.figures.sectors):
        own = gathered.figures.sector == place
        of_power, of_orders = (one[own, -1][np.isfinite(one[own, -1])] for one in (power, orders))
        if not key or min(len(of_power), len(of_orders)) < LEAST_MEMBERS:
            small += bool(key)
            continue
        fallen = 100 * float((of_power <= FALLEN_PCT).mean())
        told = (float(np.median(of_power)), fallen, float(np.median(of_orders)))
        cases.append(_case(gathered, key, *told))
    return cases, small


def _case(gathered: Gathered, key: str, power: float, fallen: float, orders: float) -> Case:
    return Case(
        subject=key,
        about="power",
        facts={"power_yoy_pct": power, "power_fallen_pct": fallen, "power_orders_yoy_pct": orders},
        sentence=POWER,
        params={"sector": gathered.sectors.get(key, key), "power": round(power, 1), "orders": round(orders, 1)},
        rows=(
            row(MEDIAN_POWER, unit="%", value=power),
            row(FALLEN, unit="%", value=fallen),
            row(MEDIAN_ORDERS, unit="%", value=orders),
        ),
        simulated=bool(gathered.simulated),
    )


def _answers(gathered: Gathered) -> list[dict[str, Any]]:
    """The questionnaires of the latest quarter that was answered by the end of the day, as they stood then."""
    steps = Step.objects.filter(
        submission__form=CLIMATE,
        submission__area__path__startswith=gathered.area.path,
        at__lte=instant(gathered.as_of),
    )
    stood = {step.submission_id: step for step in steps.select_related("submission").order_by("at", "pk")}
    handed = [step for step in stood.values() if step.state in step.submission.HANDED_IN]
    last = max((step.submission.period.end_month for step in handed), default=None)
    return [step.cells for step in handed if step.submission.period.end_month == last]


def _money(gathered: Gathered, answers: Iterable[dict[str, Any]]) -> Case:
    told = [cells[MONEY] for cells in answers if cells.get(MONEY)]
    short = sum(answer == SHORT for answer in told)
    use = sorted(float(cells[CAPACITY]) for cells in answers if _is_number(cells.get(CAPACITY)))
    share = 100 * short / len(told) if told else None
    return Case(
        subject=f"area:{gathered.area.code}",
        about="money",
        facts={"money_short_pct": share, "money_answers": len(told)},
        sentence=NO_MONEY,
        params={"short": short, "count": len(told)},
        rows=(row(SHARE, unit="%", value=share), row(USE, unit="%", value=use[len(use) // 2] if use else None)),
        simulated=bool(gathered.simulated),
    )


def _is_number(text: Any) -> bool:
    try:
        return abs(float(text)) < 1e6
    except (TypeError, ValueError):
        return False
