"""Alarms and a record of looking back written by hand: what pages and verbs need without an economy."""

from __future__ import annotations

import datetime as dt
from typing import Any

APRIL = 2024 * 12 + 3
DAY = dt.date(2024, 7, 20)


def point(value: str, alarms: int, false: int, found: int, now: list[str]) -> dict[str, Any]:
    return {
        "value": value,
        "alarms": alarms,
        "false": false,
        "precision": (alarms - false) / alarms,
        "precision_at_k": 1.0,
        "events": 10,
        "found": found,
        "recall": found / 10,
        "lead_months": -0.5,
        "false_per_1000": false / 2,
        "now": now,
    }


CURVE = {
    "rule": "warning.distress",
    "parameter": "most_false_pct",
    "unit": "%",
    "in_force": "15",
    "points": [
        point("3", 6, 1, 5, ["enterprise:e0"]),
        point("6", 8, 2, 6, ["enterprise:e0"]),
        point("15", 12, 4, 7, ["enterprise:e0", "enterprise:e1"]),
        point("30", 20, 10, 8, ["enterprise:e0", "enterprise:e1", "enterprise:e2"]),
    ],
}


def event(number: int, span: str) -> dict[str, Any]:
    row = {"family": "distress", "subject": f"enterprise:e{number}", "span": span}
    return row | {"worse_pct": 40.0 + number, "stayed_pct": 20.0}


def record(**changes: Any) -> dict[str, Any]:
    told = {
        "month": "2024-06",
        "since": "2024-02",
        "watched": [["2023-12", 4], ["2024-02", 8], *([f"2024-0{month}", 4] for month in (3, 4, 5, 6))],
        "events": [event(0, "2024-04"), event(1, "2024-03..04"), event(2, "2024-04"), event(3, "2023-12")],
        "curves": [CURVE],
        "simulated": False,
    }
    return told | changes


def subjects(area: Any, count: int = 4) -> list[Any]:
    from zhizao.base.facts import services

    return [services.subject(kind="enterprise", id_part=f"e{number}", area=area) for number in range(count)]


def keep(area: Any, part: str, told: dict[str, Any], *, as_of: dt.date = DAY) -> Any:
    from zhizao.apps.warning import runs
    from zhizao.apps.warning.permissions import READERS
    from zhizao.base.evidence import canonical
    from zhizao.base.evidence.services import record_run

    return record_run(
        actor=None,
        area=area,
        engine=runs.ENGINE,
        engine_version=runs.ENGINE_VERSION,
        inputs={"figures": canonical.sha256([part, as_of.isoformat()])},
        parameters={"part": part, "area": area.code},
        seed=None,
        as_of=as_of,
        output=canonical.dumps(told),
        roles=READERS,
    )


def alarm(run: Any, subject: Any, *, month: int = APRIL, **more: Any) -> Any:
    from zhizao.apps.warning.models import Alarm

    given = {
        "area": run.area,
        "subject": subject,
        "run": run,
        "rule": "warning.distress",
        "family": "distress",
        "start_month": month,
        "score": 4.0,
        "severity": "notice",
        "facts": {"inputs": {"distress_q_pct": 2.0}, "sentence": "", "params": {}, "rows": []},
        "found_as_of": dt.date(2024, 5, 20),
    }
    return Alarm.objects.create(**given | more)


def said(alarm: Any, verdict: str) -> Any:
    from zhizao.apps.warning.models import Outcome

    found = Outcome(alarm=alarm, verdict=verdict, by_rule=True, why=f"outcome.{alarm.family}_{verdict}")
    found.save()
    return found
