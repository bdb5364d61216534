from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from zhizao.base.accounts import administration as ad
from zhizao.base.accounts.models import User
from zhizao.base.audit.models import AuditEvent

PASSWORD = "a long enough secret"


def sign_in(username: str = "bank", password: str = PASSWORD, client: Client | None = None):
    return (client or Client()).post("/accounts/login/", {"login": username, "password": password})


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def enrol(client: Client) -> str:
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    assert client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)}).status_code == 302
    return secret


def test_signing_in_leaves_a_row_with_address_and_browser(house):
    answer = Client(REMOTE_ADDR="10.1.2.3", HTTP_USER_AGENT="Firefox").post(
        "/accounts/login/", {"login": "bank", "password": PASSWORD}
    )
    assert answer.status_code == 302
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.actor, event.ip, event.user_agent, event.outcome) == (
        "accounts.sign_in", house.bank, "10.1.2.3", "Firefox", "done",
    )  # fmt: skip


def test_an_address_forwarded_by_nobody_we_trust_is_not_believed(house, settings):
    header = {"HTTP_X_FORWARDED_FOR": "6.6.6.6, 10.0.0.9", "REMOTE_ADDR": "127.0.0.1"}
    sign_in(client=Client(**header))
    assert AuditEvent.objects.latest("id").ip == "127.0.0.1"
    settings.ZHIZAO_PROXIES = 1
    sign_in(client=Client(**header))
    assert AuditEvent.objects.latest("id").ip == "10.0.0.9"


def test_five_failures_lock_the_account_from_that_address_until_it_is_unlocked(house, log):
    answers = [sign_in(password="wrong") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert "锁定" in answers[-1].content.decode() or "locked" in answers[-1].content.decode()
    assert sign_in().status_code == 429, "the right password does not help while it is locked"
    assert log().count("accounts.lock_out") == 1
    refused = AuditEvent.objects.filter(action="accounts.sign_in", outcome="refused")
    assert refused.count() == 6 and {row.target_text for row in refused} == {"bank"}
    elsewhere = Client(REMOTE_ADDR="10.9.9.9")
    assert sign_in(client=elsewhere).status_code == 302, "nobody can lock others out from elsewhere"

    ad.unlock(actor=house.security_administrator, username="bank")
    assert sign_in().status_code == 302


def test_a_lock_ends_by_itself(house):
    for _ in range(5):
        sign_in(password="wrong")
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert sign_in().status_code == 302


def test_a_name_without_an_account_is_not_kept_in_the_audit_trail(house):
    sign_in(username="my-password-in-the-wrong-field")
    event = AuditEvent.objects.latest("id")
    assert event.outcome == "refused"
    assert "wrong-field" not in str(AuditEvent.objects.filter(pk=event.pk).values())


def test_nobody_opens_an_account_for_himself(client, db):
    assert client.get("/accounts/signup/").status_code == 404
    assert client.get("/accounts/password/reset/").status_code == 404


def test_staff_set_up_a_second_factor_before_anything_else(house):
    browser = Client()
    sign_in("analyst", client=browser)
    assert browser.get("/audit/")["Location"].endswith("/2fa/totp/activate/")
    enrol(browser)
    assert Authenticator.objects.filter(user=house.analyst, type="recovery_codes").exists()
    codes = browser.get("/accounts/2fa/recovery-codes/download/")
    assert codes["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert browser.get("/audit/").status_code == 403, "enrolled: it is now only the role that is missing"


def test_the_secret_of_the_second_factor_is_not_readable_in_the_database(house):
    browser = Client()
    sign_in("analyst", client=browser)
    secret = enrol(browser)
    assert secret not in str(Authenticator.objects.filter(type="totp").values().get())


@pytest.mark.parametrize("due", ["password", "second factor"])
def test_an_administrator_acts_only_after_enrolling(house, due):
    """The administrators' pages and API tokens lie under the same beginning of the address as the own account."""
    administrator = house.system_administrator
    if due == "password":
        User.objects.filter(pk=administrator.pk).update(must_change_password=True)
    browser = Client()
    sign_in(administrator.username, client=browser)
    way = "/accounts/password/change/" if due == "password" else "/accounts/2fa/totp/activate/"
    for address in ("", "users/", "users/new/", "organisations/", f"users/{house.bank.pk}/", "tokens/", "sessions/"):
        assert browser.get(f"/accounts/{address}").headers.get("Location") == way, address
    wanted = {"username": "accomplice", "name": "A", "organisation": house.district.pk}
    assert browser.post("/accounts/users/new/", wanted).headers["Location"] == way
    assert browser.post(f"/accounts/users/{house.bank.pk}/password/").headers["Location"] == way
    assert not User.objects.filter(username="accomplice").exists()
    assert User.objects.get(pk=house.bank.pk).check_password(PASSWORD), "nothing was changed"
    assert browser.get(way).status_code == 200


def test_password_alone_does_not_sign_in_an_enrolled_account(house):
    browser = Client()
    sign_in("analyst", client=browser)
    secret = enrol(browser)

    again = Client()
    assert sign_in("analyst", client=again)["Location"].startswith("/accounts/2fa/authenticate/")
    assert again.get("/accounts/")["Location"].startswith("/accounts/login/")
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        answer = again.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
        assert answer.status_code == 302
        assert again.get("/accounts/").status_code == 200


def test_wrong_codes_lock_like_wrong_passwords(house):
    browser = Client()
    sign_in("analyst", client=browser)
    enrol(browser)
    again = Client()
    sign_in("analyst", client=again)
    answers = [again.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code for _ in range(6)]
    assert answers == [200, 200, 200, 200, 429, 429]


def test_a_mandatory_second_factor_cannot_be_removed_by_its_holder(house):
    browser = Client()
    sign_in("analyst", client=browser)
    enrol(browser)
    browser.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(user=house.analyst, type="totp").exists()


@pytest.mark.parametrize("person", ["enterprise_reporter", "enterprise_manager", "bank"])
def test_enterprises_and_banks_are_not_forced_to_a_second_factor(house, person):
    browser = Client()
    sign_in(person, client=browser)
    assert browser.get("/audit/").status_code == 403


def test_demonstration_accounts_skip_the_second_factor_under_the_demo_profile_only(house, settings):
    User.objects.filter(username="analyst").update(is_demo=True)
    browser = Client()
    sign_in("analyst", client=browser)
    assert browser.get("/audit/").status_code == 302
    settings.SECOND_FACTOR_WAIVED_FOR_DEMO_ACCOUNTS = True
    assert browser.get("/audit/").status_code == 403
    assert Client().get("/audit/").status_code == 302


def test_a_session_ends_after_thirty_idle_minutes(house):
    browser = Client()
    sign_in(client=browser)
    start = timezone.now()
    with time_machine.travel(start + timedelta(minutes=29)):
        assert browser.get("/accounts/").status_code == 200
    with time_machine.travel(start + timedelta(minutes=58)):
        assert browser.get("/accounts/").status_code == 200
    with time_machine.travel(start + timedelta(minutes=89)):
        assert browser.get("/accounts/")["Location"].startswith("/accounts/login/")


def test_a_session_ends_after_twelve_hours_however_busy(house):
    browser = Client()
    sign_in(client=browser)
    start = timezone.now()
    for minutes in range(25, 12 * 60, 25):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            assert browser.get("/accounts/").status_code == 200
    with time_machine.travel(start + timedelta(hours=12, minutes=1)):
        assert browser.get("/accounts/").status_code == 302


def test_the_third_session_ends_the_oldest(house):
    browsers = [Client() for _ in range(3)]
    for minute, browser in enumerate(browsers):
        with time_machine.travel(timezone.now() + timedelta(minutes=minute)):
            sign_in(client=browser)
    assert [browser.get("/accounts/").status_code for browser in browsers] == [302, 200, 200]
    assert UserSession.objects.filter(user=house.bank).count() == 2


def test_changing_the_password_ends_every_session(house):
    browsers = [Client(), Client()]
    for browser in browsers:
        sign_in(client=browser)
    form = {"oldpassword": PASSWORD, "password1": "quite another secret", "password2": "quite another secret"}
    assert browsers[0].post("/accounts/password/change/", form).status_code == 302
    assert [browser.get("/accounts/").status_code for browser in browsers] == [302, 302]
    assert sign_in(password="quite another secret").status_code == 302


def test_a_one_time_password_is_changed_before_anything_else(house):
    _user, password = ad.create_user(actor=None, username="new", name="New", organisation=house.department)
    browser = Client()
    sign_in("new", password, client=browser)
    assert browser.get("/audit/")["Location"] == "/accounts/password/change/"


def test_a_password_past_its_ninety_days_is_changed_first_under_mlps3(house, settings):
    User.objects.filter(username="bank").update(password_changed_at=timezone.now() - timedelta(days=91))
    browser = Client()
    sign_in(client=browser)
    assert browser.get("/audit/").status_code == 403
    settings.ZHIZAO_PASSWORD_PROFILE = "MLPS3"
    assert browser.get("/audit/")["Location"] == "/accounts/password/change/"


def test_a_granted_role_takes_effect_after_a_new_sign_in(house):
    browser = Client()
    sign_in(client=browser)
    ad.revoke_role(actor=house.security_administrator, user=house.bank, role="bank")
    assert browser.get("/accounts/").status_code == 302


def test_a_closed_account_does_not_sign_in(house):
    ad.set_user_active(actor=house.system_administrator, user=house.bank, is_active=False)
    browser = Client()
    sign_in(client=browser)
    assert browser.get("/accounts/").status_code == 302


def test_the_session_list_ends_the_other_sessions(house):
    browsers = [Client(), Client()]
    for browser in browsers:
        sign_in(client=browser)
    assert browsers[1].get("/accounts/sessions/").status_code == 200
    browsers[1].post("/accounts/sessions/")
    assert [browser.get("/accounts/").status_code for browser in browsers] == [302, 200]
