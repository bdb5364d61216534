"""What the columns of a run of effects are called in the evidence of a figure."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "case": _("case"),
    "indicator": _("indicator"),
    "months": _("months after"),
    "earlier": _("a month, a year before the case"),
    "before": _("a month, before the case"),
    "after": _("a month, after the case"),
    "after_span": _("months after the case"),
    "expected": _("a month, expected without help"),
    "effect_pct": _("effect, %"),
    "low_pct": _("low end, %"),
    "high_pct": _("high end, %"),
    "why": _("why unknown"),
    "peers": _("enterprises compared with"),
}
