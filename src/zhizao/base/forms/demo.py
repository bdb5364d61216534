"""The demonstration: what the invented enterprise is asked, and its reports of two months in three states.

Everything is made by the verbs that people use, so it has its history; its figures are simulated, as the enterprise is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhizao.base.accounts.models import Organisation, User
from zhizao.base.accounts.roles import Role
from zhizao.base.forms import services
from zhizao.base.forms.circle import subject_key
from zhizao.base.forms.library import library
from zhizao.base.forms.models import Duty, Submission
from zhizao.kernel.span import Span

MONTHS = 2
OUTPUT: Mapping[str, tuple[int, int]] = {
    "01": (3180, 29400),
    "02": (3050, 28650),
    "03": (640, 5900),
    "04": (3420, 30100),
}
"""Of each row of the form of output the figure of the month and, for the first of the months, that to date; 万元."""


@transaction.atomic
def load(*, say: Callable[[str], None], demo_enterprise: str) -> None:
    """Ask the enterprise to report for the last two months, and report some of it; what is there stays as it is."""
    organisation = Organisation.objects.filter(enterprise_key=demo_enterprise).select_related("area").first()
    people = {
        user.username: user
        for user in User.objects.filter(username__in=(Role.ENTERPRISE_REPORTER, Role.DEPARTMENT_STAFF), is_demo=True)
    }
    if organisation is None or len(people) < 2 or _asked(organisation):
        return
    opened = library(organisation.area.path).open_by(timezone.localdate())
    months = sorted({deadline.period for deadline in opened if deadline.form == "output"})[-MONTHS:]
    if len(months) < MONTHS:
        return
    reporter, staff = people[Role.ENTERPRISE_REPORTER], people[Role.DEPARTMENT_STAFF]
    services.state_duty(
        actor=staff, organisation=organisation, asked=True, since=months[0].first_day, reason=_("demonstration")
    )
    first, second = (_output(reporter, month, number) for number, month in enumerate(months))
    services.accept(actor=staff, submission=first)
    services.open_report(actor=reporter, form="energy", period=second.period)
    say(_("Reports: %(count)d") % {"count": MONTHS + 1})


def _asked(organisation: Organisation) -> bool:
    return Duty.objects.filter(subject__key=subject_key(organisation)).exists()


def _output(reporter: User, period: Span, number: int) -> Submission:
    cells = {}
    for row, (month, to_date) in OUTPUT.items():
        cells[f"{row}.period"] = str(month + 40 * number)
        cells[f"{row}.ytd"] = str(to_date + number * (month + 40 * number))
    report = services.open_report(actor=reporter, form="output", period=period)
    report = services.save(actor=reporter, submission=report, cells=cells, revision=report.revision)
    return services.submit(actor=reporter, submission=report, revision=report.revision)
