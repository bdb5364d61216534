"""Which enterprises the register has as above-scale on a day: the ground on which reports are asked of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from zhizao.apps.registry.attributes import YES
from zhizao.apps.registry.models import Attribute
from zhizao.base.facts.queries import facts_at

KEYS_A_QUERY = 10_000


def above_scale(keys: Collection[str], *, on: date) -> set[str]:
    """Of some subjects' keys those that are above-scale on the day, as known now."""
    wanted, found = list(keys), set()
    for start in range(0, len(wanted), KEYS_A_QUERY):
        rows = Attribute.objects.filter(
            name="above_scale", value=YES, subject__key__in=wanted[start : start + KEYS_A_QUERY]
        )
        found |= set(facts_at(rows, on=on).order_by().values_list("subject__key", flat=True))
    return found
