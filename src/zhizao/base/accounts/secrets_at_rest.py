"""Encrypts what must be read again, such as the shared secret of a one-time code, with a key made from SECRET_KEY."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def _fernet(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"zhizao second factor").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def _ring() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def encrypt(text: str) -> str:
    """The text, unreadable without the key."""
    return _ring().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text again; raises ``cryptography.fernet.InvalidToken`` under another key."""
    return _ring().decrypt(token.encode()).decode()
