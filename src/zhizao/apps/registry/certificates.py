"""The kinds of certificate that there are: a code list of the nation (``packs/china/codes/certificates.csv``)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Final

from django.utils.translation import get_language

from zhizao.kernel.result import Problem, Refused, mark
from zhizao.kernel.text import normalise

SOON: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class CertificateKind:
    """A kind: while a certificate of it is valid, its ``rule`` counts as met and its ``fact`` as true."""

    code: str
    zh: str
    en: str
    rule: str
    fact: str
    years: int | None
    authority: str

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return self.zh if (get_language() or "zh").startswith("zh") else self.en


@cache
def kinds() -> dict[str, CertificateKind]:
    """Every kind by its code, in the order of the list."""
    return {
        row["code"]: CertificateKind(
            row["code"],
            row["zh"],
            row["en"],
            row["rule"],
            row["fact"],
            int(row["years"]) if row["years"] else None,
            row["authority"],
        )
        for row in _rows()
    }


@cache
def _words() -> dict[str, str]:
    found = {}
    for row in _rows():
        for word in (row["code"], row["zh"], row["en"].lower(), *filter(None, row["aliases"].split("、"))):
            found[normalise(word)] = row["code"]
    return found


def _rows() -> list[dict[str, str]]:
    text = (files("zhizao") / "packs" / "china" / "codes" / "certificates.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def read(text: str) -> str:
    """The code of a kind that is written as code, name or another word for it.

    >>> read("小巨人"), read("high_tech")
    ('little_giant', 'high_tech')

    Raises
    ------
    Refused : it is none of the list.
    """
    words = _words()
    word = normalise(text).strip()
    code = words.get(word) or words.get(word.lower())
    if code is None:
        raise Refused(
            Problem(
                "registry.certificate_kind",
                mark("“%(text)s” is no kind of certificate."),
                remedy=mark("Write one of these: %(kinds)s."),
                params={"text": text[:40], "kinds": "、".join(kind.zh for kind in kinds().values())},
            )
        )
    return code


def label(code: str) -> str:
    """What a kind is called; a code that the list no longer has stands for itself."""
    kind = kinds().get(code)
    return kind.label if kind else code


def days_left(last_day: date | None, on: date) -> int | None:
    """Days until a certificate runs out, if that is within 90; None if it is not, or has no end.

    >>> days_left(date(2025, 1, 31), date(2025, 1, 1)), days_left(date(2026, 1, 1), date(2025, 1, 1))
    (30, None)
    """
    if last_day is None or not timedelta(0) <= last_day - on <= SOON:
        return None
    return (last_day - on).days
