"""The plan as data: reads a plan's text into the tables of a plan pack, and checks what its targets imply.

Reading has no model of one plan: tables are known by the words of their captions and headers, years come from headers,
and rows are found by the cheapest cut of the cells (``rows``), so that blank lines and broken cells do not matter.

>>> from pathlib import Path
>>> from zhizao.engines.planlint import read_document, write_pack
>>> reading = read_document(Path("plan.txt").read_bytes(), file="plan.txt")  # doctest: +SKIP
>>> write_pack(reading, Path("pack"))  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhizao.kernel.late import late_names

if TYPE_CHECKING:
    from zhizao.engines.planlint.pack import PlanPack, read_pack, write_pack
    from zhizao.engines.planlint.reading import Found, Reading, corrected, read_document

__all__ = ["Found", "PlanPack", "Reading", "corrected", "read_document", "read_pack", "write_pack"]

_HOMES = {
    "pack": ("PlanPack", "read_pack", "write_pack"),
    "reading": ("Found", "Reading", "corrected", "read_document"),
}
__getattr__ = late_names(__name__, {name: home for home, names in _HOMES.items() for name in names})
