"""What the columns of the runs of risk and gaps are called in the evidence of a figure."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "subject": _("key"),
    "sector": _("Sector"),
    "esri": "ESRI",
    "esri_down": _("ESRI to buyers"),
    "esri_up": _("ESRI to suppliers"),
    "vulnerability": _("Vulnerability"),
    "iterations": _("Iterations"),
    "revenue_wan_yuan": _("recorded sales (万元)"),
    "upper_bound": _("own losses are an upper bound"),
    "firms": _("Enterprises"),
    "lost_weight": _("Part of ESRI"),
    "lost_share": _("Part of ESRI"),
    "lost_wan_yuan": _("lost day by day, in all (万元)"),
    "gain_wan_yuan": _("value added won if made here (万元)"),
    "replaced_wan_yuan": _("bought outside, made here instead (万元)"),
    "esri_before": _("ESRI of the supplier"),
    "esri_after": _("ESRI with a second supplier"),
    "esri_gain": _("fall of ESRI"),
    "wan_yuan": _("amount a year (万元)"),
    "buyer": _("buyer"),
    "supplier": _("supplier"),
    "bought": _("bought a year (万元)"),
    "bought_local": _("bought locally (万元)"),
    "share_by_value": _("local share by value"),
    "share_by_count": _("local share by count"),
    "gap": _("Gap"),
}
