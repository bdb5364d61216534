"""A region's cut-offs of lamps: set by an analyst with a reason, or proposed from the region's own history.

A proposal takes the 90, 70, 30 and 10 % quantiles of an indicator's growth in all months known: a tenth of the past was
overheated, a tenth cold, two fifths steady. It says nothing of what is good, and is marked as a proposal until set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from zhizao.apps.warning import lamp_queries, runs
from zhizao.apps.warning.models import CutOff
from zhizao.base.audit.services import record
from zhizao.engines.warning.lamps import Lamp
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.base.accounts.models import Area, User

CLASSIC: Final = (Lamp.RED, Lamp.YELLOW, Lamp.GREEN, Lamp.LIGHT_BLUE)
OF_RISK: Final = (Lamp.RED, Lamp.YELLOW)
QUANTILES: Final = {Lamp.RED: 0.9, Lamp.YELLOW: 0.7, Lamp.GREEN: 0.3, Lamp.LIGHT_BLUE: 0.1}
LEAST_MONTHS: Final = 24
WHY: Final = mark("Quantiles of the region's own growth over %(months)s months.")


def colours_of(key: str) -> tuple[Lamp, ...]:
    """The colours that have a bound, the hottest first: the last colour is all below."""
    return OF_RISK if key == lamp_queries.RISK else CLASSIC


@transaction.atomic
def set_cut_off(
    *, actor: User | None, area: Area, key: str, colours: Mapping[str, Decimal], effective_from: date, why: str,
    proposed: bool = False,
) -> CutOff:  # fmt: skip
    """Say by which bounds an indicator's lamp, the whole or the risk lamp takes its colour from a day on.

    Raises
    ------
    Refused
        ``warning.cut_off_order``: bounds do not fall from the hottest colour to the coldest; ``warning.no_reason``.
    PermissionDenied
    """
    if actor is not None and not actor.has_perm("warning.tune", area):
        raise PermissionDenied("warning.tune")
    values = [colours.get(lamp) for lamp in colours_of(key)]
    known = [value for value in values if value is not None]
    if len(known) < len(values) or any(a <= b for a, b in pairwise(known)):
        raise Refused(
            Problem(
                "warning.cut_off_order",
                mark("The bounds of “%(key)s” do not fall from the hottest colour to the coldest."),
                remedy=mark("Give each colour a bound below that of the hotter one."),
                params={"key": key},
            )
        )
    if not why.strip():
        raise Refused(Problem("warning.no_reason", mark("There is no reason."), remedy=mark("Say why.")))
    row = CutOff.objects.create(
        area=area,
        key=key,
        colours={lamp.value: str(colours[lamp]) for lamp in colours_of(key)},
        effective_from=effective_from,
        proposed=proposed,
        why=why.strip(),
        chosen_by=actor,
    )
    details = {"key": key, "colours": row.colours, "from": effective_from.isoformat(), "proposed": proposed}
    record(actor=actor, action="warning.cut_off.set", target=row, area=area, details=details)
    return row


@transaction.atomic
def propose(*, actor: User | None, area: Area) -> list[CutOff]:
    """Propose bounds for each indicator that has none, from the region's own months; nothing where they are too few.

    Raises
    ------
    PermissionDenied
    """
    if actor is not None and not actor.has_perm("warning.tune", area):
        raise PermissionDenied("warning.tune")
    run = runs.latest(None, area, part=runs.PROSPERITY)
    if run is None:
        return []
    told = runs.read(run)
    region = told["groups"][0]
    have = {row.key for row in lamp_queries.cut_off_rows(area)}
    made = []
    for key in told["lamps"]:
        known = sorted(value for row in region["months"] if (value := row.get(f"{key}_yoy_pct")) is not None)
        bounds = quantiles(known)
        if key in have or bounds is None:
            continue
        first = date.fromisoformat(f"{region['months'][0]['span']}-01")
        why = _(WHY) % {"months": len(known)}
        made.append(
            set_cut_off(actor=actor, area=area, key=key, colours=bounds, effective_from=first, why=why, proposed=True)
        )
    return made


def quantiles(known: Sequence[float]) -> dict[str, Decimal] | None:
    """Bounds to one decimal from sorted figures; ``None`` where they are too few or too much alike.

    >>> {key: str(value) for key, value in quantiles(list(range(101))).items()}
    {'red': '90.0', 'yellow': '70.0', 'green': '30.0', 'light_blue': '10.0'}
    >>> quantiles([1.0] * 100), quantiles([1.0, 2.0])
    (None, None)
    """
    if len(known) < LEAST_MONTHS:
        return None
    found = {}
    for lamp, share in QUANTILES.items():
        at = share * (len(known) - 1)
        low = int(at)
        high = min(low + 1, len(known) - 1)
        value = known[low] + (at - low) * (known[high] - known[low])
        found[lamp.value] = Decimal(str(round(value, 1)))
    values = list(found.values())
    return found if all(a > b for a, b in pairwise(values)) else None
