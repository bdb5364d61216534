"""The demonstration: a run of today and of past month ends, so that P over time and its calibration have a record.

Asked for here, made by the worker as one job: it takes a minute, and an installation need not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from zhizao.apps.outlook import services
from zhizao.apps.plan.demo import shipped_packs
from zhizao.base.accounts.models import Area

SEED = 20250101
DRAWS = 1000
DAYS = tuple(
    date.fromisoformat(f"{year}-{day}")
    for year, days in (
        (2022, ("03-31", "06-30", "09-30", "12-31")),
        (2023, ("03-31", "06-30", "09-30", "12-31")),
        (2024, ("03-31", "06-30", "09-30", "12-31")),
        (2025, ("03-31", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31", "11-30", "12-31")),
    )
    for day in days
)


def load(*, say: Callable[[str], None]) -> None:
    """Ask for the runs of every area that has a shipped plan; asking again changes nothing."""
    for pack in shipped_packs():
        area = Area.objects.get(code=pack.area_code)
        services.start_backtests(actor=None, area=area, days=DAYS, draws=DRAWS, seed=SEED)
        say(_("%(area)s: the forecasts of past months are being made") % {"area": area.name})
