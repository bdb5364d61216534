"""Every component on one page, with invented figures: for builders to copy from and for tests to look at.

Only the demo and test profiles have it.
"""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhizao.base.accounts.access import public
from zhizao.base.ui import errors
from zhizao.base.ui.numbers import unit_name
from zhizao.base.ui.tables import NumberColumn, StatusColumn, Table, TextColumn
from zhizao.base.ui.views import table_response

ROWS = [
    {"group": "综合绩效", "name": "工业总产值", "base": 817.6, "target": 1335, "rate": 10.3, "state": "bad"},
    {"group": "综合绩效", "name": "工业增加值", "base": 220.4, "target": 350, "rate": 9.7, "state": "watch"},
    {"group": "综合绩效", "name": "营业收入", "base": 908, "target": 1365.3, "rate": 8.5, "state": "watch"},
    {"group": "结构调整", "name": "高技术产业产值占比 <前五>", "base": 40, "target": 45, "rate": 2.4, "state": "good"},
    {"group": "结构调整", "name": "装备制造业产值", "base": 176, "target": 235.5, "rate": 6.0, "state": "watch"},
    {"group": "绿色发展", "name": "绿色工厂数量", "base": 3, "target": 6, "rate": None, "state": "good"},
    {"group": "绿色发展", "name": "新增科技创新平台", "base": None, "target": 12345, "rate": None, "state": "none"},
]
KINDS = {"good": "good", "watch": "watch", "bad": "bad", "none": "none"}
WORDS = {
    "good": gettext_lazy("likely"),
    "watch": gettext_lazy("in doubt"),
    "bad": gettext_lazy("unlikely"),
    "none": gettext_lazy("not computable"),
}
PATH = [797.1, 879.0, 969.4, 1069.1, 1179.0, 1300.0]


class GalleryFilter(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name contains"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("Outlook"), choices=[("", gettext_lazy("all")), *WORDS.items()], required=False
    )


class GalleryTable(Table):
    name = TextColumn(gettext_lazy("Indicator"))
    base = NumberColumn(gettext_lazy("2020"), unit="亿元")
    target = NumberColumn(gettext_lazy("2025 target"), unit="亿元", total=True, strong=True)
    rate = NumberColumn(gettext_lazy("A year"), unit="%")
    state = StatusColumn(gettext_lazy("Outlook"), kinds=KINDS, words=WORDS)

    class Meta(Table.Meta):
        pass

    export_name = "gallery"
    group_by = "group"
    fixed_columns = ("name",)
    caption = gettext_lazy("Invented targets")


class GalleryForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the project"), help_text=gettext_lazy("As on the approval."))
    amount = forms.DecimalField(label=gettext_lazy("Investment (CNY 10 k)"), min_value=0)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("new", gettext_lazy("New")), ("more", gettext_lazy("Extension"))],
        widget=forms.RadioSelect,
    )
    remark = forms.CharField(label=gettext_lazy("Remark"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


@public
def gallery(request: HttpRequest) -> HttpResponse:
    """The page itself; it is also the worked example of docs/how-to/add-a-page.md."""
    wanted = {name: request.GET.get(name, "") for name in ("q", "state")}
    rows = [r for r in ROWS if wanted["q"] in r["name"] and wanted["state"] in ("", r["state"])]
    table = GalleryTable(rows, filter_form=GalleryFilter(request.GET), empty_text=_("No target matches."))
    context = {
        "form": GalleryForm({"name": "", "amount": "-3"}) if "wrong" in request.GET else GalleryForm(),
        "path": PATH,
        "actual": [797.1, 912.0, 960.6, 1049.0],
        "words": WORDS,
    }
    return table_response(
        request,
        table=table,
        title=_("Components"),
        unit_line=unit_name("亿元"),
        source=_("Invented figures."),
        template="ui/gallery.html",
        context=context,
    )


@public
def chart(request: HttpRequest, kind: str) -> JsonResponse:
    """Data of the gallery's charts in the form that ``<x-chart>`` reads."""
    years = ["2020年", "2021年", "2022年", "2023年", "2024年", "2025年"]
    charts = {
        "line": {
            "title": _("CNY 4.58 bn below the target path by 2025"),
            "subtitle": _("Industrial output, CNY 100 m"),
            "kind": "line",
            "unit": "亿元",
            "categories": years,
            "series": [
                {"name": _("Planned path"), "role": "path", "values": PATH},
                {
                    "name": _("Actual"),
                    "role": "actual",
                    "simulated": True,
                    "values": [797.1, 912.0, 960.6, 1049.0, None, None],
                },
                {
                    "name": _("Forecast"),
                    "role": "forecast",
                    "simulated": True,
                    "values": [None, None, None, 1049.0, 1143.5, 1254.2],
                },
                {"name": _("Target"), "role": "target", "values": [None] * 5 + [1300]},
            ],
        },
        "bar": {
            "title": _("Electronics makes half of the output"),
            "subtitle": _("Output by sector, CNY 100 m"),
            "kind": "bar",
            "unit": "亿元",
            "categories": ["电子信息", "装备制造", "消费品", "医疗", "其他"],
            "series": [
                {"name": "2020年", "role": "category", "values": [383.3, 176.0, 117.4, 36.6, 83.8]},
                {"name": "2025年", "role": "category", "values": [663.2, 235.5, 206.9, 58.9, 135.0]},
            ],
        },
        "timeline": {
            "title": _("Three projects start before 2023"),
            "subtitle": _("From first to last year"),
            "kind": "timeline",
            "unit": "",
            "categories": ["甲项目", "乙项目", "丙项目", "丁项目"],
            "series": [
                {
                    "name": _("Building time"),
                    "role": "category",
                    "values": [[2020, 2022], [2021, 2025], [2022, 2024], [2024, 2025]],
                }
            ],
        },
        "scatter": {
            "title": _("Larger plots do not yield more"),
            "subtitle": _("Land (mu) and output (CNY 10 k)"),
            "kind": "scatter",
            "unit": "万元",
            "x_unit": "亩",
            "categories": ["甲", "乙", "丙", "丁", "戊"],
            "series": [
                {
                    "name": _("Firm"),
                    "role": "category",
                    "values": [[20, 300], [40, 900], [55, 620], [80, 700], [120, 640]],
                }
            ],
        },
    }
    if kind not in charts:
        raise Http404
    data = charts[kind]
    rows = [[name, *(series["values"][i] for series in data["series"])] for i, name in enumerate(data["categories"])]
    return JsonResponse(data | {"table": {"columns": [_("Name"), *(s["name"] for s in data["series"])], "rows": rows}})


@public
def graph(request: HttpRequest) -> JsonResponse:
    """Data of the gallery's graph in the form that ``<x-graph>`` reads."""
    stages = [("上游", "零部件"), ("中游", "模组组装"), ("整机", ""), ("下游", "配件总成"), ("终端", "")]
    nodes = [
        ("a1", "无源器件", "区内1／图谱8", 0, 0, 2, False),
        ("a2", "电池组件", "区内0／图谱9", 0, 1, 3, True),
        ("a3", "听筒", "区内0／图谱7", 0, 2, 1, True),
        ("b1", "摄像头模组", "区内1／图谱17", 1, 0, 3, False),
        ("b2", "芯片模组", "区内0／图谱18", 1, 1, 4, True),
        ("c1", "整机制造", "龙头企业", 2, 1, 4, False),
        ("d1", "结构件", "区内1／图谱18", 3, 0, 2, False),
        ("d2", "塑胶件", "区内1／图谱10", 3, 2, 2, False),
        ("e1", "终端渠道", "7类渠道", 4, 1, 0, False),
    ]
    edges = [
        ("a1", "b1"),
        ("a2", "c1"),
        ("a3", "c1"),
        ("a1", "b2"),
        ("b1", "c1"),
        ("b2", "c1"),
        ("c1", "d1"),
        ("c1", "d2"),
        ("d1", "e1"),
        ("d2", "e1"),
    ]
    return JsonResponse(
        {
            "title": _("Three of eight stages have no firm in the region"),
            "nodes": [
                {
                    "id": i,
                    "label": label,
                    "sublabel": sub,
                    "column": column,
                    "row": row,
                    "kind": "stage",
                    "href": f"#{i}",
                    "dashed": dashed,
                    "level": level,
                }
                for i, label, sub, column, row, level, dashed in nodes
            ],
            "edges": [{"source": a, "target": b} for a, b in edges],
            "columns": [{"label": label, "sublabel": sub} for label, sub in stages],
        }
    )


@public
def error(request: HttpRequest, status: int) -> HttpResponse:
    """Each error page, to look at it."""
    pages = {
        400: errors.bad_request,
        403: errors.permission_denied,
        404: errors.page_not_found,
        500: errors.server_error,
        503: errors.unavailable,
    }
    if status == 413:
        return errors.too_large(request, limit_mib=100)
    if status not in pages:
        raise Http404
    return pages[status](request)
