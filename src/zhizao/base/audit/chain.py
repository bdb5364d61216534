"""The hash chain: what is hashed, and how.

hash_n = SM3(canonical JSON of row n with hash_(n-1)), with hash_0 = 64 zeros.

Source: SM3 is GB/T 32905-2016; canonical JSON here is sorted keys, no spaces, UTF-8, times in UTC with microseconds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from cryptography.hazmat.primitives import hashes

GENESIS = "0" * 64

FIELDS = (
    "id", "at", "actor_id", "actor_name", "action", "target_type", "target_id", "target_text", "area_id", "ip",
    "user_agent", "outcome", "details_json", "previous_hash",
)  # fmt: skip


def sm3(data: bytes) -> str:
    """SM3 as 64 hex digits.

    >>> sm3(b"abc")  # GB/T 32905-2016, example 1
    '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'
    """
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


def canonical(row: Mapping[str, object]) -> bytes:
    """The bytes of a row that are hashed: every field of ``FIELDS``."""
    fields = {name: row[name] for name in FIELDS}
    at = fields["at"]
    assert isinstance(at, datetime)
    fields["at"] = at.astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def row_hash(row: Mapping[str, object]) -> str:
    """The hash that belongs into the row's ``hash`` field."""
    return sm3(canonical(row))
