from __future__ import annotations

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.contrib.auth.password_validation import get_password_validators, validate_password
from django.core.exceptions import ValidationError

from zhizao.base.accounts import services
from zhizao.base.accounts.hashers import PBKDF2SM3PasswordHasher
from zhizao.base.accounts.password_profiles import password_validators
from zhizao.kernel.result import Refused


def allowed(profile: str, password: str, user=None) -> bool:
    try:
        validate_password(password, user, get_password_validators(password_validators(profile)))
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("password", "asvs", "mlps3"),
    [
        ("Xk7!pqz", False, False),  # 7 characters
        ("password", False, False),  # common
        ("correct horse battery staple", True, False),  # two kinds of characters
        ("quiet-river-Stone", True, True),  # three kinds
        ("x" * 63 + "Y1", True, True),  # 65 characters: ASVS 6.2.9 allows at least 64
        ("Ab1!" * 33, False, False),  # 132 characters
        ("春江花月夜，2024Ab", True, True),
    ],
)
def test_what_each_profile_allows(password, asvs, mlps3):
    assert (allowed("ASVS", password), allowed("MLPS3", password)) == (asvs, mlps3)


def test_an_unknown_profile_stops_the_start():
    with pytest.raises(ValueError, match="ASVS, MLPS3"):
        password_validators("NIST")


def test_mlps3_refuses_the_last_five_passwords_and_allows_the_sixth(house, settings):
    settings.ZHIZAO_PASSWORD_PROFILE = "MLPS3"
    settings.AUTH_PASSWORD_VALIDATORS = password_validators("MLPS3")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    past = [f"Quiet-river-{number}" for number in range(1, 7)]
    for password in past:
        services.change_password(actor=house.bank, password=password)
    for password in past[1:]:
        with pytest.raises(Refused):
            services.change_password(actor=house.bank, password=password)
    services.change_password(actor=house.bank, password=past[0])


def test_asvs_allows_a_former_password(house):
    services.change_password(actor=house.bank, password="quite another secret")
    services.change_password(actor=house.bank, password="a long enough secret")
    assert house.bank.check_password("a long enough secret")


def test_a_refused_password_changes_nothing(house):
    before = house.bank.password
    with pytest.raises(Refused):
        services.change_password(actor=house.bank, password="12345678")
    house.bank.refresh_from_db()
    assert house.bank.password == before


def test_argon2id_is_the_default():
    assert make_password("x").startswith("argon2$argon2id$")


def test_pbkdf2_with_sm3_checks_its_own_hashes():
    hasher = PBKDF2SM3PasswordHasher()
    encoded = hasher.encode("password", "salt", iterations=2)
    # hashlib.pbkdf2_hmac("sm3", b"a", b"b", 2) of OpenSSL 3.0.19
    assert (
        hasher.decode(hasher.encode("a", "b", iterations=2))["hash"] == "jz2RxX9wt1plKaoV30Rhjh07LrrnxLgtOSP5cb03tyI="
    )
    assert identify_hasher(encoded).algorithm == "pbkdf2_sm3"
    assert check_password("password", encoded) and not check_password("Password", encoded)
