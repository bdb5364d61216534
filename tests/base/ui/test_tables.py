"""The table base: sort, filter, columns, groups, totals, pages, exports."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django import forms
from django.utils.translation import override

from zhizao.base.ui.tables import NumberColumn, StatusColumn, Table, TextColumn
from zhizao.base.ui.views import table_response

ROWS = [
    {"kind": "A", "name": "=1+1", "output": 10.5, "state": "bad"},
    {"kind": "A", "name": "<b>two</b>", "output": None, "state": "good"},
    {"kind": "B", "name": "three", "output": 12345.0, "state": "odd"},
]


class FirmTable(Table):
    name = TextColumn("Name")
    output = NumberColumn("Output", unit="亿元", total=True)
    state = StatusColumn("State", kinds={"bad": "bad", "good": "good"}, words={"bad": "unlikely", "good": "likely"})

    export_name = "firms"
    group_by = "kind"
    fixed_columns = ("name",)


class FirmForm(forms.Form):
    q = forms.CharField(label="Name", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("", "all"), ("A", "A")], required=False)


@pytest.fixture
def table_html(page_request, render):
    def make(rows=ROWS, *, table_class=FirmTable, **query):
        request = page_request("/list/", **query)
        table = table_class(rows, filter_form=FirmForm(request.GET)).configure(request)
        return render('<c-table :table="table" />', table=table, request=request)

    return make


def test_numbers_stand_right_with_their_unit_in_the_head(table_html):
    html = table_html()
    assert '<th scope="col" class="n orderable"' in html
    assert '<span class="th-unit">（CNY 100 m）</span>' in html
    assert '<td class="n">12,345.0</td>' in html


def test_unknown_number_is_said_and_not_counted_as_nought(table_html):
    html = table_html()
    assert '<td class="n"><span class="unk">—unknown</span></td>' in html
    assert '<tfoot><tr><th scope="row">Total</th><td class="n">12,355.5</td>' in html


def test_cells_are_escaped(table_html):
    assert "&lt;b&gt;two&lt;/b&gt;" in table_html()


def test_status_cell_has_shape_word_and_an_unlisted_value_the_ring(table_html):
    html = table_html()
    assert '<span class="st bad"><span class="shape" aria-hidden="true">▼</span> unlikely</span>' in html
    assert '<span class="st none"><span class="shape" aria-hidden="true">○</span> odd</span>' in html


def test_rows_are_grouped_until_the_reader_sorts(table_html):
    grouped = table_html()
    assert grouped.count('class="grp"') == 2
    assert 'scope="rowgroup">A <span class="quiet">2 entries</span>' in grouped
    assert 'class="grp"' not in table_html(sort="-output")


def test_sort_link_turns_and_the_head_says_the_order(table_html):
    html = table_html(sort="name", q="t")
    assert 'aria-sort="ascending"' in html
    assert 'href="/list/?sort=-name&amp;q=t"' in html
    assert 'aria-sort="descending"' in table_html(sort="-name")


def test_sort_by_an_unknown_column_is_ignored(table_html):
    assert "aria-sort" not in table_html(sort="secret")


def test_columns_can_be_chosen_but_the_fixed_one_stays(table_html):
    html = table_html(columns="output")
    assert '<th scope="col" class="n orderable"' in html
    assert "State</a>" not in html
    assert "Name</a>" in html
    assert '<input type="checkbox" name="columns" value="output" checked' in html
    assert 'value="name"' not in html


def test_choosing_no_known_column_shows_all(table_html):
    assert "State</a>" in table_html(columns="secret")


def test_active_filters_are_counted_and_cleared_keeping_the_rest(table_html):
    html = table_html(q="t", kind="A", sort="name")
    assert "Clear 2 filters" in html
    assert 'href="/list/?sort=name"' in html
    assert '<input type="hidden" name="sort" value="name"' in html


def test_export_links_keep_filters_and_leave_the_page(table_html):
    html = table_html(q="t", page="2")
    assert 'href="/list/?q=t&amp;format=xlsx"' in html
    assert 'href="/list/?q=t&amp;format=csv"' in html


def test_empty_list_says_why_and_what_to_do(table_html):
    html = table_html([], q="nothing")
    assert "The filters leave nothing over." in html
    assert '<a class="btn" href="/list/">Clear the filters</a>' in html
    assert "<table" not in html


@pytest.mark.parametrize(("asked", "shown"), [("100", 100), ("50", 50), ("100000", 50), ("x", 50)])
def test_page_size_is_one_of_the_offered(page_request, asked, shown):
    rows = [{"kind": "A", "name": str(i), "output": i, "state": "bad"} for i in range(120)]
    table = FirmTable(rows).configure(page_request(per_page=asked))
    assert len(table.page) == shown


@pytest.mark.parametrize(("asked", "number"), [("2", 2), ("999", 3), ("x", 1), ("-1", 3)])
def test_a_page_that_is_not_there_is_the_nearest(page_request, asked, number):
    rows = [{"kind": "A", "name": str(i), "output": i, "state": "bad"} for i in range(120)]
    assert FirmTable(rows).configure(page_request(page=asked)).page.number == number


def test_xlsx_is_an_official_form_of_the_whole_filtered_set(page_request):
    with override("zh-hans"):
        response = table_response(
            page_request(format="xlsx", per_page="50"),
            table=FirmTable(ROWS * 40),
            title="企业清单",
            unit_line="亿元",
            source="附件3",
        )
    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))
    assert rows[0][0] == "企业清单"
    assert "单位：亿元" in rows[1]
    assert rows[2] == ("Name", "Output（亿元）", "State")
    assert rows[3] == ("=1+1", 10.5, "unlikely")
    assert rows[4] == ("<b>two</b>", None, "likely")
    assert len(rows) == 3 + 120 + 1
    assert response["Content-Disposition"] == "attachment; filename*=UTF-8''firms.xlsx"


def test_csv_guards_formulas_and_follows_the_chosen_columns(page_request):
    response = table_response(page_request(format="csv", columns="output"), table=FirmTable(ROWS), title="t")
    assert response.content.decode("utf-8-sig").splitlines()[1:] == ["'=1+1,10.5", "<b>two</b>,", "three,12345"]


def test_unknown_format_is_refused_with_the_remedy(page_request):
    response = table_response(page_request(format="pdf"), table=FirmTable(ROWS), title="t")
    assert response.status_code == 400
    assert "xlsx" in response.content.decode()


def test_empty_set_can_be_exported(page_request):
    for kind in ("xlsx", "csv"):
        assert table_response(page_request(format=kind), table=FirmTable([]), title="t").status_code == 200
