"""Password hashing with SM3, where the rules for commercial cryptography (GB/T 39786) ask for it."""

from __future__ import annotations

import base64
import hashlib

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class PBKDF2SM3PasswordHasher(PBKDF2PasswordHasher):
    """PBKDF2-HMAC-SM3 through OpenSSL. The default is Argon2id; ZHIZAO_PASSWORD_HASHER=sm3 chooses this one.

    Raises
    ------
    ValueError : this machine's OpenSSL was built without SM3.
    """

    algorithm = "pbkdf2_sm3"
    iterations = 1_000_000

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        self._check_encode_args(password, salt)
        iterations = iterations or self.iterations
        digest = hashlib.pbkdf2_hmac("sm3", password.encode(), salt.encode(), iterations)
        return f"{self.algorithm}${iterations}${salt}${base64.b64encode(digest).decode('ascii')}"
