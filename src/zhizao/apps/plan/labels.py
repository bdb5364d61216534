"""What the columns of a reading's output are called in the evidence of a figure."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhizao.apps.plan.models import Target
from zhizao.apps.plan.sheets import SHEETS
from zhizao.engines.planlint.growth import Check

_COMPUTED = {
    "id": _("code"),
    "name": _("name"),
    "computed_pct": _("computed (%)"),
    "total_pct": _("growth over the whole period (%)"),
    "points": _("change in percentage points"),
    "check": _("check"),
    "count": _("number of rows"),
    "value": _("sum"),
    "unknown": _("rows unknown"),
}
_WORDS = {
    "bound": dict(Target.Bound.choices),
    "check": {
        Check.AGREES.value: _("agrees"),
        Check.DIFFERS.value: _("does not follow"),
        Check.POINTS.value: _("better in percentage points"),
        Check.NOT_STATED.value: _("no growth stated"),
        Check.NOT_COMPUTABLE.value: _("not computable"),
    },
}


def labels() -> dict[str, Any]:
    """The columns of the tables as forms and downloads call them, and those of what is computed."""
    columns = [column for sheet in SHEETS.values() for column in (*sheet.columns, *sheet.trace)]
    return {column.name: column.field.verbose_name for column in columns} | _COMPUTED


def words() -> dict[str, dict[str, Any]]:
    """The codes that stand in the output, in words."""
    return _WORDS
