"""A run of lamps, one of alarms and an alarm with its arithmetic, written down: what pages need without an economy."""

from __future__ import annotations

import datetime as dt
from typing import Any

from zhizao.kernel.span import Span

AS_OF = dt.date(2024, 7, 20)
MONTH = Span.parse("2024-06").start_month
CALM = 100.0


def alarm(area: Any, subject: Any, **more: Any) -> Any:
    """An alarm of distress whose output of June 2024 is 40 where 100 was expected, σ 10 %."""
    from zhizao.apps.warning.models import Alarm

    off = {"unit": "indicator:gross_output", "off_unit": "%", "value": 40.0, "expected": 100.0, "off": -60.0}
    first = {
        "label": "%(indicator)s", "params": {"indicator": "gross_output"}, "scale": 10.0, "z": -9.6, "weight": 1,
        "reference": f"figure:{subject.key}~gross_output~2024-06~enterprise~current",
    }  # fmt: skip
    unknown = dict.fromkeys(("value", "expected", "off", "scale", "z")) | {"unit": "%", "off_unit": "points"}
    second = {"label": "%(indicator)s", "params": {"indicator": "profit_total"}, "weight": 2, "reference": ""}
    facts = {
        "inputs": {"distress_q_pct": 0.4, "distress_score": 9.6},
        "parameters": {"most_false_pct": "15", "serious_false_pct": "1"},
        "sentence": "%(count)s figures together are worse than expected; most of all %(indicator)s.",
        "params": {"count": 1, "indicator": "gross_output"},
        "rows": [first | off, second | unknown],
    }
    said = {
        "rule": "warning.distress",
        "family": "distress",
        "start_month": MONTH,
        "score": 9.6,
        "severity": "serious",
        "facts": facts,
        "found_as_of": AS_OF,
        "run": more.pop("run", None) or run(area),
    }
    return Alarm.objects.create(area=area, subject=subject, **said | more)


def run(area: Any, *, as_of: dt.date = AS_OF) -> Any:
    """A run of alarms that could not look at the targets."""
    lacks = {"family": "path", "message": "No forecast of the targets was made by %(day)s.", "params": {"day": "x"}}
    month = str(Span(as_of.year * 12 + as_of.month - 2, 1))
    record = {"month": month, "alarms": [], "called": [], "not_looked_at": [lacks], "simulated": False}
    return _kept(area, "alarms", record, as_of)


def lamps(area: Any, *, parks: Any = (), as_of: dt.date = AS_OF) -> Any:
    """A run of lamps: of ten enterprises one is in distress; two are of one sector, too few to be told, none reports
    of a third group; ``parks`` are subjects that five of the ten belong to."""
    import numpy as np
    import polars as pl

    from zhizao.apps.warning.standing import Grouped, series, tell
    from zhizao.engines.warning.figures import CELLS, Figures

    names = tuple(f"enterprise:l{number}" for number in range(10))
    cells = 2 * CELLS + 5  # to June of the third year
    levels = np.outer(np.arange(1, 11) * CALM, 1 + 0.01 * np.arange(cells))
    figures = Figures(
        names, np.zeros(10, np.int64), ("",), (as_of.year - 2) * CELLS, dict.fromkeys(series().lamps, levels)
    )
    called = [(names[0], figures.months()[-1], "warning.distress")]
    alarms = pl.DataFrame(called, schema=["subject", "month", "rule"], orient="row")
    groups = [
        Grouped("region", f"area:{area.code}", area.name, frozenset(names)),
        Grouped("sector", "sector:电子", "电子", frozenset(names[:8])),
        Grouped("sector", "sector:装备", "装备", frozenset(names[8:])),
        Grouped("street", "street:无", "无人街道", frozenset({"enterprise:nobody"})),
        *(Grouped("park", park.key, park.id_part, frozenset(names[:5])) for park in parks),
    ]
    record = {
        "area": area.code,
        "month": figures.months()[-1],
        "lamps": list(series().lamps),
        "simulated": False,
        "groups": tell(figures, alarms, groups, (), series()),
    }
    return _kept(area, "prosperity", record, as_of)


def _kept(area: Any, part: str, record: dict[str, Any], as_of: dt.date) -> Any:
    from zhizao.base.evidence import canonical
    from zhizao.base.evidence.services import record_run

    return record_run(
        actor=None,
        area=area,
        engine="warning",
        engine_version="1",
        inputs={"record": canonical.sha256(record)},
        parameters={"part": part},
        seed=None,
        as_of=as_of,
        output=canonical.dumps(record),
    )
