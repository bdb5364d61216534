"""A fact in words: what it is about, and what it says."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from zhizao.apps.registry import attributes, certificates
from zhizao.apps.registry.models import Absorption, Attribute, Certificate, CreditCode, Institution, Patent
from zhizao.base.facts.models import DatedFact, Membership, Name
from zhizao.base.ui import numbers
from zhizao.kernel import industries
from zhizao.kernel.result import Refused


def label(fact: DatedFact) -> str:
    """What a fact is about."""
    match fact:
        case Attribute():
            return str(attributes.ATTRIBUTES[fact.name].label)
        case Name():
            return fact.get_kind_display()
        case Membership():
            return fact.get_tree_display()
        case CreditCode():
            return _("credit code")
        case Certificate():
            return _("certificate")
        case Institution():
            return _("R&D institution")
        case Patent():
            return _("patent")
        case Absorption():
            return _("goes on in")
    raise TypeError(fact)


def value(fact: DatedFact, called: Mapping[int, str]) -> str:
    """What a fact says; ``called`` has the names of the subjects that it points to."""
    match fact:
        case Attribute():
            return attribute(fact.name, fact.value)
        case Name():
            return fact.text
        case Membership():
            return called.get(fact.parent_id, fact.parent.id_part)
        case CreditCode():
            return fact.code
        case Certificate():
            return " ".join(filter(None, (certificates.label(fact.kind), fact.number, fact.authority, fact.edition)))
        case Institution():
            return " ".join(filter(None, (fact.name, fact.level)))
        case Patent():
            return " ".join(filter(None, (fact.number, fact.title, fact.kind)))
        case Absorption():
            return called.get(fact.survivor_id, fact.survivor.id_part)
    raise TypeError(fact)


def attribute(name: str, text: str) -> str:
    """The value of an attribute as pages show it."""
    if attributes.ATTRIBUTES[name].read is attributes.yes_or_no:
        return _("yes") if text == attributes.YES else _("no")
    if name == "industry":
        return industry(text)
    unit = attributes.ATTRIBUTES[name].unit
    return f"{text} {numbers.unit_name(unit)}" if unit else text


def industry(code: str) -> str:
    """A class of GB/T 4754 with its name."""
    try:
        found = industries.get(code)
    except Refused:
        return code
    return f"{found.number or found.code} {found.name}"


def is_contact(fact: DatedFact) -> bool:
    """Whether only those who deal with the enterprise may see it."""
    return isinstance(fact, Attribute) and fact.name in attributes.CONTACTS
