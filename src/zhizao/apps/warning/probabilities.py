"""How likely alarms are true: the record of a rule, shrunk to what is believed before there is one.

Of the past alarms of a rule and severity in an area, a turned out true and b false (outcomes that are unknown count
nothing). With m the prior share of its family and n₀ its weight (``packs/china/warning_priors.yaml``), a Beta(n₀ m,
n₀ (1 − m)) for the share of true alarms gives

    p = (n₀ m + a) / (n₀ + a + b).

Under n₀ outcomes the prior weighs more than the record, and the source says ``prior``. Severity stands for the score:
a rule is serious from a score on. Source: A. Gelman et al., *Bayesian Data Analysis*, 3rd ed., CRC 2013, section 2.4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db.models import Count, Subquery

from zhizao.apps.warning.models import Alarm, Outcome
from zhizao.base.facts.queries import instant

if TYPE_CHECKING:
    from datetime import date

    from zhizao.base.accounts.models import Area

PRIOR: Final = "prior"
RECORD: Final = "record"


class Probability(NamedTuple):
    """p, and whether it leans on the outside ``prior`` or the area's own ``record``."""

    p: float
    source: str


@dataclass(frozen=True, slots=True)
class Priors:
    """The pack's beliefs: share by family and severity, and how many outcomes they weigh."""

    weight: float
    default: Mapping[str, float]
    families: Mapping[str, Mapping[str, float]]

    def share(self, family: str, severity: str) -> float:
        """The share of true alarms before there is a record.

        >>> priors().share("distress", "serious"), priors().share("of nobody", "notice")
        (0.9, 0.5)
        """
        return self.families.get(family, self.default)[severity] / 100


@cache
def priors() -> Priors:
    """Read the pack."""
    import yaml  # late: only where alarms are weighed

    found: dict[str, Any] = yaml.safe_load((files("zhizao") / "packs/china/warning_priors.yaml").read_bytes())
    return Priors(found["weight"], found["default"], found["families"])


@dataclass(frozen=True, slots=True)
class Record:
    """What became of an area's alarms, by rule and severity: how many true, how many false."""

    known: Mapping[tuple[str, str], tuple[int, int]]

    def counts(self, alarm: Alarm) -> tuple[int, int]:
        """How many alarms of its rule and severity were true and false."""
        return self.known.get((alarm.rule, alarm.severity), (0, 0))

    def of(self, alarm: Alarm) -> Probability:
        """How likely an alarm is true."""
        return self.chance(alarm.rule, alarm.family, alarm.severity)

    def chance(self, rule: str, family: str, severity: str) -> Probability:
        """How likely an alarm of a rule and severity is true."""
        true, false = self.known.get((rule, severity), (0, 0))
        said = priors()
        p = (said.weight * said.share(family, severity) + true) / (said.weight + true + false)
        return Probability(p, RECORD if true + false >= said.weight else PRIOR)


def of(area: Area, *, as_of: date | None = None) -> Record:
    """The record of an area and all below it by the end of a day."""
    counting = Outcome.objects.that_counts(instant(as_of)).values("verdict")
    rows = Alarm.objects.filter(area__path__startswith=area.path).order_by().annotate(verdict=Subquery(counting))
    known = rows.filter(verdict__in=(Outcome.Verdict.TRUE, Outcome.Verdict.FALSE))
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    columns = ("rule", "severity", "verdict")
    for rule, severity, verdict, count in known.values_list(*columns).annotate(Count("pk")):
        found[rule, severity][verdict == Outcome.Verdict.FALSE] += count
    return Record({key: (true, false) for key, (true, false) in found.items()})
