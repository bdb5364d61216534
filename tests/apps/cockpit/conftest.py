"""The area of the outlook's tests, whose growth and contributions can be told by hand, and a brief of it."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.apps.outlook.conftest import (  # noqa: F401 -- fixtures
    _own_store,
    analyst,
    area,
    enterprises,
    monthly_rows,
    person,
    take,
)

AS_OF = dt.date(2024, 7, 20)


@pytest.fixture
def figures(take, enterprises):  # noqa: F811
    """Every month of 2020 to June 2024, all enterprises, each known on the 10th of the next month."""
    from zhizao.apps.registry.services import area_subject
    from zhizao.base.accounts.models import Area
    from zhizao.base.facts import services
    from zhizao.base.facts.models import Membership

    place = area_subject(Area.objects.get())
    known = {"source": "test", "known_from": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}
    services.state([Membership(subject=one, parent=place, tree="area", **known) for one in enterprises.values()])
    take(*monthly_rows())


@pytest.fixture
def made(area, figures):  # noqa: F811
    """The facts of the brief of June 2024 as known on 20 July."""
    from zhizao.apps.cockpit import gathering

    return gathering.gather(gathering.ask(area, "2024-06", AS_OF))


@pytest.fixture
def kept(made):
    """The run of them."""
    from zhizao.apps.cockpit import services

    return services.keep(actor=None, made=made)


@pytest.fixture
def issued(made, kept):
    """The brief that went out, in both languages."""
    from zhizao.apps.cockpit import services, text

    files = {language: services.files_of(kept, made.asked, 1, language) for language in text.LANGUAGES}
    return services.issue(actor=None, made=made, run=kept, files=files)
