"""An area of forty enterprises in two sectors, their months of 2022-01 to 2024-06, each known on the 10th of the next.

One enterprise, ``enterprise:e07``, loses most of its output, electricity and profit in June 2024.
"""

from __future__ import annotations

import datetime as dt

import pytest

HEADER = "subject,indicator,span,scope,price_basis,value,unit,status,source,known_from"
COUNT, FALLEN = 40, "enterprise:e07"
MONTHS = [(year, month) for year in (2022, 2023, 2024) for month in range(2, 13) if (year, month) <= (2024, 6)]
LAST = dt.date(2024, 7, 20)
"""All of June is known."""


@pytest.fixture(autouse=True)
def _own_store(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def area(db):
    from tests.factories import make_area

    return make_area(code="990701", name="甲区")


@pytest.fixture
def person(area):
    """``person("analyst")``: an account of the area, or of the one given."""
    from tests.factories import make_user

    return lambda *roles, area=area, **more: make_user(*roles, area=area, **more)


@pytest.fixture
def enterprises(area):
    """The subjects by key; the first half stand in 电子, the others in 装备."""
    from zhizao.apps.registry.services import area_subject, parent_subject
    from zhizao.base.facts import services
    from zhizao.base.facts.models import Membership

    area_subject(area)
    sectors = [parent_subject(tree="sector", name=name, area=area) for name in ("电子", "装备")]
    known = {"source": "test", "known_from": dt.datetime(2021, 1, 1, tzinfo=dt.UTC)}
    made = {}
    for number in range(COUNT):
        one = services.subject(kind="enterprise", id_part=f"e{number:02}", area=area)
        made[one.key] = one
        services.state(
            [
                services.name(one, "registered", f"{number}号厂", **known),
                Membership(subject=one, parent=sectors[number * 2 // COUNT], tree="sector", **known),
            ]
        )
    return made


def span_of(year: int, month: int) -> str:
    """January and February are one."""
    return f"{year}-01..02" if month == 2 else f"{year}-{month:02}"


def row(subject: str, indicator: str, span: str, value: object, known_from: object, *, status: str = "normal") -> str:
    unit = {"electricity": "万千瓦时"}.get(indicator, "万元")
    return f"{subject},{indicator},{span},enterprise,current,{value},{unit},{status},月报,{known_from}"


def monthly_rows(*, fallen: float = 0.3) -> list[str]:
    """Every month of every enterprise: calm to a tenth, of sizes from 50 to 500."""
    import numpy as np

    rng = np.random.default_rng(1)
    rows = []
    for number in range(COUNT):
        size = 50 * 10 ** (number / COUNT)
        for year, month in MONTHS:
            cells = 2 if month == 2 else 1
            noise = np.exp(rng.normal(0, 0.05, 3))
            if (f"enterprise:e{number:02}", year, month) == (FALLEN, 2024, 6):
                noise *= fallen
            output = size * cells * noise[0]
            values = {
                "gross_output": output,
                "electricity": size * cells * noise[1] / 400,
                "operating_revenue": size * cells,
                "profit_total": size * cells * (0.2 * noise[2] - 0.1),
            }
            known = dt.date(year + month // 12, month % 12 + 1, 10)
            key = f"enterprise:e{number:02}"
            rows += [row(key, name, span_of(year, month), round(v, 4), known) for name, v in values.items()]
    return rows


@pytest.fixture
def take(area, enterprises):
    """``take(row, …)``: rows imported by the system."""
    from zhizao.apps.ledger import services

    def run(*rows: str, name: str = "月报.csv"):
        services.load_indicators()
        return services.import_file(actor=None, area=area, data="\n".join([HEADER, *rows, ""]).encode(), name=name)[0]

    return run


@pytest.fixture
def economy(take):
    """The months of all enterprises."""
    take(*monthly_rows())


@pytest.fixture
def keep(area):
    """``keep(day)``: a run of the area as of a day, kept."""
    from zhizao.apps.warning import running, services

    def run(day: dt.date = LAST):
        return services.keep(actor=None, made=running.make(area, day, step=lambda text: None))

    return run
