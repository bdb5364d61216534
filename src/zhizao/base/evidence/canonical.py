"""One way to write a value as bytes, so that the same result is the same file and has the same hash.

Keys are sorted, text is UTF-8, floats have 12 significant digits: differences below that come from the order in which
a machine adds, not from the data.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

SIGNIFICANT_DIGITS = 12


def dumps(value: Any) -> bytes:
    """The canonical JSON of a value.

    Dates are written in ISO form, decimals as text (they are exact), tuples as lists.

    Raises
    ------
    ValueError : a float is not finite; unknown is written as ``None``.
    TypeError : a type that JSON has no word for.

    Examples
    --------
    >>> dumps({"b": 0.1 + 0.2, "a": [1, 1.0, None], "城": "渝"}).decode()
    '{"a":[1,1.0,null],"b":0.3,"城":"渝"}'
    """
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def number(value: float) -> float:
    """The float of 12 significant digits nearest to a value; negative zero becomes zero.

    >>> number(2 / 3)
    0.666666666667
    """
    if not math.isfinite(value):
        raise ValueError("a canonical number is finite; write None for unknown")
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0


def sha256(value: Any) -> str:
    """The SHA-256, in hex, of a value's canonical JSON."""
    return hashlib.sha256(dumps(value)).hexdigest()


def plain(value: Any) -> Any:
    """The value in JSON's own types, as ``dumps`` writes it."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return number(value)
        case Decimal():
            return format(value, "f")
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            if not all(isinstance(key, str) for key in value):
                raise TypeError("keys of canonical JSON are strings")
            return {key: plain(item) for key, item in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray):
            return [plain(item) for item in value]
    raise TypeError(f"canonical JSON has no word for {type(value).__name__}")
