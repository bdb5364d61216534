"""What the columns of the run of lamps are called in the drawer of evidence."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "risk_pct": _("In distress, % of those that report"),
    "distressed": _("Enterprises in distress"),
    "known": _("Enterprises that report"),
    "compared": _("Enterprises known a year before too"),
    "rose": _("Output above the year before"),
    "fell": _("Output below the year before"),
    "diffusion": _("Diffusion index on the year before, 0–100"),
    "diffusion_mom": _("Diffusion index on the month before, 0–100"),
    "coincident": _("Coincident index"),
    "leading": _("Leading index"),
    "gross_output_yoy_pct": _("Output, growth on the year, %"),
    "operating_revenue_yoy_pct": _("Revenue, growth on the year, %"),
    "profit_total_yoy_pct": _("Profit, growth on the year, %"),
    "electricity_yoy_pct": _("Electricity, growth on the year, %"),
    "orders_new_yoy_pct": _("New orders, growth on the year, %"),
    "employees_yoy_pct": _("Employees, growth on the year, %"),
}
