"""What became of alarms that speak of no single enterprise: of targets, and of what is a fact by itself.

A target is known to be reached or missed once its period has ended (the outlook). Stale data, a task of nobody and a
share of the largest were facts when they were told; what can still show them false is that the figures were corrected
or withdrawn. So after some months an alarm that has not lapsed stands. Dated rules say it, as for enterprises:
``outcome.<family>_true`` and ``_false`` over

| fact | |
|---|---|
| ``months_since`` | whole months since the end of the day on which it was found |
| ``corrected`` | 1: it lapsed because the figures were corrected or withdrawn; else 0 |
| ``target_missed`` | 1: the target was missed, 0: reached; unknown before its period has ended |
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from zhizao.apps.outlook import queries as outlook
from zhizao.apps.warning import rules
from zhizao.apps.warning.judging import holds
from zhizao.apps.warning.models import Alarm, Outcome
from zhizao.apps.warning.reasons import CHANGED, GRAVER, WITHDRAWN

if TYPE_CHECKING:
    from datetime import date

    from zhizao.base.accounts.models import Area
    from zhizao.kernel.rules import Rulebook

FACTS: Final = ("months_since", "corrected", "target_missed")
_ENDED: Final = {"missed": 1, "reached": 0}
_COLUMNS: Final = ("pk", "family", "about", "found_as_of", "lapsed_as_of", "lapsed_why")


def verdicts(area: Area, as_of: date, book: Rulebook) -> Iterator[tuple[int, str, str]]:
    """Alarm, verdict and the rule that said it, for every alarm of a family that has such rules."""
    told = outlook.overview(None, area, as_of=as_of)
    ended = {item.key: _ENDED.get(item.state) for item in told.targets} if told else {}
    found = Alarm.objects.filter(area=area, family__in=rules.OF_AREAS, found_as_of__lte=as_of)
    by_family: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for pk, family, about, day, lapsed, why in found.exclude(lapsed_why=GRAVER).order_by("pk").values_list(*_COLUMNS):
        is_corrected = lapsed is not None and lapsed <= as_of and why in (CHANGED, WITHDRAWN)
        facts = {"months_since": _months(day, as_of), "corrected": int(is_corrected), "target_missed": ended.get(about)}
        by_family.setdefault(family, []).append((pk, facts))
    for family, alarms in by_family.items():
        yield from _judged(family, alarms, as_of, book)


def _judged(
    family: str, alarms: list[tuple[int, dict[str, Any]]], as_of: date, book: Rulebook
) -> Iterator[tuple[int, str, str]]:
    sides = {f"outcome.{family}_false": Outcome.Verdict.FALSE, f"outcome.{family}_true": Outcome.Verdict.TRUE}
    said: dict[int, tuple[str, str]] = {}
    for rule_id, verdict in sides.items():
        if rule_id not in book.ids:
            return
        answers = holds(book.rule(rule_id, as_of=as_of), [facts for _pk, facts in alarms])
        for (pk, _facts), is_so in zip(alarms, answers, strict=True):
            if is_so:
                said.setdefault(pk, (verdict, rule_id))
    for pk, _facts in alarms:
        yield pk, *said.get(pk, (Outcome.Verdict.UNKNOWN, ""))


def _months(day: date, later: date) -> int:
    return (later.year - day.year) * 12 + later.month - day.month - (later.day < day.day)
