"""One small administration with somebody in each office, and browsers signed in past the second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

PASSWORD = "a long enough secret"


@cache
def hashed() -> str:
    """The password's hash, made once: it is slow by design."""
    from django.contrib.auth.hashers import make_password

    return make_password(PASSWORD)


@pytest.fixture(autouse=True)
def fresh_counters() -> None:
    """Rate limits count in the cache, which outlives a test."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def house(db: None) -> Any:
    """Areas ``a`` and ``b``; in ``a`` a district with a department, an enterprise and a person of each role."""
    from zhizao.base.accounts import administration as ad
    from zhizao.base.accounts.models import User
    from zhizao.base.accounts.roles import Role

    a = ad.create_area(actor=None, code="a", name="A")
    b = ad.create_area(actor=None, code="b", name="B")
    district = ad.create_organisation(actor=None, area=a, kind="district", name="District")
    department = ad.create_organisation(actor=None, area=a, kind="department", name="Department", parent=district)
    enterprise = ad.create_organisation(actor=None, area=a, kind="enterprise", name="Works")
    bank = ad.create_organisation(actor=None, area=a, kind="bank", name="Bank")
    elsewhere = ad.create_organisation(actor=None, area=b, kind="district", name="Elsewhere")
    places = {"enterprise_reporter": enterprise, "enterprise_manager": enterprise, "bank": bank}
    people = {}
    for role in Role:
        user = User(username=role.value, password=hashed(), organisation=places.get(role.value, department))
        user.save()
        ad.grant_role(actor=None, user=user, role=role)
        people[role.value] = user
    stranger = User.objects.create(username="stranger", organisation=elsewhere)
    return SimpleNamespace(
        a=a, b=b, district=district, department=department, enterprise=enterprise, lender=bank, elsewhere=elsewhere,
        stranger=stranger, **people,
    )  # fmt: skip


@pytest.fixture
def browse(house: Any) -> Callable[[Any], Any]:
    """A browser signed in as somebody, past the second factor."""
    from django.test import Client

    def open_browser(user: Any) -> Client:
        client = Client()
        client.force_login(user)
        session = client.session
        session["zhizao_enrolled"] = True
        session.save()
        return client

    return open_browser


@pytest.fixture
def log() -> Callable[[], list[str]]:
    """The actions of the audit trail so far, oldest first."""
    from zhizao.base.audit.models import AuditEvent

    return lambda: list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
