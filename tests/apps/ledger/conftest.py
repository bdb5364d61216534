"""An area with three enterprises and a sector, people of it, and files of observations."""

from __future__ import annotations

import pytest

HEADER = "subject,indicator,span,scope,price_basis,value,unit,status,source,known_from"


def csv(*rows: str) -> bytes:
    """A file of observations. A row leaves out scope, price basis and source."""
    lines = [HEADER]
    for row in rows:
        subject, indicator, span, value, unit, status, known_from = row.split(",")
        lines.append(f"{subject},{indicator},{span},,,{value},{unit},{status},月报,{known_from}")
    return "\n".join([*lines, ""]).encode()


@pytest.fixture(autouse=True)
def _own_store(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def area(db):
    from tests.factories import make_area

    return make_area(code="990101", name="甲区")


@pytest.fixture
def subjects(area):
    """甲, 乙, 丙 belong to the sector 电子; its key is ``sector:e``."""
    from zhizao.base.facts import services
    from zhizao.base.facts.models import Membership

    sector = services.subject(kind="sector", id_part="e", area=area)
    made = {"e": sector}
    for key, name in (("a", "甲厂"), ("b", "乙厂"), ("c", "丙厂")):
        made[key] = services.subject(kind="enterprise", id_part=key, area=area)
        services.state(
            [
                services.name(made[key], "registered", name, source="test"),
                Membership(subject=made[key], parent=sector, tree="sector", source="test"),
            ]
        )
    return made


@pytest.fixture
def person(area):
    """``person("analyst")``: an account of the area, or of the one given."""
    from tests.factories import make_user

    return lambda *roles, area=area: make_user(*roles, area=area)


@pytest.fixture
def analyst(person):
    return person("analyst")


@pytest.fixture
def take(area, subjects):
    """``take(row, …)``: the rows imported by the system; gives the import."""
    from zhizao.apps.ledger import services

    def run(*rows: str, name: str = "月报.csv"):
        return services.import_file(actor=None, area=area, data=csv(*rows), name=name)[0]

    return run
