"""Alarms, a run of systemic risk and a year of output, written down for tests: no engine is run."""

from __future__ import annotations

import datetime as dt
from typing import Any

from zhizao.kernel.span import Span

AS_OF = dt.date(2026, 7, 20)
MONTH = Span.parse("2026-06").start_month
HEADER = "subject,indicator,span,scope,price_basis,value,unit,status,source,known_from"


def run(area: Any, output: object = None, *, engine: str = "tests.warning", as_of: dt.date = AS_OF) -> Any:
    """A run that says ``output``."""
    from zhizao.base.evidence import canonical
    from zhizao.base.evidence.services import record_run

    return record_run(
        actor=None,
        area=area,
        engine=engine,
        engine_version="1",
        inputs={},
        parameters={},
        seed=None,
        as_of=as_of,
        output=canonical.dumps(output or {"alarms": []}),
    )


def alarm(
    area: Any,
    subject: Any,
    *,
    family: str = "distress",
    severity: str = "serious",
    indicator: str = "receivables",
    month: int = MONTH,
    score: float = 5.0,
    **more: Any,
) -> Any:
    """A standing alarm of an enterprise."""
    from zhizao.apps.warning.models import Alarm

    facts = {"sentence": "", "params": {"count": 3, "indicator": indicator} if indicator else {}, "rows": []}
    return Alarm.objects.create(
        area=area,
        subject=subject,
        rule=f"warning.{family}",
        family=family,
        start_month=month,
        score=score,
        severity=severity,
        facts=facts,
        run=run(area),
        found_as_of=AS_OF,
        **more,
    )


def risk(
    area: Any,
    *rows: tuple[Any, float, float],
    sales: float = 100_000.0,
    upper_bound: bool = False,
    as_of: dt.date = AS_OF,
) -> Any:
    """A run of systemic risk: enterprise, ESRI, its own recorded sales in 万元."""
    firms = [
        {
            "subject": subject.key,
            "name": subject.key,
            "sector": "",
            "revenue_wan_yuan": revenue,
            "upper_bound": upper_bound,
            "esri": esri,
        }
        for subject, esri, revenue in rows
    ]
    return run(area, {"firms": firms, "revenue_wan_yuan": sales, "simulated": False}, engine="chain.risk", as_of=as_of)


def figures(area: Any, *rows: tuple[Any, str, str, object], known: str = "2026-07-01", name: str = "x.csv") -> None:
    """Figures of the ledger: enterprise, indicator, span, value in 万元."""
    from zhizao.apps.ledger import services

    services.load_indicators()
    lines = [
        f"{subject.key},{indicator},{span},enterprise,current,{value},万元,normal,月报,{known}"
        for subject, indicator, span, value in rows
    ]
    services.import_file(actor=None, area=area, data="\n".join([HEADER, *lines, ""]).encode(), name=name)
