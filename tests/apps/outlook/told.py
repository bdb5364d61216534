"""What the pages are told, written by hand: 26 targets would be a run of minutes, four say all that pages must show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from zhizao.apps.outlook.shown import (
    Actual,
    Bin,
    Calibration,
    CallPoint,
    Coverage,
    Driver,
    EnterpriseOutlook,
    Evaluated,
    Evaluation,
    FanPoint,
    Gap,
    Joint,
    Moved,
    MovedRow,
    Overview,
    Pace,
    PathPoint,
    SeriesOutlook,
    TargetOutlook,
)
from zhizao.base.evidence import canonical
from zhizao.base.evidence.services import record_run
from zhizao.kernel.span import Span

AS_OF = date(2024, 7, 20)
BEFORE = date(2024, 6, 20)
YEAR = Span.of_year


def run(area: Any) -> Any:
    """A run that a reference can open."""
    return record_run(
        actor=None,
        area=area,
        engine="outlook",
        engine_version="1",
        inputs={"ledger": "0" * 64},
        parameters={"part": "targets"},
        seed=20240720,
        as_of=AS_OF,
        output=canonical.dumps({"p": 0.23, "expected": 1254.2}),
    )


def output(made: Any) -> TargetOutlook:
    """The target of the design's page: 1300, told 23 %."""
    path = (797.1, 879.0, 969.4, 1069.1, 1179.0, 1300.0)
    actual = ("797.1", "912.0", "960.6", "1049.0")
    return TargetOutlook(
        key="output",
        name="规模工业总产值",
        unit="亿元",
        pillar="综合绩效",
        position=1,
        span=YEAR(2025),
        bound="ge",
        value=Decimal(1300),
        state="unlikely",
        p=0.23,
        p_lo=0.21,
        p_hi=0.25,
        p_model=0.23,
        expected=1254.2,
        fan=(
            FanPoint(YEAR(2024), 1084.0, 1098.0, 1143.5, 1189.0, 1204.0),
            FanPoint(YEAR(2025), 1133.0, 1175.0, 1254.2, 1334.0, 1376.0),
        ),
        actual=tuple(
            Actual(YEAR(2020 + n), Decimal(value), "normal" if n == 0 else "simulated", "")
            for n, value in enumerate(actual)
        ),
        path=tuple(PathPoint(YEAR(2020 + n), Decimal(str(value))) for n, value in enumerate(path)),
        pace=Pace("%", needed=12.3, planned=10.3, forecast=9.7, recent=8.8, best=13.0),
        gap=Gap(
            0.0365,
            (
                Driver(
                    "electronics", "电子信息", 0.41, 0.18, 0.052, within_limit=True, mix_change=0.034, mix_closes=0.6
                ),
                Driver(
                    "machinery", "装备制造", 0.22, 0.05, 0.172, within_limit=False, mix_change=0.047, mix_closes=0.4
                ),
            ),
            0.0,
        ),
        latest_reachable=date(2024, 9, 30),
        inside=("what has happened in the period so far",),
        not_inside=("revisions of published figures",),
        simulated=True,
        evidence=f"{made.sha12}:/expected",
    )


def targets(made: Any) -> tuple[TargetOutlook, ...]:
    """One of each state that a chip can have."""
    first = output(made)
    bare: dict[str, Any] = {"gap": None, "pace": None, "latest_reachable": None, "evidence": ""}
    return (
        first,
        replace(first, key="revenue", name="营业收入", position=2, state="open", p=0.69, p_lo=0.66, p_hi=0.72, **bare),
        replace(
            first,
            key="patents",
            name="万人有效发明专利拥有量",
            pillar="科技研发",
            unit="件",
            position=3,
            state="likely",
            p=0.996,
            p_lo=0.99,
            p_hi=1.0,
            **bare,
        ),
        replace(
            first,
            key="platforms",
            name="新增科技创新平台",
            pillar="科技研发",
            unit="个",
            position=4,
            state="untold",
            p=None,
            p_lo=None,
            p_hi=None,
            expected=None,
            fan=(),
            actual=(),
            reason="There is no figure.",
            simulated=False,
            **bare,
        ),
    )


def overview(area: Any) -> Overview:
    """All of them, as one run."""
    made = run(area)
    joint = (Joint("综合绩效", 0.18, 0.16, 0.2, 2, f"{made.sha12}:/p"),)
    return Overview(made, AS_OF, False, targets(made), joint, 2000)


def calls() -> tuple[CallPoint, ...]:
    """A year of calls, the earlier ones backtests; the last is that of the overview."""
    told = (0.44, 0.41, 0.38, 0.31, 0.23)
    days = (date(2023, 7, 20), date(2023, 10, 20), date(2024, 3, 20), BEFORE, AS_OF)
    return tuple(
        CallPoint(day, p, p - 0.02, p + 0.02, n < 3, "0" * 12)
        for n, (day, p) in enumerate(zip(days, told, strict=True))
    )


def moved() -> Moved:
    """The design's movement: 31 % to 23 %, two enterprises explain it."""
    return Moved(
        BEFORE,
        AS_OF,
        before=1290.0,
        after=1254.2,
        p_before=0.31,
        p_after=0.23,
        causes=(
            MovedRow("revisions", "", -10.0, -0.8, -0.009),
            MovedRow("new_data", "", -25.8, -2.0, -0.066),
            MovedRow("model", "", 0.0, 0.0, -0.005),
        ),
        sectors=(MovedRow("sector:39", "电子信息", -30.0, -2.3, -0.06),),
        enterprises=(
            MovedRow("enterprise:a", "企业甲", -20.0, -1.6, -0.05),
            MovedRow("enterprise:b", "企业乙", -10.0, -0.8, -0.02),
        ),
        explained_by=("企业甲", "企业乙"),
        evidence="",
    )


def calibration() -> Calibration:
    """Sixty backtests in three classes."""
    return Calibration(
        bins=(
            Bin(0.0, 0.2, 20, 0.1, 0.05, 0.01, 0.24),
            Bin(0.2, 0.4, 20, 0.29, 0.5, 0.3, 0.7),
            Bin(0.8, 1.0, 20, 0.93, 0.95, 0.76, 0.99),
        ),
        brier=0.118,
        climatology=0.5,
        climatology_brier=0.25,
        skill=0.528,
        coverage_by_horizon=(Coverage(1, 40, 0.8, 0.95), Coverage(2, 20, 0.75, 0.9)),
        calls=60,
        backtests=60,
        open_calls=26,
        simulated=True,
    )


def evaluation() -> Evaluation:
    """One reached, one missed, one without a figure."""

    def row(key: str, name: str, verdict: str, actual: str | None, **more: Any) -> Evaluated:
        came = None if actual is None else Actual(YEAR(2025), Decimal(actual), "simulated", "")
        known: dict[str, Any] = {
            "unit": "亿元",
            "pillar": "综合绩效",
            "span": YEAR(2025),
            "bound": "ge",
            "base": Decimal(100),
            "value": Decimal(150),
            "reason": "",
            "short_by": None,
            "gone_pct": None,
            "calls": (),
            "brier": None,
        }
        return Evaluated(key=key, name=name, verdict=verdict, actual=came, **(known | more))

    rows = (
        row(
            "output",
            "规模工业总产值",
            "missed",
            "140",
            short_by=Decimal(10),
            gone_pct=Decimal(80),
            calls=calls(),
            brier=0.13,
        ),
        row("revenue", "营业收入", "reached", "151", short_by=Decimal(0), gone_pct=Decimal(102)),
        row("platforms", "新增科技创新平台", "not_measurable", None, reason="There is no figure."),
    )
    return Evaluation(date(2026, 3, 1), rows, {"reached": 1, "missed": 1, "not_measurable": 1}, simulated=True)


def enterprise(area: Any) -> EnterpriseOutlook:
    """Half a year of one figure, January and February as one, and a quarter ahead."""
    spans = [
        Span.from_to(Span.of_month(2024, 1), Span.of_month(2024, 2)),
        *(Span.of_month(2024, n) for n in (3, 4, 5, 6)),
    ]
    values = (20, 11, 12, 13, 12)
    return EnterpriseOutlook(
        "enterprise:a",
        "甲厂",
        run(area),
        AS_OF,
        (
            SeriesOutlook(
                "gross_output",
                "工业总产值",
                "万元",
                tuple(Actual(s, Decimal(v), "simulated", "") for s, v in zip(spans, values, strict=True)),
                tuple(FanPoint(Span.of_month(2024, n), 8.0, 9.0, 12.0, 15.0, 16.0) for n in (7, 8, 9)),
                "",
            ),
        ),
        simulated=True,
    )


def answer(monkeypatch: Any, area: Any) -> Overview:
    """Have the queries of the outlook answer with all of this, for one area."""
    from zhizao.apps.outlook import queries

    whole = overview(area)
    known = {item.key: item for item in whole.targets}
    answers: dict[str, Any] = {
        "overview": lambda _actor, of, **_when: whole if of == area else None,
        "latest_run": lambda *_of, **_when: whole.run,
        "target": lambda _actor, of, key, **_when: known.get(key) if of == area else None,
        "p_over_time": lambda *_of, **_when: calls(),
        "moved": lambda _actor, _area, key, **_when: moved() if key == "output" else None,
        "calibration": lambda *_of, **_when: calibration(),
        "evaluation": lambda *_of, **_when: evaluation(),
        "enterprise": lambda *_of, **_when: enterprise(area),
    }
    for name, told in answers.items():
        monkeypatch.setattr(queries, name, told)
    return whole


def keep(area: Any, *, target: str, firm: str) -> None:
    """Two stored runs as the job leaves them, of one target and one enterprise: addresses have something to show."""
    made = run(area)
    item = replace(output(made), key=target)
    row: dict[str, Any] = {name: getattr(item, name) for name in ("key", "name", "unit", "pillar", "position", "bound")}
    row |= {"state": item.state, "p": item.p, "p_lo": item.p_lo, "p_hi": item.p_hi, "expected": item.expected}
    row |= {"span": "2025", "value": "1300", "pace": {"unit": "%"}, "follows": [], "simulated": True}
    row["fan"] = [{"span": "2025", "q025": 1133.0, "q10": 1175.0, "q50": 1254.2, "q90": 1334.0, "q975": 1376.0}]
    row["actual"] = [[str(one.span), str(one.value), one.status, one.reference] for one in item.actual]
    row["path"] = [[str(one.span), str(one.value)] for one in item.path]
    causes = {"new_data": {"change": -35.8, "points": -2.8, "p": -0.08}}
    change = {"before": 1290.0, "after": 1254.2, "p_before": 0.31, "p_after": 0.23, "explained_by": []}
    outputs: dict[str, dict[str, Any]] = {
        "targets": {
            "targets": [row],
            "joint": [],
            "names": {},
            "draws": 2000,
            "since": BEFORE.isoformat(),
            "moved": {target: change | {"causes": causes, "sectors": [], "enterprises": []}},
        },
        "enterprises": {"enterprises": {firm: {"gross_output": {"fan": [["2024-07", 8, 9, 12, 15, 16]], "note": ""}}}},
    }
    for part, record in outputs.items():
        record_run(
            actor=None,
            area=area,
            engine="outlook",
            engine_version="1",
            inputs={},
            parameters={"part": part, "written": "by hand"},
            seed=None,
            as_of=AS_OF,
            output=canonical.dumps(record),
        )
