"""The one enterprise that a word in a form means, and the chains and nodes that the search finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from zhizao.apps.chain import queries
from zhizao.apps.registry import queries as register
from zhizao.base.facts.models import Name, Subject
from zhizao.base.search.queries import FoundPage
from zhizao.kernel import credit_code
from zhizao.kernel.names import normalise
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.apps.registry.queries import Actor


def enterprise_called(actor: Actor, text: str) -> Subject | None:
    """The enterprise of an id, a credit code, a registered or a former name; None for an empty word.

    Raises
    ------
    Refused : there is none that the actor may see, or there are several.
    """
    text = text.strip()
    if not text:
        return None
    firms = Subject.objects.visible_to(actor).filter(kind=Subject.Kind.ENTERPRISE)
    if (found := firms.filter(key__in=(text, f"{Subject.Kind.ENTERPRISE}:{text}")).first()) is not None:
        return found
    if credit_code.is_valid(text):
        bearers = firms.filter(pk__in=register.called(text))
    else:
        kinds = (Name.Kind.REGISTERED, Name.Kind.FORMER)
        named = Name.objects.filter(text=normalise(text), kind__in=kinds, withdrawn=False).order_by().values("subject")
        bearers = firms.filter(pk__in=named)
    several = list(bearers[:2])
    if len(several) == 1:
        return several[0]
    if several:
        message = mark("Several enterprises bear or bore the name “%(name)s”.")
        remedy = mark("Write the id of the one that is meant.")
    else:
        message = mark("“%(name)s” is not in the register of this area.")
        remedy = mark("Enter it in the register first, or leave the field empty.")
    raise Refused(Problem("chain.member", message, remedy=remedy, params={"name": text[:60]}))


def find(actor: Actor, text: str, most: int) -> list[FoundPage]:
    """Chains and nodes that the actor may open, by their name, its pinyin or initials."""
    if not text.strip() or not actor.has_perm("chain.read"):
        return []
    kinds = (Subject.Kind.CHAIN, Subject.Kind.NODE)
    wanted = register.called(text).filter(kind__in=kinds)
    keys = set(Subject.objects.visible_to(actor).filter(pk__in=wanted).values_list("key", flat=True)[:most])
    found = []
    for view in queries.chains(actor) if keys else ():
        url = reverse("chain:open", args=[view.id])
        if view.key in keys:
            found.append(FoundPage(view.name, url))
        found += [FoundPage(node.name, f"{url}#node-{node.id}", view.name) for node in view.nodes if node.key in keys]
    return found[:most]
