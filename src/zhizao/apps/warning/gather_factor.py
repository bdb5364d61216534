"""Shortage of factors, from data that exist: power, told by the electricity of a trade; money, told by answers.

Power fails in a part of a trade, and takes the output of that part with it: a median sees neither. Counted are the
enterprises whose electricity is below what was expected of it, and below what goes with their output too, by as much as
the rule says (``least_fall_pct``, ``least_beyond_pct``): where orders are missing, output explains the electricity.
What the trade lacks is what these use less than expected, as a share of what is expected of all that tell:

    lack = Σ_short (expected − used) / Σ expected.

Land, labour, gas and freight are in no figure that is collected: that they are not watched is said in every run.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from zhizao.apps.warning.gathering import Case, Gathered, Missing, Seen
from zhizao.apps.warning.telling import row
from zhizao.base.facts.queries import instant
from zhizao.base.forms.models import Step
from zhizao.kernel.result import Refused, mark

if TYPE_CHECKING:
    from zhizao.engines.warning.running import Warnings

FAMILY: Final = "factor"
FACTS: Final = ("power_short_pct", "power_short_enterprises", "power_lack_pct", "money_short_pct", "money_answers")
POWER_RULE: Final = "warning.factor_power"
LEAST_MEMBERS: Final = 5
CLIMATE, MONEY, SHORT, CAPACITY = "climate", "05.answer", "3", "06.answer"
POWER: Final = mark(
    "In the trade %(sector)s %(short)s of %(count)s enterprises use less electricity than their output explains;"
    " they lack %(lack)s %% of what the trade is expected to use."
)
NO_MONEY: Final = mark("%(short)s of %(count)s enterprises that answered are short of working capital.")
SHARE_SHORT, LACK, USED, ORDERS, SHARE, USE = (
    mark("Share of the trade that uses less electricity than output explains"),
    mark("What these lack, share of what the trade is expected to use"),
    mark("Electricity of these enterprises"),
    mark("New orders against what was expected, median of the trade"),
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

    gathered, sectors = seen.gathered, seen.found.figures.sectors
    told = _electricity(seen.found)
    try:
        rule = gathered.rules.bound(POWER_RULE, on=gathered.last_day)
    except Refused:
        return [], 0  # not asked in that month
    if told is None:
        return [], sum(map(bool, sectors))
    used, expected, fall, beyond, orders = told
    least_fall, least_beyond = (float(rule.parameters[name]) for name in ("least_fall_pct", "least_beyond_pct"))
    short = (fall <= -least_fall) & (beyond <= -least_beyond)
    cases, small = [], 0
    for place, key in enumerate(sectors):
        own = (seen.found.figures.sector == place) & np.isfinite(fall) & np.isfinite(beyond)
        count = int(own.sum())
        if not key or count < LEAST_MEMBERS:
            small += bool(key)
            continue
        known = orders[own][np.isfinite(orders[own])]
        cases.append(
            _case(
                gathered,
                key,
                count=count,
                short=int(short[own].sum()),
                used=float(used[own & short].sum()),
                expected=float(expected[own & short].sum()),
                of_trade=float(expected[own].sum()),
                orders=float(np.median(known)) if len(known) else None,
            )
        )
    return cases, small


def _electricity(found: Warnings) -> tuple[Any, ...] | None:
    """Of each enterprise in the last cell: electricity, what was expected of it, how far off it is and how far off what
    goes with output, in %, and how far off orders are; ``None`` where electricity is not watched."""
    import numpy as np

    plain, beyond = (found.surprises.get(name) for name in ("electricity", "electricity_lack"))
    if plain is None or beyond is None:
        return None
    known = np.isfinite(plain.z[:, -1]) & np.isfinite(beyond.z[:, -1])
    off = [np.where(known, 100 * np.expm1(one.residual[:, -1]), np.nan) for one in (plain, beyond)]
    orders = found.facts.get("orders_off_pct")
    return (
        np.exp(found.values["electricity"][:, -1]),
        np.exp(plain.expected[:, -1]),
        *off,
        np.full(known.shape, np.nan) if orders is None else orders[:, -1],
    )


def _case(
    gathered: Gathered,
    key: str,
    *,
    count: int,
    short: int,
    used: float,
    expected: float,
    of_trade: float,
    orders: float | None,
) -> Case:
    share, lack = 100 * short / count, 100 * (expected - used) / of_trade
    off = 100 * (used / expected - 1) if short else None
    return Case(
        subject=key,
        about="power",
        facts={"power_short_pct": share, "power_short_enterprises": short, "power_lack_pct": lack},
        sentence=POWER,
        params={"sector": gathered.sectors.get(key, key), "short": short, "count": count, "lack": round(lack, 1)},
        rows=(
            row(SHARE_SHORT, unit="%", value=share),
            row(LACK, unit="%", value=lack),
            row(USED, unit="indicator:electricity", value=used, expected=expected, off=off, off_unit="%"),
            row(ORDERS, unit="%", value=orders),
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
