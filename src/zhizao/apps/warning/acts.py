"""What can be done about an alarm: apps above say it here, in their ``ready``, and its page offers it.

add(lambda actor, alarm: [Act(…)])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhizao.apps.warning.models import Alarm
    from zhizao.base.accounts.models import User


@dataclass(frozen=True, slots=True)
class Act:
    """A button of an alarm's page, or with ``done`` a link to what was begun from it.

    Attributes
    ----------
    label : verb and object, or what is there
    url : where it leads, or where it posts
    posts : whether pressing it changes something
    state : of what is there, in words
    """

    label: str
    url: str
    posts: bool = False
    done: bool = False
    state: str = ""


Offer = Callable[["User", "Alarm"], Iterable[Act]]
_offers: list[Offer] = []


def add(offer: Offer) -> None:
    """Offer acts about alarms; the same offer is taken once."""
    if offer not in _offers:
        _offers.append(offer)


def acts(actor: User, alarm: Alarm) -> list[Act]:
    """What the actor can do about an alarm, and what was begun from it."""
    return [act for offer in _offers for act in offer(actor, alarm)]
