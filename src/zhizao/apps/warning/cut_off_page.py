"""What the page of cut-offs says: what holds of each indicator, of the whole and of the risk lamp, and what was set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhizao.apps.ledger import queries as ledger
from zhizao.apps.warning import lamp_queries, runs
from zhizao.apps.warning.cut_off_forms import CutOffForm
from zhizao.apps.warning.cutoffs import CLASSIC, colours_of
from zhizao.apps.warning.words import CLASSIC as WORDS
from zhizao.base.facts.queries import today
from zhizao.base.ui import numbers

if TYPE_CHECKING:
    from zhizao.apps.warning.models import CutOff
    from zhizao.base.accounts.models import Area


@dataclass(frozen=True, slots=True)
class Held:
    """What holds of one lamp: bounds from the hottest on, and whence."""

    key: str
    name: str
    bounds: tuple[str, ...]
    whence: str
    kind: str
    is_proposed: bool


def context(request: HttpRequest, area: Area) -> dict[str, Any]:
    """All that the page shows beside its form."""
    rows = lamp_queries.cut_off_rows(area, as_of=request.as_of)
    named = names(area)
    held = held_on(rows, named, request.as_of or today())
    unset = sum(one.kind == "none" for one in held)
    return {
        "area": area,
        "answer": answer(len(held), unset, sum(one.is_proposed for one in held)),
        "heads": [str(WORDS[lamp][1]) for lamp in CLASSIC],
        "held": held,
        "said": [(named.get(row.key, row.key), row, _words(row)) for row in rows[::-1]],
        "unset": unset,
    }


def answer(all_: int, unset: int, proposed: int) -> str:
    """How many lamps have bounds, in a sentence."""
    told = {"all": all_, "unset": unset, "proposed": proposed}
    return _("Of %(all)s lamps %(unset)s have no bounds, and %(proposed)s have only proposed ones.") % told


def names(area: Area) -> dict[str, str]:
    """The lamps of an area: the indicators that its run tells, the whole, and risk."""
    run = runs.latest(None, area, part=runs.PROSPERITY)
    keys = runs.read(run)["lamps"] if run else []
    known = {item.key: str(item) for item in ledger.indicators().filter(key__in=keys)}
    found = {key: _("%(name)s, growth on the year") % {"name": known.get(key, key)} for key in keys}
    return found | {
        lamp_queries.COMPOSITE: _("Classic lamp of the whole, points in %"),
        lamp_queries.RISK: _("Risk lamp, % in distress"),
    }


def held_on(rows: tuple[CutOff, ...], named: dict[str, str], day: date) -> list[Held]:
    """What holds on a day."""
    cuts = lamp_queries.cuts_on(rows, day)
    own = {row.key: row for row in rows if row.effective_from <= day}
    shipped = {lamp_queries.COMPOSITE: cuts.composite, lamp_queries.RISK: cuts.risk}
    found = []
    for key, name in named.items():
        bounds = shipped[key] if key in shipped else cuts.indicators.get(key)
        row = own.get(key)
        proposed = row is not None and row.proposed
        kind = "none" if bounds is None else "watch" if row is None or proposed else "good"
        whence = _whence(row, is_set=bounds is not None)
        found.append(Held(key, name, _bounds(key, bounds), whence, kind, proposed))
    return found


def _bounds(key: str, bounds: Any) -> tuple[str, ...]:
    if bounds is None:
        return ("—",) * len(CLASSIC)
    wanted = colours_of(key)
    return tuple(numbers.figure(bounds[lamp]) or "—" if lamp in wanted else "" for lamp in CLASSIC)


def _whence(row: CutOff | None, *, is_set: bool) -> str:
    if row is not None:
        return _("own proposal, not decided") if row.proposed else _("set by the region")
    return _("the nation's pack, unverified") if is_set else _("not set")


def _words(row: CutOff) -> str:
    wanted = colours_of(row.key)
    parts = [f"{WORDS[lamp][1]} ≥ {numbers.figure(float(row.colours[lamp]))}" for lamp in wanted if lamp in row.colours]
    return _(", ").join(map(str, parts))


def form_of(request: HttpRequest, area: Area) -> CutOffForm:
    """The form, as sent or empty."""
    data = request.POST if request.method == "POST" else None
    initial = {"effective_from": today().replace(day=1), "key": request.GET.get("key", "")}
    return CutOffForm(data, keys=list(names(area).items()), initial=initial)
