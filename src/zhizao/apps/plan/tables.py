"""The lists of the plan. A figure opens its evidence: the same row and column of the reading's output."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhizao.apps.plan.chains import Node
from zhizao.apps.plan.figures import (
    FigureColumn,
    LinkColumn,
    PrintedColumn,
    check_words,
    growth_class,
    of_growth,
    of_row,
    of_target,
    status_mark,
)
from zhizao.apps.plan.queries import CheckedShare, CheckedTarget
from zhizao.base.ui import numbers
from zhizao.base.ui.sparkline import sparkline
from zhizao.base.ui.tables import PAGE_SIZES, Column, NumberColumn, Table, TextColumn


class PlanTable(Table):
    """A list of a plan: short enough to stand on one page, so that its groups are whole."""

    class Meta(Table.Meta):
        pass

    def configure(self, request: HttpRequest, *, page_size: int = PAGE_SIZES[-1]) -> Table:
        return super().configure(request, page_size=page_size)


class TargetTable(PlanTable):
    name = LinkColumn(
        gettext_lazy("Indicator"),
        accessor="target__name",
        url_name="plan:target",
        key=lambda item: item.target.key,
        wrap=True,
    )
    unit = TextColumn(gettext_lazy("Unit"), accessor="target__unit", quiet=True)
    base = PrintedColumn(
        gettext_lazy("Base"), accessor="target__base_value", printed="base", pointer=of_target("base_value")
    )
    target = PrintedColumn(
        gettext_lazy("Target"),
        accessor="target__target_value",
        printed="target",
        pointer=of_target("target_value"),
        strong=True,
    )
    path = Column(gettext_lazy("Path"), accessor="path", orderable=False, empty_values=(), exclude_from_export=True)
    stated = PrintedColumn(
        gettext_lazy("Stated, % a year"),
        accessor="target__growth_stated_pct",
        printed="growth",
        blank="—",
        pointer=of_target("growth_stated_pct"),
        attrs={"th": {"class": "n"}, "td": {"class": growth_class}},
    )
    computed = FigureColumn(
        gettext_lazy("Computed, % a year"),
        accessor="growth__computed_pct",
        decimals=1,
        pointer=of_growth("computed_pct"),
        attrs={"th": {"class": "n"}, "td": {"class": growth_class}},
    )
    check = TextColumn(gettext_lazy("Check"), accessor="growth__check", empty_values=())
    nature = TextColumn(gettext_lazy("Nature"), accessor="target__nature", quiet=True)
    line = NumberColumn(gettext_lazy("Line in the source"), accessor="target__line", decimals=0)

    export_name = "targets"
    group_by = "target__category"
    fixed_columns = ("name",)
    caption = gettext_lazy("Targets by category: base, target, path, stated and computed growth")

    class Meta(Table.Meta):
        sequence = ("name", "unit", "base", "target", "path", "stated", "computed", "check", "...")

    def __init__(self, data: list[CheckedTarget], **options: Any) -> None:
        super().__init__(data, **options)
        self.columns.hide("nature")
        self.columns.hide("line")
        years = {(item.target.base_year, item.target.target_year) for item in data}
        if len(years) == 1:
            base, target = years.pop()
            heads = {
                "base": _("%(year)s base") % {"year": base} if base else self.columns["base"].verbose_name,
                "target": _("%(year)s target") % {"year": target},
                "path": f"{base}—{target}",
            }
            for name, head in heads.items():
                self.columns[name].column.verbose_name = head

    def render_unit(self, value: str) -> str:
        return numbers.unit_name(value)

    def render_path(self, record: CheckedTarget) -> str:
        if not record.path:
            return ""
        return drawn(record)

    def render_check(self, record: CheckedTarget) -> str | SafeString:
        return status_mark(*check_words(record))

    def value_check(self, record: CheckedTarget) -> str:
        return check_words(record)[1]

    def value_computed(self, record: CheckedTarget) -> Decimal | None:
        computed = record.growth.computed_pct
        return None if computed is None else round(computed, 2)


def drawn(item: CheckedTarget) -> SafeString:
    """The path as a small picture: as ``{% sparkline %}``, without a template for each row."""
    picture = sparkline(periods=len(item.path), path=[float(v) for v in item.path], target=float(item.path[-1]))
    return format_html(
        '<svg class="spark" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img" aria-label="{2}">'
        '<polyline class="sp-path" points="{3}"/><circle class="sp-target" cx="{4}" cy="{5}" r="2.75"/></svg>',
        picture.width,
        picture.height,
        _("from %(base)s to %(target)s") % {"base": item.target.base_text, "target": item.target.target_text},
        picture.path[0],
        *picture.target,
    )


class EnterpriseTable(PlanTable):
    serial = TextColumn(gettext_lazy("Serial"), quiet=True, orderable=False)
    name = TextColumn(gettext_lazy("Enterprise"), order_by=("pinyin",))
    tier = TextColumn(gettext_lazy("Tier"))
    industry = TextColumn(gettext_lazy("Industry"))
    line = FigureColumn(gettext_lazy("Line in the source"), decimals=0, pointer=of_row("enterprises", "line"))

    export_name = "enterprises"
    group_by = "tier"
    fixed_columns = ("name",)
    caption = gettext_lazy("Enterprises that the plan names")

    class Meta(Table.Meta):
        pass


class ProjectTable(PlanTable):
    serial = TextColumn(gettext_lazy("Serial"), quiet=True, orderable=False)
    name = LinkColumn(gettext_lazy("Project"), url_name="plan:project", key=lambda row: row.position + 1, wrap=True)
    owner = TextColumn(gettext_lazy("Owner"), wrap=True)
    responsible_unit = TextColumn(gettext_lazy("Responsible unit"), quiet=True)
    nature = TextColumn(gettext_lazy("Nature of the works"), quiet=True)
    total_wan_yuan = FigureColumn(
        gettext_lazy("Total investment"),
        unit="万元",
        total=True,
        pointer=of_row("projects", "total_wan_yuan"),
        strong=True,
    )
    before_wan_yuan = FigureColumn(
        gettext_lazy("Before the plan"), unit="万元", total=True, pointer=of_row("projects", "before_wan_yuan")
    )
    plan_wan_yuan = FigureColumn(
        gettext_lazy("In the plan's years"), unit="万元", total=True, pointer=of_row("projects", "plan_wan_yuan")
    )
    after_wan_yuan = FigureColumn(
        gettext_lazy("After the plan"), unit="万元", total=True, pointer=of_row("projects", "after_wan_yuan")
    )
    start = TextColumn(gettext_lazy("Start"))
    finish = TextColumn(gettext_lazy("Finish"))
    line = NumberColumn(gettext_lazy("Line in the source"), decimals=0)

    export_name = "projects"
    group_by = "sector"
    fixed_columns = ("name",)
    caption = gettext_lazy("Projects of the plan's library")

    class Meta(Table.Meta):
        pass

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        for name in ("before_wan_yuan", "after_wan_yuan", "nature", "line"):
            self.columns.hide(name)


class LandTable(PlanTable):
    enterprise = TextColumn(gettext_lazy("Enterprise"))
    sector = TextColumn(gettext_lazy("Sector"), quiet=True)
    land_mu = FigureColumn(gettext_lazy("Land held"), unit="亩", total=True, pointer=of_row("land", "land_mu"))
    idle_mu = FigureColumn(gettext_lazy("Idle"), unit="亩", total=True, pointer=of_row("land", "idle_mu"))
    building_m2 = FigureColumn(
        gettext_lazy("Buildings"), unit="平方米", decimals=0, total=True, pointer=of_row("land", "building_m2")
    )
    demand_min_mu = FigureColumn(
        gettext_lazy("Asked for, from"), unit="亩", total=True, pointer=of_row("land", "demand_min_mu")
    )
    demand_max_mu = FigureColumn(
        gettext_lazy("Asked for, to"), unit="亩", total=True, pointer=of_row("land", "demand_max_mu")
    )
    line = NumberColumn(gettext_lazy("Line in the source"), decimals=0)

    export_name = "land"
    group_by = "table_title"
    fixed_columns = ("enterprise",)
    caption = gettext_lazy("Land held, idle and asked for")

    class Meta(Table.Meta):
        pass


class SupplierTable(PlanTable):
    enterprise = TextColumn(gettext_lazy("Enterprise"), accessor="row__enterprise")
    total = FigureColumn(
        gettext_lazy("Suppliers"),
        accessor="row__total",
        unit="家",
        pointer=lambda i: f"/suppliers/{i.row.position}/total",
    )
    local = FigureColumn(
        gettext_lazy("Local suppliers"),
        accessor="row__local",
        unit="家",
        pointer=lambda i: f"/suppliers/{i.row.position}/local",
    )
    stated = FigureColumn(
        gettext_lazy("Stated share"),
        accessor="row__share_stated_pct",
        unit="%",
        pointer=lambda i: f"/suppliers/{i.row.position}/share_stated_pct",
    )
    computed = FigureColumn(
        gettext_lazy("Computed share"),
        accessor="computed_pct",
        unit="%",
        pointer=lambda i: f"/supplier_shares/{i.row.position}/computed_pct",
    )
    check = Column(gettext_lazy("Check"), accessor="agrees", empty_values=(), orderable=False)
    line = NumberColumn(gettext_lazy("Line in the source"), accessor="row__line", decimals=0)

    export_name = "suppliers"
    group_by = "row__sector"
    fixed_columns = ("enterprise",)
    caption = gettext_lazy("Suppliers and how many of them are local")

    class Meta(Table.Meta):
        pass

    def render_check(self, record: CheckedShare) -> str | SafeString:
        return status_mark(*share_words(record))

    def value_check(self, record: CheckedShare) -> str:
        return share_words(record)[1]

    def value_computed(self, value: Decimal | None) -> Decimal | None:
        return None if value is None else round(value, 2)


def share_words(item: CheckedShare) -> tuple[str, str]:
    """Status and words of a share's check."""
    return {True: ("", _("agrees")), False: ("bad", _("differs"))}.get(item.agrees, ("none", _("not computable")))


class NodeTable(PlanTable):
    name = TextColumn(gettext_lazy("Node of the chain"), wrap=True)
    stage = TextColumn(gettext_lazy("Position in the chain"), quiet=True)
    members = NumberColumn(gettext_lazy("Named in the chain"), unit="家", accessor="member_count")
    listed = NumberColumn(gettext_lazy("Of them in the enterprise list"), unit="家", accessor="listed_count")
    names = TextColumn(
        gettext_lazy("Enterprises of the list"), accessor="listed", wrap=True, empty_values=(), orderable=False
    )
    gap = TextColumn(gettext_lazy("Gap"), accessor="level")

    export_name = "chain"
    fixed_columns = ("name",)
    caption = gettext_lazy("Nodes of the chain")

    class Meta(Table.Meta):
        pass

    def render_listed(self, record: Node) -> str:
        return "—" if record.is_channel else numbers.figure(record.listed_count, "家")

    def value_listed(self, record: Node) -> int | None:
        return None if record.is_channel else record.listed_count

    def value_names(self, record: Node) -> str:
        return "、".join(enterprise.name for enterprise in record.listed)

    def render_names(self, record: Node) -> str:
        return self.value_names(record) or ("—" if record.is_channel else _("none"))

    def value_gap(self, value: str) -> str:
        return gap_words(value)

    def render_gap(self, value: str) -> str | SafeString:
        return status_mark(value, gap_words(value))


def gap_words(level: str) -> str:
    """The words of a node's level."""
    return {"good": _("several"), "watch": _("one only"), "bad": _("nobody in the list")}.get(
        level, _("channels or bases")
    )
