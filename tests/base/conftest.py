"""Two areas, and people who hold a role in one of them. Models are imported late: conftest files load before Django."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def area(db: None) -> Any:
    from zhizao.base.accounts.models import Area

    return Area.objects.create(code="region-a", name="Region A", path="region-a/")


@pytest.fixture
def other_area(db: None) -> Any:
    from zhizao.base.accounts.models import Area

    return Area.objects.create(code="region-b", name="Region B", path="region-b/")


@pytest.fixture
def make_person() -> Callable[..., Any]:
    from zhizao.base.accounts.models import Organisation, RoleGrant, User

    def make(username: str, *, area: Any, role: str | None = None, kind: str = "department") -> User:
        path = f"office-of-{username}/"
        organisation = Organisation.objects.create(area=area, kind=kind, name=f"Office of {username}", path=path)
        user = User.objects.create(username=username, organisation=organisation)
        if role is not None:
            RoleGrant.objects.create(user=user, role=role)
        return user

    return make


@pytest.fixture
def sign_in(client: Any) -> Callable[[Any], Any]:
    """A signed-in browser that has its second factor behind it."""

    def sign_in(user: Any) -> Any:
        client.force_login(user)
        session = client.session
        session["zhizao_enrolled"] = True
        session.save()
        return client

    return sign_in


@pytest.fixture
def committed(transactional_db: None) -> None:
    """Commits instead of a test's transaction; ask for it first."""
