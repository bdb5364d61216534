"""What the page of an alarm offers: make it a case, or go to the one that is open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from zhizao.apps.assist import kinds
from zhizao.apps.warning import queries as warning
from zhizao.apps.warning.acts import Act
from zhizao.base.facts.models import Subject
from zhizao.base.flow.models import Case

if TYPE_CHECKING:
    from zhizao.apps.warning.queries import Alarm
    from zhizao.base.accounts.models import User


def offer(actor: User, alarm: Alarm) -> Iterator[Act]:
    """The open case of the alarm or its enterprise, else the button that makes one; nothing of an alarm that lapsed."""
    cases = Case.objects.visible_to(actor).filter(kind=kinds.ALARM, status__in=Case.RUNNING)
    is_enterprise = alarm.subject.kind == Subject.Kind.ENTERPRISE
    about = {"subject": alarm.subject_id} if is_enterprise else {"origin": alarm.origin}
    case = cases.filter(**about).order_by("pk").first()
    if case is not None:
        yield Act(case.number, case.get_absolute_url(), done=True, state=case.get_status_display())
    elif actor.has_perm("assist.act", alarm) and not warning.has_lapsed(alarm):
        yield Act(_("Make a case"), reverse("assist:open_case", args=[alarm.pk]), posts=True)
