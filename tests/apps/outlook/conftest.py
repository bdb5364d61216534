"""An area with two sectors, five enterprises, a plan of four targets, and months whose totals can be told by hand.

Each enterprise's month is its size, twice that in December, and a tenth more each year: the year of an enterprise of
size s is 13 s × 1.1ᵗ, t years after 2020. Everything of a month is known on the 10th of the next.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

HEADER = "subject,indicator,span,scope,price_basis,value,unit,status,source,known_from"
SIZES = {"a": 100, "b": 50, "c": 30, "d": 15, "e": 5}
SECTOR = {"a": "电子", "b": "电子", "c": "装备", "d": "装备", "e": "装备"}
FIRST, LAST = 2020, 2024
DOCUMENT = """甲区人民政府关于印发《甲区工业发展规划（2021—2025年）》的通知

表1 主要目标
\t指标名称
\t计量单位
\t2020年
\t2025年
\t年均增长

\t规模工业总产值
\t万元
\t2600
\t4187.3
\t10%

\t电子信息制造业规模工业总产值
\t万元
\t1950
\t4000
\t15.5%

\t绿色工厂
\t个
\t0
\t4
\t—

\t园区产业集中度
\t%
\t94
\t98
\t—
"""


@pytest.fixture(autouse=True)
def _own_store(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def area(db):
    from tests.factories import make_area

    return make_area(code="990101", name="甲区")


@pytest.fixture
def person(area):
    """``person("analyst")``: an account of the area, or of the one given."""
    from tests.factories import make_user

    return lambda *roles, area=area, **more: make_user(*roles, area=area, **more)


@pytest.fixture
def analyst(person):
    return person("analyst")


@pytest.fixture
def enterprises(area):
    """The subjects by letter."""
    from zhizao.apps.registry.services import parent_subject
    from zhizao.base.facts import services
    from zhizao.base.facts.models import Membership

    sectors = {name: parent_subject(tree="sector", name=name, area=area) for name in set(SECTOR.values())}
    made = {}
    for key in SIZES:
        made[key] = services.subject(kind="enterprise", id_part=key, area=area)
        known = {"source": "test", "known_from": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}
        services.state(
            [
                services.name(made[key], "registered", f"{key}厂", **known),
                Membership(subject=made[key], parent=sectors[SECTOR[key]], tree="sector", **known),
            ]
        )
    return made


def month_value(key: str, year: int, month: int) -> Decimal:
    """What an enterprise makes in a month, in 万元."""
    grown = SIZES[key] * (Decimal("1.1") ** (year - FIRST))
    return (grown * (2 if month == 12 else 1)).quantize(Decimal("0.000001"))


def to_date(key: str, year: int, month: int) -> Decimal:
    """The year to date."""
    return sum((month_value(key, year, at) for at in range(1, month + 1)), Decimal(0))


def row(
    subject: str, indicator: str, span: str, value: object, known_from: str, *, unit: str = "万元", more: str = ","
):
    scope, basis = more.split(",")
    return f"{subject},{indicator},{span},{scope},{basis},{value},{unit},simulated,月报,{known_from}"


def monthly_rows(*, without: frozenset[tuple[str, int, int]] = frozenset(), last: int = LAST) -> list[str]:
    """Year-to-date reports of all enterprises, the first of a year in March for two months."""
    found = []
    for key in SIZES:
        for year in range(FIRST, last + 1):
            for month in range(2, 13):
                if (key, year, month) not in without:
                    known = dt.date(year + month // 12, month % 12 + 1, 10)
                    span = f"{year}-01..{month:02d}"
                    found.append(row(f"enterprise:{key}", "gross_output", span, to_date(key, year, month), str(known)))
    return found


@pytest.fixture
def take(area, enterprises):
    """``take(row, …)``: rows imported by the system."""
    from zhizao.apps.ledger import services

    def run(*rows: str, name: str = "月报.csv"):
        services.load_indicators()
        return services.import_file(actor=None, area=area, data="\n".join([HEADER, *rows, ""]).encode(), name=name)[0]

    return run


@pytest.fixture
def plan(area):
    """The plan, published and known since 2021."""
    from zhizao.apps.ledger.services import load_indicators
    from zhizao.apps.plan import services
    from zhizao.apps.plan.models import PlanVersion
    from zhizao.apps.registry.services import area_subject
    from zhizao.engines.planlint import read_document

    reading = read_document(DOCUMENT.encode(), file="plan.md")
    draft = services.take_reading(actor=None, area=area, reading=reading, file="plan.md")
    version = services.publish_version(actor=None, version=draft)
    PlanVersion.objects.filter(pk=version.pk).update(known_from=dt.datetime(2021, 2, 1, tzinfo=dt.UTC))
    load_indicators()
    area_subject(area)
    return version.plan


@pytest.fixture
def keys(plan):
    """The key of each target by its name."""
    from zhizao.apps.plan import queries

    return {item.target.name: item.target.key for item in queries.targets(queries.in_force(plan))}


@pytest.fixture
def yearly(area, keys, take):
    """``yearly(name, {2021: "915"})``: figures of a target, each known on 1 March after its year."""
    units = {"绿色工厂": "个", "园区产业集中度": "%"}

    def run(name: str, figures: dict[int, str], *, status: str = "simulated"):
        rows = [
            row(f"area:{area.code}", keys[name], str(year), value, f"{year + 1}-03-01", unit=units.get(name, "万元"))
            for year, value in figures.items()
        ]
        rows = [text.replace(",simulated,", f",{status},") for text in rows]
        return take(*rows, name=f"{name}-{min(figures)}-{max(figures)}.csv")

    return run


def year_total(year: int, keys: str = "abcde") -> Decimal:
    """13 s × 1.1ᵗ, summed."""
    return sum((to_date(key, year, 12) for key in keys), Decimal(0))


@pytest.fixture
def economy(take, yearly):
    """Months of 2020–2024 and the targets' years 2020–2023; the output's yearly figures are half the months' sums."""
    take(*monthly_rows())
    yearly("规模工业总产值", {year: str(year_total(year) / 2) for year in range(2020, 2025)})
    yearly("电子信息制造业规模工业总产值", {year: str(year_total(year, "ab")) for year in range(2020, 2025)})
    yearly("绿色工厂", {2021: "1", 2022: "1", 2023: "2", 2024: "3"})
    yearly("园区产业集中度", {2021: "95", 2022: "95.5"})
