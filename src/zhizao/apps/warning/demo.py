"""The demonstration: the alarms of two years as they would have been found month by month, and those of today.

Asked for here, made by the worker as one job. The days are the 20th of each month, when last month's figures are in;
February has none of its own, January is told with it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from zhizao.apps.plan.demo import shipped_packs
from zhizao.apps.warning import services
from zhizao.base.accounts.models import Area

DAYS = (
    *(date(year, month, 20) for year in (2024, 2025) for month in range(1, 13) if month != 2),
    date(2026, 1, 20),
)


def load(*, say: Callable[[str], None]) -> None:
    """Ask for the runs of every area that has a shipped plan; asking again changes nothing."""
    for pack in shipped_packs():
        area = Area.objects.get(code=pack.area_code)
        services.start_backtests(actor=None, area=area, days=DAYS, cut_offs=True)
        say(_("%(area)s: the alarms of past months are being looked for") % {"area": area.name})
