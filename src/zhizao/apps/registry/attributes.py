"""The attributes that the register keeps of an enterprise, and how the value of each is written.

Which classes and thresholds there are is an authority's business and stands in rulebooks; here is what is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
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


def _yes_or_no(text: str) -> str:
    words = {YES: YES, NO: NO, "是": YES, "否": NO, "true": YES, "false": NO}
    return words[text.strip().lower()]


ATTRIBUTES: dict[str, AttributeKind] = {
    "tier": AttributeKind(_("tier"), _text),
    "industry": AttributeKind(_("GB/T 4754 class"), _industry),
    "above_scale": AttributeKind(_("above-scale"), _yes_or_no),
    "employees": AttributeKind(_("employees"), _count, unit="人"),
    "operating_income_wan_yuan": AttributeKind(_("operating income"), _decimal, unit="万元"),
    "total_assets_wan_yuan": AttributeKind(_("total assets"), _decimal, unit="万元"),
    "founded_on": AttributeKind(_("founded on"), _date),
    "address": AttributeKind(_("address"), _text),
    "contact_person": AttributeKind(_("contact person"), _text, contact=True),
    "contact_phone": AttributeKind(_("contact telephone"), _text, contact=True),
}
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
