"""The page on how the economy stands: indicators of the year to date, one of them by group, what contributed."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhizao.apps.ledger import monitoring, pages, queries, revising
from zhizao.apps.ledger.figures import TIER, Reference
from zhizao.apps.ledger.models import Indicator
from zhizao.apps.ledger.monitor_tables import GroupGrowthTable, GrowthTable
from zhizao.apps.ledger.monitoring import Standing
from zhizao.apps.ledger.queries import Basis
from zhizao.base.accounts.access import needs
from zhizao.base.facts.models import Membership
from zhizao.base.ui.numbers import figure, period, signed
from zhizao.base.ui.views import table_response
from zhizao.kernel.span import Span

BASIS = Basis()
MONTHS_OFFERED = 36
GROUPINGS = {Membership.Tree.SECTOR: gettext_lazy("Sector"), Membership.Tree.TIER: gettext_lazy("Tier")}


class Choice:
    """What the address asks for; what it does not say, or says wrongly, is as usual."""

    def __init__(self, request: HttpRequest, indicator: Indicator) -> None:
        by = request.GET.get("by", "")
        self.indicator = indicator
        self.tree = by if by in GROUPINGS else str(Membership.Tree.SECTOR)
        latest = pages.latest_span(request.user, indicator, basis=BASIS, as_of=request.as_of)
        self.last_month = None if latest is None else latest.end_month - 1
        self.span = self._asked(request.GET.get("month", ""))

    def _asked(self, text: str) -> Span | None:
        if self.last_month is None:
            return None
        wanted = next((at for at in self._offered() if _text(at) == text), self.last_month)
        return _to_date(wanted)

    def _offered(self) -> list[int]:
        """The months that can be chosen, the latest first; January stands with its February."""
        if self.last_month is None:
            return []
        return [at for at in range(self.last_month, self.last_month - MONTHS_OFFERED, -1) if at % 12]

    @property
    def months(self) -> list[tuple[str, str, bool]]:
        """Value, words and whether it is chosen."""
        end = self.span.end_month - 1 if self.span else None
        return [(_text(at), period(_to_date(at)), at == end) for at in self._offered()]

    @property
    def groupings(self) -> list[tuple[str, Any, bool]]:
        """The same for the trees that a sum can be divided by."""
        return [(str(key), label, key == self.tree) for key, label in GROUPINGS.items()]


def _text(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"


def _to_date(month: int) -> Span:
    """The year to date at the end of a month."""
    return Span(month // 12 * 12, month % 12 + 1)


def _year_to(span: Span) -> Span:
    """The twelve months that end with a span."""
    return Span(span.end_month - 12, 12)


def _added_up() -> list[Indicator]:
    """The indicators that are sums: neither computed nor ratios."""
    return [item for item in queries.indicators() if not item.is_derived and item.kind != Indicator.Kind.RATIO]


@needs("ledger.view")
def monitor(request: HttpRequest) -> HttpResponse:
    """Every indicator's year to date and its growth."""
    indicators = _added_up()
    if not indicators:
        raise Http404
    choice = Choice(request, indicators[0])
    rows: list[Standing] = []
    if choice.span is not None:
        rows = monitoring.overview(request.user, indicators, choice.span, basis=BASIS, as_of=request.as_of)
    context = {
        "choice": choice,
        "count": len(rows),
        "answer": answer(rows[0], choice) if rows else "",
        "simulated": any(row.simulated for row in rows),
        "since": monitoring.same_age(request.as_of),
    }
    area = _area_of(request)
    table = GrowthTable([_row(row, choice, area) for row in rows])
    title = _("Economy to date")
    return table_response(request, table=table, title=title, template="ledger/monitor.html", context=context)


@needs("ledger.view")
def monitor_indicator(request: HttpRequest, key: str) -> HttpResponse:
    """One indicator's year to date by group, and what each contributed."""
    choice, groups = _grouped(request, key)
    totals, changed = [], None
    if choice.span is not None:
        changed = revising.revised(
            request.user, choice.indicator, _year_to(choice.span), basis=BASIS, as_of=request.as_of
        )
        totals = monitoring.overview(request.user, [choice.indicator], choice.span, basis=BASIS, as_of=request.as_of)
    context = {
        "choice": choice,
        "count": len(groups),
        "answer": answer(totals[0], choice) if totals else "",
        "finding": finding(groups),
        "revised": changed,
        "revised_span": _year_to(choice.span) if choice.span else None,
        "data_url": f"{reverse('ledger:contributions_data', args=[key])}?{request.GET.urlencode()}",
        "simulated": any(row.simulated for row in groups),
        "since": monitoring.same_age(request.as_of),
    }
    table = GroupGrowthTable([_group_row(row, choice) for row in groups])
    return table_response(
        request, table=table, title=str(choice.indicator), template="ledger/monitor_indicator.html", context=context
    )


def _grouped(request: HttpRequest, key: str) -> tuple[Choice, list[Standing]]:
    indicator = next((item for item in _added_up() if item.key == key), None)
    if indicator is None:
        raise Http404
    choice = Choice(request, indicator)
    if choice.span is None:
        return choice, []
    return choice, monitoring.by_group(
        request.user, indicator, choice.span, tree=choice.tree, basis=BASIS, as_of=request.as_of
    )


def _row(row: Standing, choice: Choice, area: str) -> dict[str, Any]:
    month = _text(choice.span.end_month - 1) if choice.span else ""
    return {
        "standing": row,
        "address": f"{reverse('ledger:monitor_indicator', args=[row.key])}?month={month}",
        "cell": pages.Cell(row.value, row.unit, _reference(area, row.key, choice, Membership.Tree.AREA)),
    } | _figures(row)


def _reference(parent: str, indicator: str, choice: Choice, tree: str) -> str:
    """What opens a sum; nothing where it is of no subject and no tier."""
    if not parent or choice.span is None:
        return ""
    if parent.startswith(TIER):
        return str(Reference("", indicator, choice.span, BASIS, parent))
    return str(Reference(parent, indicator, choice.span, BASIS, tree))


def _area_of(request: HttpRequest) -> str:
    """The key of the actor's area as a subject, if he may see all that is in it."""
    own = queries.subjects(request.user).filter(kind="area", area=request.user.organisation.area)
    return own.values_list("key", flat=True).first() or ""


def _group_row(row: Standing, choice: Choice) -> dict[str, Any]:
    return {
        "name": row.name or _("in none"),
        "cell": pages.Cell(row.value, row.unit, _reference(row.key, choice.indicator.key, choice, choice.tree)),
        "part": row.part,
        "points": row.points,
    } | _figures(row)


def _figures(row: Standing) -> dict[str, Any]:
    names = ("comparable", "raw", "entry", "exit", "missing", "revision", "count", "late")
    return {name: getattr(row, name) for name in names}


def answer(row: Standing, choice: Choice) -> str:
    """An indicator in a sentence."""
    words = {
        "span": period(choice.span) if choice.span else "",
        "indicator": row.name,
        "value": figure(row.value, row.unit),
        "unit": row.unit,
        "comparable": signed(row.comparable, "%"),
        "raw": signed(row.raw, "%"),
    }
    if row.comparable is None:
        return _("%(indicator)s %(span)s: %(value)s %(unit)s; its growth is not defined.") % words
    if row.raw is None:
        return _("%(indicator)s %(span)s: %(value)s %(unit)s, comparable growth %(comparable)s%%.") % words
    text = _("%(indicator)s %(span)s: %(value)s %(unit)s, comparable growth %(comparable)s%%, as published %(raw)s%%.")
    return text % words


def finding(groups: list[Standing]) -> str:
    """Which group moved the total most, up or down."""
    moved = [row for row in groups if row.points is not None]
    if not moved:
        return ""
    most = max(moved, key=lambda row: abs(row.points or 0))
    return _("%(group)s contributes most: %(points)s points") % {
        "group": most.name or _("in none"),
        "points": signed(most.points, "百分点"),
    }


@needs("ledger.view")
def contributions_data(request: HttpRequest, key: str) -> JsonResponse:
    """Points that each group adds to the comparable growth."""
    _choice, groups = _grouped(request, key)
    moved = [row for row in groups if row.points is not None]
    names = [row.name or _("in none") for row in moved]
    points = [round(row.points or 0, 2) for row in moved]
    return JsonResponse(
        {
            "title": finding(groups),
            "subtitle": _("Contribution to comparable growth, percentage points"),
            "kind": "bar",
            "unit": _("Percentage points"),
            "categories": names,
            "series": [
                {"name": _("Contribution"), "values": points, "simulated": any(row.simulated for row in moved)},
            ],
            "table": {
                "columns": [_("Division"), _("Contribution"), _("Comparable growth, %")],
                "rows": [
                    [name, value, None if row.comparable is None else float(row.comparable)]
                    for name, value, row in zip(names, points, moved, strict=True)
                ],
            },
        }
    )
