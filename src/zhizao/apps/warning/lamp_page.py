"""What the page of lamps says of one group, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhizao.apps.ledger import queries as ledger
from zhizao.apps.warning import lamp_queries, words
from zhizao.apps.warning.opening import here
from zhizao.apps.warning.overview_page import turn_text
from zhizao.apps.warning.tables import lamp_mark
from zhizao.base.ui import numbers
from zhizao.base.ui.numbers import period

if TYPE_CHECKING:
    from zhizao.apps.warning.lamp_queries import Group
    from zhizao.base.accounts.models import Area


def context(request: HttpRequest, area: Area, group: Group) -> dict[str, Any]:
    """All that the page shows beside its table."""
    groups = lamp_queries.lamps(request.user, area, as_of=request.as_of)
    return {
        "area": area,
        "group": group,
        "answer": answer(group),
        "kind_word": words.GROUPS[group.kind],
        "others": [
            (str(words.GROUPS[kind]), own)
            for kind in lamp_queries.KINDS
            if (own := [_other(request, one, group) for one in groups if one.kind == kind])
        ],
        "single": single(group),
        "turns": [(period(span), is_peak) for span, is_peak in group.turns],
        "turn_text": turn_text(group),
        "quarters": group.quarters[::-1],
        "titles": {
            "indices": indices_title(group),
            "diffusion": diffusion_title(group),
            "risk": risk_title(group),
        },
        "simulated": group.simulated,
    }  # fmt: skip


def _other(request: HttpRequest, one: Group, chosen: Group) -> tuple[str, str, bool]:
    """Name and address of a group's page, and whether it is the one that is open."""
    return one.name, here(request, group=one.key, page=None), one.key == chosen.key


def answer(group: Group) -> str:
    """How the group stands in its last month, in a sentence."""
    told = {"name": group.name, "month": period(group.month), "of": group.of, "known": group.known}
    if not group.is_told:
        return _("%(name)s, %(month)s: of %(of)s enterprises %(known)s report, too few to be told.") % told
    told |= {
        "risk": words.risk_word(group),
        "share": numbers.figure(group.risk_pct, "%"),
        "lamp": words.classic(group.lamp).partition(" ")[2],
    }
    if group.lamp is None:
        return _("%(name)s, %(month)s: %(risk)s, %(share)s%% in distress; the classic lamp has no cut-offs yet.") % told
    return _("%(name)s, %(month)s: %(risk)s, %(share)s%% in distress; the classic lamp says %(lamp)s.") % told


def single(group: Group) -> list[dict[str, Any]]:
    """The single indicators of the last month: growth and colour."""
    names = {item.key: str(item) for item in ledger.indicators().filter(key__in=group.last.single)}
    return [
        {
            "name": names.get(key, key),
            "growth": numbers.signed(value, "%"),
            "mark": lamp_mark(lamp),
            "reference": group.pointer(f"{key}_yoy_pct") if value is not None else "",
        }
        for key, (value, lamp) in group.last.single.items()
    ]


def indices_title(group: Group) -> str:
    """The finding of the two indices."""
    if group.composite is None:
        return _("The index cannot be told")
    return _("Coincident index %(value)s; %(turn)s") % {
        "value": numbers.figure(group.composite, decimals=1),
        "turn": turn_text(group),
    }


def diffusion_title(group: Group) -> str:
    """The finding of the diffusion index."""
    if group.diffusion is None:
        return _("Diffusion cannot be told")
    told = {"rose": group.last.rose, "compared": group.last.compared}
    return _("Output of %(rose)s of %(compared)s enterprises is above the year before") % told


def risk_title(group: Group) -> str:
    """The finding of the share in distress."""
    if group.risk_pct is None:
        return _("Too few report to be told")
    return _("%(count)s of %(known)s enterprises in distress") % {"count": group.last.distressed, "known": group.known}
