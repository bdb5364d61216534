"""The attributes that the register keeps of an enterprise, and how the value of each is written.

Beside its own they are the facts that the nation's rules ask for (``packs/china/rules/facts.csv``): which classes and
thresholds there are is an authority's business and stands in rulebooks; here is what is recorded.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files

from django.utils.functional import Promise, lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhizao.kernel import industries
from zhizao.kernel.result import Problem, Refused, mark

YES, NO = "yes", "no"
LONGEST = 400


@dataclass(frozen=True, slots=True)
class AttributeKind:
    """One attribute: its label, how a value is read into the form in which it is stored, its unit.

    ``contact`` marks what only those who deal with the enterprise see.
    """

    label: str | Promise
    read: Callable[[str], str]
    unit: str = ""
    contact: bool = False


def _text(text: str) -> str:
    return " ".join(text.split())


def _decimal(text: str) -> str:
    value = Decimal(text.replace(",", "").replace("，", ""))
    if not value.is_finite() or abs(value) >= Decimal("1e15"):
        raise ValueError(text)
    return f"{value.normalize():f}"


def _count(text: str) -> str:
    value = Decimal(_decimal(text))
    if value < 0 or value != int(value):
        raise ValueError(text)
    return str(int(value))


def _date(text: str) -> str:
    return date.fromisoformat(text.strip()).isoformat()


def _industry(text: str) -> str:
    return industries.get(text.strip()).code


def yes_or_no(text: str) -> str:
    """A truth value: yes or no, also as 是 or 否."""
    words = {YES: YES, NO: NO, "是": YES, "否": NO, "true": YES, "false": NO}
    return words[text.strip().lower()]


OWN: dict[str, AttributeKind] = {
    "tier": AttributeKind(_("tier"), _text),
    "industry": AttributeKind(_("GB/T 4754 class"), _industry),
    "above_scale": AttributeKind(_("above-scale"), yes_or_no),
    "employees": AttributeKind(_("employees"), _count, unit="人"),
    "revenue_wan_yuan": AttributeKind(_("operating income"), _decimal, unit="万元"),
    "assets_wan_yuan": AttributeKind(_("total assets"), _decimal, unit="万元"),
    "founded_on": AttributeKind(_("founded on"), _date),
    "address": AttributeKind(_("address"), _text),
    "contact_person": AttributeKind(_("contact person"), _text, contact=True),
    "contact_phone": AttributeKind(_("contact telephone"), _text, contact=True),
}


def _asked_by_rules() -> dict[str, AttributeKind]:
    """The facts that rules ask for and that the register has not of its own, labelled in the reader's language."""
    reads = {"integer": _count, "decimal": _decimal, "boolean": yes_or_no}
    text = (files("zhizao") / "packs" / "china" / "rules" / "facts.csv").read_text(encoding="utf-8")
    return {
        row["name"]: AttributeKind(_in_language(row["zh"], row["en"]), reads[row["kind"]], unit=row["unit"] or "")
        for row in csv.DictReader(text.splitlines())
        if row["name"] not in OWN
    }


def _in_language(zh: str, en: str) -> Promise:
    return lazy(lambda: zh if (get_language() or "zh").startswith("zh") else en, str)()


ASKED_BY_RULES = _asked_by_rules()
ATTRIBUTES = OWN | ASKED_BY_RULES
CONTACTS = frozenset(name for name, kind in ATTRIBUTES.items() if kind.contact)


def read(name: str, text: str) -> str:
    """A value in the form in which it is stored.

    >>> read("employees", "1,200"), read("above_scale", "是")
    ('1200', 'yes')

    Raises
    ------
    Refused : it is no value of this attribute.
    """
    kind = ATTRIBUTES[name]
    try:
        value = kind.read(text)
    except Refused:
        raise
    except (ValueError, KeyError, ArithmeticError):
        value = ""
    if not value or len(value) > LONGEST:
        raise Refused(
            Problem(
                "registry.value",
                mark("“%(text)s” cannot be the %(name)s of an enterprise."),
                remedy=mark("Write a count as 1200, a date as 2024-07-20, yes or no as 是 or 否."),
                params={"text": text[:40], "name": kind.label},
            )
        )
    return value
