"""Who has to report: the enterprises that were in the circle of reporters on the last day of a report's period.

What an office has stated of an enterprise counts for the days of which it speaks (``Duty``: asked, or not asked). For
all other days the enterprise is in the circle while the app above says so (``settings.FORMS_CIRCLE``, the dotted name
of ``circle(keys, on=day) -> set of keys``: the register's above-scale enterprises), and not before the day on which
somebody first had an account to report with. Unknown asks nobody: a duty needs a ground.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import date

from django.conf import settings
from django.db.models import Min
from django.utils.module_loading import import_string

from zhizao.base.accounts.models import Organisation, User
from zhizao.base.facts.painting import Stretch, history
from zhizao.base.facts.queries import CHINA
from zhizao.base.forms.models import Duty

Ground = Callable[..., Collection[str]]


def subject_key(organisation: Organisation) -> str:
    """The key of the enterprise that an organisation speaks for, as the ledger writes it."""
    linked = organisation.enterprise_key or ""
    return linked if ":" in linked or not linked else f"enterprise:{linked}"


class Circle:
    """Which of some organisations have to report; what is stored is read once, the register once for each day."""

    def __init__(self, organisations: Iterable[Organisation]) -> None:
        self._keys = {organisation.pk: subject_key(organisation) for organisation in organisations}
        rows = defaultdict(list)
        for row in Duty.objects.filter(subject__key__in=set(self._keys.values())).select_related("subject"):
            rows[row.subject.key].append(row)
        self._stated = {key: history(facts) for key, facts in rows.items()}
        people = User.objects.filter(organisation__in=self._keys).order_by()
        firsts = people.values_list("organisation").annotate(Min("date_joined"))
        self._first_account = {pk: at.astimezone(CHINA).date() for pk, at in firsts}
        self._grounds: dict[date, Collection[str]] = {}

    def includes(self, organisation: Organisation, day: date) -> bool:
        """Whether it has to report for a period that ends on the day."""
        if (said := self.stated(organisation, day)) is not None:
            return isinstance(said.row, Duty) and said.row.asked
        first = self._first_account.get(organisation.pk)
        return first is not None and first <= day and self.has_ground(organisation, day)

    def stated(self, organisation: Organisation, day: date) -> Stretch | None:
        """What an office has stated of it for the day, with the days for which that holds."""
        for piece in self._stated.get(self._keys[organisation.pk], ()):
            if (piece.first is None or piece.first <= day) and (piece.last is None or day <= piece.last):
                return piece
        return None

    def has_ground(self, organisation: Organisation, day: date) -> bool:
        """Whether the app above has it in the circle on the day."""
        if day not in self._grounds:
            dotted = getattr(settings, "FORMS_CIRCLE", None)
            ground: Ground | None = import_string(dotted) if dotted else None
            self._grounds[day] = ground(list(self._keys.values()), on=day) if ground else ()
        return self._keys[organisation.pk] in self._grounds[day]

    def first_account(self, organisation: Organisation) -> date | None:
        """The day on which somebody first had an account to report with; None if nobody has."""
        return self._first_account.get(organisation.pk)
