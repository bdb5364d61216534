"""Words for what a node lacks."""

from __future__ import annotations

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhizao.apps.chain.map_data import MapNode
from zhizao.base.ui.tables import StatusColumn

GAPS = {
    "missing": gettext_lazy("missing"),
    "critical": gettext_lazy("critical"),
    "single_source": gettext_lazy("single source"),
    "exposed": gettext_lazy("depends on one outside region"),
    "weak": gettext_lazy("weak"),
    "dead_end": gettext_lazy("capable but unused"),
}
"""The six classes, the gravest first."""
BAD = frozenset({"missing", "critical"})


LEAST_PRINTED = 0.005


def esri(risk: float | None) -> str | None:
    """A risk with two decimals; one that these would print as nothing is below 0.01.

    >>> esri(0.1286), esri(0.0008), esri(0.0), esri(None)
    ('0.13', '<0.01', '0.00', None)
    """
    if risk is None:
        return None
    return "<0.01" if 0 < risk < LEAST_PRINTED else f"{risk:.2f}"


def kind(gap: str) -> str:
    """How grave a class is: bad or watch."""
    return "bad" if gap in BAD else "watch"


def marks(node: MapNode) -> list[tuple[str, str]]:
    """Kind and words of each gap of a node; what the count of enterprises alone says where no rule has been asked."""
    if node.gaps is not None:
        found = [(kind(gap), str(GAPS[gap])) for gap in GAPS if gap in node.gaps]
        return found or [("bad", _("nobody here")) if node.presence == "bad" else ("none", _("none found"))]
    if node.presence == "none":
        return [("none", _("no makers"))]
    return [(node.presence, {"bad": _("nobody here"), "watch": _("one only"), "good": _("several")}[node.presence])]


def gap_mark(node: MapNode, *, look: str = "st") -> SafeString:
    """The gaps of a node with shape, word and colour; ``look`` is ``st`` in a table, ``chip`` in the panel."""
    return format_html_join(
        " ",
        '<span class="{} {}"><span class="shape" aria-hidden="true">{}</span> {}</span>',
        ((look, of, StatusColumn.SHAPES[of], words) for of, words in marks(node)),
    )


def gap_words(node: MapNode) -> str:
    """The gaps of a node as plain words."""
    return pgettext("list", ", ").join(words for _of, words in marks(node))
