"""A region's pack extends or overrides the nation's forms and deadlines, and everything says where it comes from."""

from __future__ import annotations

import pytest

from zhizao.base.forms import library as module
from zhizao.base.forms.library import ROOT, layered, library
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

MARCH = Span.parse("2025-03")
REGION = """
extends: yes
id: output
edition: "2025甲"
effective_from: 2025-01-01
rows:
  - {code: "04", name: {zh: 新增订单额（含意向）, en: New orders and intents}, unit: 万元, indicator: orders_new}
  - {code: "05", name: {zh: 灯具产量, en: Lamps made}, unit: 万元, required: no}
parameters:
  sales_low: {value: 0.5}
checks:
  - {id: lamps_in_output, severity: hard, each: {rows: ["05"]}, expr: r01 >= x, text: {zh: "01≥05", en: "01 ≥ 05"}}
"""
CALENDAR = """
year: 2025
after_deadline: refused
deadlines:
  output:
    "2025-03": {opens: 2025-04-01, due: "2025-04-08 18:00"}
    "2025-04":
  yixian:
    "2025-03": {opens: 2025-04-01, due: "2025-04-20 12:00"}
"""


@pytest.fixture
def packs(tmp_path, small_text):
    """The nation's pack and that of an invented region whose code is 990002."""
    (tmp_path / "china").symlink_to(str(ROOT / "china"))
    region = tmp_path / "yixian"
    (region / "forms").mkdir(parents=True)
    (region / "calendars").mkdir()
    (region / "datapackage.yaml").write_text('plan: {region: {code: "990002"}}', encoding="utf-8")
    (region / "forms" / "output.yaml").write_text(REGION, encoding="utf-8")
    own = small_text.replace("id: small", "id: yixian")
    (region / "forms" / "yixian.yaml").write_text(own, encoding="utf-8")
    (region / "calendars" / "reporting-2025.yaml").write_text(CALENDAR, encoding="utf-8")
    return tmp_path


@pytest.fixture
def region(packs, monkeypatch):
    monkeypatch.setattr(module, "ROOT", packs)
    library.cache_clear()
    yield library("990000/990002/")
    library.cache_clear()


def test_a_region_has_the_nations_forms_its_own_and_its_editions_of_them(region):
    assert region.form("finance", MARCH) == library().form("finance", MARCH)
    assert region.form("yixian", MARCH).number == "T-1"
    assert library().form("yixian", MARCH) is None
    form = region.form("output", MARCH)
    assert (form.edition, form.number, [row.code for row in form.rows]) == (
        "2025甲", "ZZ-B204-1", ["01", "02", "03", "04", "05"],
    )  # fmt: skip
    assert (str(form.parameters["sales_low"]), str(form.parameters["sales_high"])) == ("0.5", "1.4")
    assert region.form("output", Span.parse("2024-12")).edition == "2023"  # before the region's is in force


def test_every_row_check_and_deadline_says_which_file_it_comes_from(region):
    form = region.form("output", MARCH)
    nation, own = "china/forms/output-2023.yaml", "yixian/forms/output.yaml"
    assert form.files == (own, nation)
    assert {row.code: row.file for row in form.rows} == {
        "01": nation, "02": nation, "03": nation, "04": own, "05": own,
    }  # fmt: skip
    assert {check.id.partition(":")[0]: check.file for check in form.checks if check.file == own} == {
        "lamps_in_output": own
    }
    assert region.deadline("output", MARCH).file == "yixian/calendars/reporting-2025.yaml"
    assert region.deadline("finance", MARCH).file == "china/calendars/reporting-2025.yaml"


def test_a_regions_deadline_takes_the_place_of_the_nations_and_an_empty_one_takes_it_away(region):
    march = region.deadline("output", MARCH)
    assert (march.due.isoformat(), march.after) == ("2025-04-08T18:00:00+08:00", "refused")
    assert region.deadline("output", Span.parse("2025-04")) is None
    assert library().deadline("output", Span.parse("2025-04")) is not None


def test_a_pack_holds_in_its_area_and_below_and_nowhere_else(region):
    assert library("990002/990002001/").form("yixian", MARCH) is not None
    assert library("990003/").form("yixian", MARCH) is None


def test_a_whole_definition_of_the_region_takes_the_place_of_the_nations(small_text):
    nation, own = small_text.encode(), small_text.replace('edition: "1"', 'edition: "甲"').encode()
    both = layered([([nation], []), ([own], [])])
    assert both.form("small", MARCH).edition == "甲"
    assert [form.edition for form in both.editions("small")] == ["甲", "1"]


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("id: output", "id: nothing", "forms.extends", 2),
        ('edition: "2025甲"', "number: X", "forms.extends", 2),
        ("unit: 万元, required: no", "unit: 斗斛", "units.unknown", 8),
        ("expr: r01 >= x", "expr: r99 >= x", None, 12),
    ],
)
def test_what_is_wrong_in_a_regions_file_is_refused_with_its_file_and_line(packs, old, new, code, line):
    file = packs / "yixian" / "forms" / "output.yaml"
    file.write_text(REGION.replace(old, new), encoding="utf-8")
    with pytest.raises(Refused) as caught:
        layered([([packs / "china" / "forms" / "output-2023.yaml"], []), ([file], [])])
    problem = caught.value.problems[0]
    assert (problem.place.file, problem.place.line) == ("yixian/forms/output.yaml", line)
    assert code is None or problem.code == code or problem.code == "forms.definition"


@pytest.mark.parametrize("days", ["-1", "1.5", "21", "two"])
def test_days_of_reminders_that_cannot_be_are_refused(days):
    with pytest.raises(Refused, match="working days"):
        layered([([], [f"year: 2025\nremind_before: {days}\n".encode()])])
