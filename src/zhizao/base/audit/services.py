"""Writing the audit trail."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone

from zhizao.base.audit.chain import FIELDS, GENESIS, row_hash
from zhizao.base.audit.context import current_origin
from zhizao.base.audit.models import AuditEvent, AuditHead

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import Area, User


def record(
    *,
    actor: User | AnonymousUser | None,
    action: str,
    target: models.Model | None = None,
    area: Area | None = None,
    details: dict[str, Any] | None = None,
    outcome: str = AuditEvent.Outcome.DONE,
) -> AuditEvent:
    """Append one act to the trail, in the transaction of the act itself: both are kept or neither.

    Parameters
    ----------
    actor : who acts; None for the system itself
    action : dotted, ``plan.version.publish``
    target : the row acted on
    area : by default the target's ``area``, else the actor's
    details : what else belongs to the act; plain JSON values, dates and decimals; no secrets

    Raises
    ------
    RuntimeError : called outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an act is recorded inside its own transaction: wrap it in transaction.atomic()")
    person = actor if actor is not None and actor.is_authenticated else None
    area = area or getattr(target, "area", None) or _area_of(person)
    origin = current_origin()
    # Locking the head puts writers in order on PostgreSQL; SQLite's immediate transactions already are.
    head, _created = AuditHead.objects.select_for_update().get_or_create(id=1, defaults={"count": 0, "hash": GENESIS})
    event = AuditEvent(
        id=head.count + 1,
        at=timezone.now(),
        actor_id=person.pk if person else None,
        actor_name=person.get_username() if person else "",
        action=action,
        target_type=target._meta.label_lower if target else "",
        target_id=str(target.pk) if target else "",
        target_text=str(target)[:200] if target else "",
        area_id=area.pk if area else None,
        ip=origin.ip,
        user_agent=origin.user_agent,
        outcome=outcome,
        details_json=json.dumps(details or {}, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True),
        previous_hash=head.hash,
    )
    event.hash = row_hash({name: getattr(event, name) for name in FIELDS})
    event.save(force_insert=True)
    AuditHead.objects.filter(id=1).update(count=event.id, hash=event.hash)
    return event


def _area_of(person: User | None) -> Area | None:
    return person.organisation.area if person and person.organisation else None
