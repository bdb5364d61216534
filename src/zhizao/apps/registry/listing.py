"""The keys of a list of enterprises, kept for a minute while nothing is added to the register.

Facts are only ever added, so that a question asked again has the same keys until one is. The minute is for rows that
another process has stored under lower numbers but committed later, and for those known from an instant to come.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.models import Max

from zhizao.apps.registry import queries
from zhizao.apps.registry.models import Absorption, Attribute, Certificate, CreditCode
from zhizao.base.accounts.scoping import area_path
from zhizao.base.facts.models import Membership, Name, Subject, own_key

if TYPE_CHECKING:
    from zhizao.apps.registry.queries import Actor, View, Wanted

SECONDS: Final = 60.0
MOST: Final = 32
READ: Final = (Subject, Name, CreditCode, Attribute, Membership, Certificate, Absorption)

_kept: OrderedDict[Hashable, tuple[float, list[int]]] = OrderedDict()


def keys(actor: Actor, wanted: Wanted, seen: View) -> list[int]:
    """The keys of ``queries.enterprises`` in its order."""
    if connection.in_atomic_block:  # what is not committed is nobody else's to know
        return _asked(actor, wanted, seen)
    question = (_scope(actor), wanted, seen, tuple(_last(model) for model in READ))
    at, found = _kept.get(question, (0.0, []))
    if time.monotonic() - at > SECONDS or not at:
        found = _asked(actor, wanted, seen)
        _kept[question] = time.monotonic(), found
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return found


def _asked(actor: Actor, wanted: Wanted, seen: View) -> list[int]:
    return list(queries.enterprises(actor, wanted, seen).values_list("pk", flat=True))


def _scope(actor: Actor) -> tuple[Any, ...]:
    """What decides which enterprises an actor sees."""
    organisation = getattr(actor, "organisation", None)
    return own_key(actor), area_path(actor), organisation and (organisation.kind, organisation.name)


def _last(model: Any) -> int | None:
    return model.objects.order_by().aggregate(last=Max("pk"))["last"]
