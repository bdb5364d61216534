"""Find a value in a run's output: by JSON pointer (RFC 6901) in JSON, by row and column in CSV.

What is said of a value stands beside it in the output. In JSON, from the innermost object around the value outwards,
the first of these names counts (``<key>_…`` before the bare name): ``unit``, ``span``, ``name``, ``file``, ``line``,
``page``, ``sheet``, ``row``, ``included``, ``excluded``, ``simulated``, and only beside the value: ``status``, and
``text``, the value as printed.
``source`` may be an object that holds ``file``, ``line``, ``page``, ``sheet``. In CSV the row's own columns count.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LAST_ONLY = ("text", "status")


@dataclass(frozen=True, slots=True)
class Found:
    """A value with the objects around it, innermost first, and its own key."""

    value: Any
    key: str
    around: tuple[Mapping[str, Any], ...]

    def about(self, name: str) -> Any:
        """What the output says of the value under this name; ``None`` if nothing."""
        for depth, record in enumerate(self.around[:1] if name in _LAST_ONLY else self.around):
            if depth == 0 and record.get(f"{self.key}_{name}") is not None:
                return record[f"{self.key}_{name}"]
            if record.get(name) is not None and not (depth == 0 and name == self.key):
                return record[name]
            source = record.get("source")
            if isinstance(source, Mapping) and source.get(name) is not None:
                return source[name]
        return None


def find(output: bytes, pointer: str, *, media_type: str) -> Found | None:
    """The value under the pointer; ``None`` if there is none.

    Examples
    --------
    >>> found = find(b'{"unit": "km", "rows": [{"a": 1}, {"a": 2}]}', "/rows/1/a", media_type="application/json")
    >>> found.value, found.about("unit")
    (2, 'km')
    >>> find("name,value\\nx,3\\n".encode(), "1/value", media_type="text/csv").value
    '3'
    """
    if media_type == "text/csv":
        return _find_in_csv(output, pointer)
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    value = json.loads(output)
    around: list[Mapping[str, Any]] = []
    for step in steps:
        if isinstance(value, Mapping):
            around.insert(0, value)
            if step not in value:
                return None
            value = value[step]
        elif isinstance(value, list):
            if not _is_index(step) or int(step) >= len(value):
                return None
            value = value[int(step)]
        else:
            return None
    if isinstance(value, Mapping) and "value" in value:  # a figure written as an object of value, unit, …
        return Found(value["value"], "value", (value, *around))
    return Found(value, steps[-1] if steps else "", tuple(around))


def _is_index(text: str) -> bool:
    """Whether it is a number that a list can have; Python refuses to read thousands of digits."""
    return text.isascii() and text.isdigit() and len(text) < 19


def _find_in_csv(output: bytes, pointer: str) -> Found | None:
    row, _, column = pointer.strip("/").partition("/")
    if not _is_index(row):
        return None
    rows = csv.DictReader(io.StringIO(output.decode("utf-8-sig")))
    for number, record in enumerate(rows, start=1):
        if number == int(row):
            return Found(record[column], column, (record,)) if column in record else None
    return None
