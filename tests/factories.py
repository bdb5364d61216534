"""Rows that many tests need: an area, an organisation in it, an account with a role."""

from __future__ import annotations

from allauth.mfa.models import Authenticator

from zhizao.base.accounts.models import Area, Organisation, RoleGrant, User
from zhizao.base.accounts.roles import Role

KIND_OF_ROLE = {
    Role.PARK_OPERATOR: Organisation.Kind.PARK,
    Role.ENTERPRISE_REPORTER: Organisation.Kind.ENTERPRISE,
    Role.ENTERPRISE_MANAGER: Organisation.Kind.ENTERPRISE,
    Role.BANK: Organisation.Kind.BANK,
}


def make_area(*, code: str = "990001", name: str = "甲区", parent: Area | None = None) -> Area:
    path = f"{parent.path if parent else ''}{code}/"
    return Area.objects.get_or_create(code=code, defaults={"name": name, "parent": parent, "path": path})[0]


def make_organisation(*, area: Area, kind: str = Organisation.Kind.DEPARTMENT, name: str = "") -> Organisation:
    name = name or f"{area.name} {kind}"
    return Organisation.objects.get_or_create(
        area=area, kind=kind, name=name, defaults={"path": f"{area.code}-{kind}/"}
    )[0]


def make_user(*roles: str, area: Area, username: str = "", **more) -> User:
    kind = next((KIND_OF_ROLE[role] for role in roles if role in KIND_OF_ROLE), Organisation.Kind.DEPARTMENT)
    user = User.objects.create_user(
        username=username or "-".join([*roles, area.code]), organisation=make_organisation(area=area, kind=kind), **more
    )
    RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role) for role in roles])
    # signed in without a second factor, every page would lead to setting one up
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "unused"})
    return user
