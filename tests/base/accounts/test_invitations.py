from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from zhizao.base.accounts import invitations
from zhizao.base.accounts.models import Invitation, Organisation, User
from zhizao.kernel.result import Refused

KEY = "enterprise:91500108MA5U0000XX"
PERSON = {"username": "boss", "name": "Boss", "password": "a long enough secret"}


@pytest.fixture
def token(house) -> str:
    _invitation, token = invitations.invite(
        actor=house.department_staff, area=house.a, enterprise_key=KEY, enterprise_name="Pumps Ltd"
    )
    return token


def test_accepting_links_the_organisation_to_its_enterprise_and_makes_a_manager(house, token):
    user = invitations.accept(token=token, **PERSON)
    assert user.roles == {"enterprise_manager"}
    assert (user.organisation.kind, user.organisation.enterprise_key) == ("enterprise", KEY)
    assert Invitation.objects.get().accepted_by == user


def test_the_token_is_not_stored(token):
    assert token not in str(Invitation.objects.values().get())


def test_an_enterprise_has_one_organisation(house, token):
    invitations.accept(token=token, **PERSON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.create(area=house.a, kind="enterprise", name="Twin", path="x", enterprise_key=KEY)


@pytest.mark.parametrize("state", ["expired", "used", "withdrawn", "unknown"])
def test_a_link_that_is_no_longer_good_opens_nothing(house, token, state, client):
    if state == "used":
        invitations.accept(token=token, **PERSON)
    if state == "withdrawn":
        invitations.revoke(actor=house.park_operator, invitation=Invitation.objects.get())
    if state == "unknown":
        token = "unknown"
    before = User.objects.count()
    later = timezone.now() + timedelta(days=invitations.VALID_DAYS + 1 if state == "expired" else 0)
    with time_machine.travel(later):
        with pytest.raises(Refused):
            invitations.accept(token=token, **{**PERSON, "username": "second"})
        assert client.get(f"/accounts/invitation/{token}/").status_code == 410
    assert User.objects.count() == before


def test_a_refused_password_leaves_the_invitation_open(house, token, client):
    answer = client.post(f"/accounts/invitation/{token}/", {**PERSON, "password": "12345678"})
    assert answer.status_code == 400
    assert not User.objects.filter(username="boss").exists()
    assert Invitation.objects.get().accepted_at is None
    assert client.post(f"/accounts/invitation/{token}/", PERSON)["Location"] == "/accounts/login/"


def test_staff_cannot_invite_into_another_area(house):
    with pytest.raises(PermissionDenied):
        invitations.invite(actor=house.department_staff, area=house.b, enterprise_key=KEY, enterprise_name="Pumps")
    assert not Invitation.objects.exists()


def test_an_enterprise_linked_elsewhere_cannot_be_invited(house):
    Organisation.objects.create(area=house.b, kind="enterprise", name="Pumps", path="x/", enterprise_key=KEY)
    with pytest.raises(Refused):
        invitations.invite(actor=house.department_staff, area=house.a, enterprise_key=KEY, enterprise_name="Pumps")


def test_a_manager_invites_colleagues_of_his_own_enterprise_only(house, token):
    boss = invitations.accept(token=token, **PERSON)
    mine = {"actor": boss, "area": house.a, "enterprise_name": "Pumps Ltd", "role": "enterprise_reporter"}
    _invitation, second = invitations.invite(**mine, enterprise_key=KEY)
    colleague = invitations.accept(token=second, username="clerk", name="Clerk", password=PERSON["password"])
    assert colleague.organisation == boss.organisation and colleague.roles == {"enterprise_reporter"}
    with pytest.raises(PermissionDenied):
        invitations.invite(**mine, enterprise_key="enterprise:other")


@pytest.mark.parametrize("role", ["analyst", "auditor", "system_administrator"])
def test_an_invitation_never_carries_another_role(house, role):
    with pytest.raises(PermissionDenied):
        invitations.invite(
            actor=house.department_staff, area=house.a, enterprise_key=KEY, enterprise_name="P", role=role
        )


def test_the_page_shows_the_link_once(house, browse):
    browser = browse(house.park_operator)
    form = {"enterprise_name": "Pumps", "enterprise_key": KEY, "area": house.a.pk}
    page = browser.post("/accounts/invitations/", form).content.decode()
    assert "/accounts/invitation/" in page
    assert "/accounts/invitation/" not in browser.get("/accounts/invitations/").content.decode()
