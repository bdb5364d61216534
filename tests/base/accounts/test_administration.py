from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from zhizao.base.accounts import administration as ad
from zhizao.base.accounts.models import Area, Organisation, RoleGrant, User
from zhizao.base.accounts.roles import SEPARATED_ROLES, Role
from zhizao.kernel.result import Refused


def _refused(act, **kwargs) -> str:
    with pytest.raises(Refused) as refused, transaction.atomic():
        act(**kwargs)
    return refused.value.problems[0].code


def test_moving_an_organisation_moves_its_whole_subtree(house):
    office = ad.create_organisation(actor=None, area=house.a, kind="department", name="Office", parent=house.department)
    top = ad.create_organisation(actor=None, area=house.a, kind="district", name="New district")

    ad.change_organisation(
        actor=house.system_administrator, organisation=house.department, version=1, name="Department",
        is_active=True, parent=top,
    )  # fmt: skip

    office.refresh_from_db()
    assert office.path == f"{top.pk}/{house.department.pk}/{office.pk}/"


def test_an_organisation_cannot_move_into_its_own_subtree(house):
    code = _refused(
        ad.change_organisation, actor=house.system_administrator, organisation=house.district, version=1,
        name="District", is_active=True, parent=house.department,
    )  # fmt: skip

    assert code == "accounts.own_subtree"
    assert Organisation.objects.get(pk=house.district.pk).version == 1


def test_the_second_of_two_tabs_is_told_and_loses_nothing(house, browse):
    tab = browse(house.system_administrator)
    address = f"/accounts/organisations/{house.district.pk}/"
    form = {"name": "From the first tab", "is_active": "on", "parent": "", "version": "1"}
    assert tab.post(address, form).status_code == 302

    answer = tab.post(address, {**form, "name": "From the second tab"})

    assert answer.status_code == 409
    page = answer.content.decode()
    assert 'value="From the second tab"' in page, "what was typed is still in the form"
    assert "From the first tab" in page, "what is stored now is shown"
    assert Organisation.objects.get(pk=house.district.pk).name == "From the first tab"
    assert tab.post(address, {**form, "name": "Decided", "version": "2"}).status_code == 302


def test_the_system_administrator_opens_accounts_and_cannot_grant_roles(house):
    user, password = ad.create_user(
        actor=house.system_administrator, username="new", name="New", organisation=house.department
    )
    assert user.check_password(password) and user.must_change_password and user.roles == frozenset()

    with pytest.raises(PermissionDenied):
        ad.grant_role(actor=house.system_administrator, user=user, role=Role.ANALYST)
    assert not RoleGrant.objects.filter(user=user).exists()


def test_the_security_administrator_grants_roles_and_cannot_open_accounts(house):
    before = User.objects.count()
    with pytest.raises(PermissionDenied):
        ad.create_user(actor=house.security_administrator, username="new", name="New", organisation=house.department)
    assert User.objects.count() == before

    ad.grant_role(actor=house.security_administrator, user=house.leader, role=Role.ANALYST)
    assert User.objects.get(pk=house.leader.pk).roles == {"leader", "analyst"}


@pytest.mark.parametrize("second", SEPARATED_ROLES)
@pytest.mark.parametrize("first", SEPARATED_ROLES)
def test_no_account_holds_two_administrators_even_past_the_services(house, first, second):
    user = User.objects.get(username=first)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=user, role=second)


def test_an_administrator_holds_no_other_role(house):
    grant = {"actor": house.security_administrator}
    assert (
        _refused(ad.grant_role, **grant, user=house.auditor, role=Role.ANALYST)
        == "accounts.administrators_are_separate"
    )
    assert (
        _refused(ad.grant_role, **grant, user=house.analyst, role=Role.AUDITOR)
        == "accounts.administrators_are_separate"
    )


def test_nobody_grants_to_himself(house):
    actor = house.security_administrator
    assert _refused(ad.grant_role, actor=actor, user=actor, role=Role.ANALYST) == "accounts.own_account"
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=house.leader, role=Role.ANALYST, granted_by=house.leader)


def test_there_is_no_superuser(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="root", is_superuser=True)


@pytest.mark.parametrize(
    ("person", "role"), [("analyst", Role.BANK), ("bank", Role.ANALYST), ("leader", "enterprise_manager")]
)
def test_a_role_must_fit_the_organisation(house, person, role):
    code = _refused(ad.grant_role, actor=house.security_administrator, user=getattr(house, person), role=role)
    assert code == "accounts.role_does_not_fit"


def test_an_administrator_of_one_area_reaches_nobody_in_another(house, browse):
    with pytest.raises(PermissionDenied):
        ad.set_user_active(actor=house.system_administrator, user=house.stranger, is_active=False)
    assert User.objects.get(pk=house.stranger.pk).is_active
    assert browse(house.system_administrator).get(f"/accounts/users/{house.stranger.pk}/").status_code == 404
    assert browse(house.system_administrator).get(f"/accounts/organisations/{house.elsewhere.pk}/").status_code == 404


def test_area_codes_that_begin_alike_are_not_taken_for_parents(house):
    ad.create_area(actor=None, code="ab", name="AB")
    assert list(Area.objects.visible_to(house.analyst).values_list("code", flat=True)) == ["a"]


def test_an_enterprise_sees_itself_and_nothing_of_the_administration(house):
    assert list(Organisation.objects.visible_to(house.enterprise_manager)) == [house.enterprise]
    assert not User.objects.visible_to(house.enterprise_manager).exists()


def test_closing_an_account_ends_its_sessions(house, browse):
    browser = browse(house.analyst)
    assert browser.get("/accounts/").status_code == 200
    ad.set_user_active(actor=house.system_administrator, user=house.analyst, is_active=False)
    assert browser.get("/accounts/").status_code == 302


def test_a_password_is_not_reset_where_it_would_hand_over_another_administrators_office(house):
    before = User.objects.get(pk=house.security_administrator.pk).password
    code = _refused(ad.reset_password, actor=house.system_administrator, user=house.security_administrator)
    assert code == "accounts.unprotected_administrator"
    assert User.objects.get(pk=house.security_administrator.pk).password == before


def test_each_act_of_an_administrator_leaves_its_audit_row(house, log):
    before = len(log())
    user, _password = ad.create_user(
        actor=house.system_administrator, username="new", name="New", organisation=house.department
    )
    ad.grant_role(actor=house.security_administrator, user=user, role=Role.ANALYST)
    ad.revoke_role(actor=house.security_administrator, user=user, role=Role.ANALYST)
    ad.set_user_active(actor=house.system_administrator, user=user, is_active=False)
    assert log()[before:] == [
        "accounts.user.create", "accounts.role.grant", "accounts.role.revoke", "accounts.user.close",
    ]  # fmt: skip


def test_a_taken_user_name_is_refused_on_its_field(house, browse):
    answer = browse(house.system_administrator).post(
        "/accounts/users/new/", {"username": "analyst", "name": "N", "organisation": house.department.pk}
    )
    assert answer.status_code == 400
    assert "username" in answer.context["form"].errors


def test_founding_makes_three_separate_administrators_once(db):
    from zhizao.base.accounts.founding import found

    passwords = found(area_code="a", area_name="A", organisation_name="District")
    assert set(passwords) == {"system_administrator", "security_administrator", "auditor"}
    assert all(User.objects.get(username=name).roles == {name} for name in passwords)
    assert _refused(found, area_code="b", area_name="B", organisation_name="X") == "accounts.founded"


def test_the_demonstration_has_one_account_a_role_and_loads_once(db):
    from zhizao.base.accounts.demo import load

    passwords = load(say=lambda text: None, area_code="a", area_name="A")
    assert set(passwords) == set(Role.values)
    assert User.objects.get(username="analyst").check_password(passwords["analyst"])
    assert load(say=lambda text: None, area_code="a", area_name="A") == {}
