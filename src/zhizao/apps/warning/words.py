"""The words and shapes of lamps, families and severities: what is said by a colour is said by both of them too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhizao.apps.warning.models import Alarm, Outcome
from zhizao.engines.warning.lamps import Lamp

if TYPE_CHECKING:
    from zhizao.apps.warning.lamp_queries import Group

# shape and word of the classic lamp, from the hottest to the coldest
CLASSIC = {
    Lamp.RED: ("▲", pgettext_lazy("lamp", "overheated")),
    Lamp.YELLOW: ("△", pgettext_lazy("lamp", "warm")),
    Lamp.GREEN: ("●", pgettext_lazy("lamp", "steady")),
    Lamp.LIGHT_BLUE: ("▽", pgettext_lazy("lamp", "cool")),
    Lamp.BLUE: ("▼", pgettext_lazy("lamp", "cold")),
}
# kind of status (which has its shape) and word of the risk lamp
RISK = {
    Lamp.GREEN: ("good", pgettext_lazy("risk", "low risk")),
    Lamp.YELLOW: ("watch", pgettext_lazy("risk", "raised risk")),
    Lamp.RED: ("bad", pgettext_lazy("risk", "high risk")),
}
FAMILIES = {
    "path": gettext_lazy("Target off its path"),
    "break": gettext_lazy("Break in a series"),
    "distress": gettext_lazy("Enterprise in distress"),
    "trade": gettext_lazy("Part of a trade fell together"),
    "electricity": gettext_lazy("Electricity against output"),
    "silent": gettext_lazy("Reports missing"),
    "doubtful": gettext_lazy("Doubtful figures"),
    "chain": gettext_lazy("Chain exposure"),
    "concentration": gettext_lazy("Concentration"),
    "factor": gettext_lazy("Shortage of a factor"),
    "stale": gettext_lazy("Stale data"),
    "phantom": gettext_lazy("Nobody answers for it"),
}
GROUPS = {
    "region": gettext_lazy("Whole region"),
    "area": gettext_lazy("Area"),
    "sector": gettext_lazy("Sector"),
    "chain": gettext_lazy("Chain"),
    "park": gettext_lazy("Park"),
    "street": gettext_lazy("Street"),
    "division": gettext_lazy("Division of industry"),
}
SEVERITIES = {Alarm.Severity.SERIOUS: "bad", Alarm.Severity.NOTICE: "watch"}
VERDICTS = {Outcome.Verdict.TRUE: "bad", Outcome.Verdict.FALSE: "good", Outcome.Verdict.UNKNOWN: "none"}


def classic(lamp: Lamp | None) -> str:
    """The classic lamp in a shape and a word."""
    if lamp is None:
        return f"○ {_('no lamp')}"
    shape, word = CLASSIC[lamp]
    return f"{shape} {word}"


def risk_kind(lamp: Lamp | None) -> str:
    """The status of a risk lamp."""
    return RISK[lamp][0] if lamp else "none"


def risk_word(group: Group) -> str:
    """What the risk lamp of a group says; why it is dark where it is."""
    if group.risk:
        return str(RISK[group.risk][1])
    return _("too few to tell") if group.known else _("nobody reports")


def family(key: str) -> str:
    """The name of a family."""
    return str(FAMILIES.get(key, key))


def chance(p: float | None) -> str:
    """A probability in per cent; never nought, never all."""
    if p is None:
        return "—"
    return "<1%" if p < 0.01 else ">99%" if p > 0.99 else f"{100 * p:.0f}%"
