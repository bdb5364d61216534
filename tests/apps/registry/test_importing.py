"""A register taken in: whole or not at all, twice changes nothing, refused with row, column and remedy."""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest
from django.core.exceptions import PermissionDenied

from zhizao.apps.registry import exporting, importing, queries, services, sheet
from zhizao.apps.registry.models import Attribute, CreditCode
from zhizao.base.audit.models import AuditEvent
from zhizao.base.facts.models import Membership, Name, Subject
from zhizao.kernel import credit_code
from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db

DAY = date(2024, 1, 1)
CODES = [credit_code.build(kind="91", region="990001", organisation=f"MA0000{n:02}") for n in range(1, 8)]


def take(area, text: str, *, actor=None, day: date = DAY) -> importing.Imported:
    return importing.take_in(actor=actor, area=area, data=text.encode(), file="register.csv", valid_from=day)


def refused(area, text: str) -> list[tuple[str, int | None, str | None]]:
    before = Subject.objects.count(), Name.objects.count()
    with pytest.raises(Refused) as found:
        take(area, text)
    assert (Subject.objects.count(), Name.objects.count()) == before
    assert all(problem.remedy for problem in found.value.problems)
    return [(problem.code, problem.place.row, problem.place.column) for problem in found.value.problems]


REGISTER = f"""企业名称,统一社会信用代码,梯队,产业,园区,规上,从业人员（人）,营业收入（万元）,曾用名
甲乙制冷设备有限公司,{CODES[0]},骨干,装备、电子,东园,是,"1,200",35000.5,甲乙机械厂
戊己门业有限公司,,成长型,消费品,—,否,,,
"""


def test_register_is_taken_in(area):
    assert take(area, REGISTER).entered == 2
    rows = queries.facts_at(Name.objects.filter(kind="registered"), on=DAY)
    first, second = sorted(queries.lines(rows, queries.View(DAY)), key=lambda line: line.name, reverse=True)
    assert (first.name, first.code) == ("甲乙制冷设备有限公司", CODES[0])
    assert first.attributes == {
        "tier": "骨干",
        "above_scale": "yes",
        "employees": "1200",
        "revenue_wan_yuan": "35000.5",
    }
    assert first.parents == {"sector": ["电子", "装备"], "park": ["东园"]}
    assert (second.code, second.attributes) == ("", {"tier": "成长型", "above_scale": "no"})


def test_same_file_twice_changes_nothing(area):
    take(area, REGISTER)
    counts = [model.objects.count() for model in (Subject, Name, Attribute, CreditCode, Membership, AuditEvent)]
    again = take(area, REGISTER, day=date(2024, 6, 1))
    assert (again.entered, again.changed, again.facts) == (0, 0, 0)
    assert [m.objects.count() for m in (Subject, Name, Attribute, CreditCode, Membership, AuditEvent)] == counts


def test_export_taken_in_again_changes_nothing(area):
    take(area, REGISTER)
    names = queries.facts_at(Name.objects.filter(kind="registered"), on=DAY).select_related("subject")
    frame = exporting.frame(names, queries.View(DAY), contacts=True)
    again = importing.take_in(actor=None, area=area, data=sheet.form(frame), file="r.xlsx", valid_from=DAY)
    assert (again.rows, again.entered, again.facts) == (2, 0, 0)


def test_renamed_enterprise_is_known_by_its_code_and_keeps_its_id(area):
    take(area, REGISTER)
    take(area, f"企业名称,统一社会信用代码\n丙丁制冷有限公司,{CODES[0]}\n", day=date(2025, 1, 1))
    assert Subject.objects.filter(kind="enterprise").count() == 2
    of_code = CreditCode.objects.get(code=CODES[0]).subject
    kinds = {
        name.text: name.kind for name in queries.facts_at(Name.objects.filter(subject=of_code), on=date(2025, 1, 1))
    }
    assert kinds == {"丙丁制冷有限公司": "registered", "甲乙制冷设备有限公司": "former", "甲乙机械厂": "former"}


def test_row_under_a_former_name_is_the_same_enterprise(area):
    take(area, REGISTER)
    with_old_name = take(area, "企业名称,梯队\n甲乙制冷设备有限公司,龙头\n", day=date(2025, 1, 1))
    assert (with_old_name.entered, with_old_name.facts) == (0, 1)


def test_empty_cell_says_nothing(area):
    take(area, REGISTER)
    take(area, "企业名称,梯队\n甲乙制冷设备有限公司,\n", day=date(2025, 1, 1))
    rows = Attribute.objects.filter(name="tier", value="骨干")
    assert queries.facts_at(rows, on=date(2025, 6, 1)).exists()


def test_later_change_leaves_the_days_before(area):
    take(area, REGISTER)
    take(area, "企业名称,梯队,生效日期\n甲乙制冷设备有限公司,龙头,2025-03-01\n")
    tier = Attribute.objects.filter(name="tier", subject__creditcode_facts__code=CODES[0])
    assert [queries.facts_at(tier, on=date(2025, m, d)).get().value for m, d in ((2, 28), (3, 1))] == ["骨干", "龙头"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("甲有限公司,9.15E+17,", [("credit_code.scientific", 2, "credit_code")]),
        ("甲有限公司,915001,", [("credit_code.length", 2, "credit_code")]),
        (f"{CODES[0]},甲有限公司,", [("registry.shifted", 2, "name"), ("credit_code.length", 2, "credit_code")]),
        ("1,甲有限公司,", [("registry.shifted", 2, "name"), ("credit_code.length", 2, "credit_code")]),
        (f",{CODES[0]},", [("tables.required", 2, "name")]),
        ("甲有限公司,,\n甲 有限公司,,", [("registry.twice", 3, "name")]),
        (f"甲有限公司,{CODES[0]},\n乙有限公司,{CODES[0]},", [("registry.twice", 3, "credit_code")]),
        ("甲有限公司,,-4", [("registry.value", 2, "employees")]),
        ("甲有限公司,,很多", [("tables.not_a_number", 2, "employees")]),
    ],
)
def test_bad_row_is_refused_with_its_place(area, body, expected):
    found = refused(area, f"企业名称,统一社会信用代码,从业人员\n{body}\n")
    assert found == expected


def test_two_rows_that_are_one_enterprise_by_two_names_are_refused(area):
    take(area, REGISTER)
    assert refused(area, "企业名称\n甲乙制冷设备有限公司\n甲乙机械厂\n") == [("registry.twice", 3, "name")]


def test_code_of_another_enterprise_or_other_than_the_known_is_refused(area, other_area):
    take(area, REGISTER)
    assert refused(area, f"企业名称,统一社会信用代码\n甲乙制冷设备有限公司,{CODES[1]}\n") == [
        ("registry.other_code", 2, "credit_code")
    ]
    text = f"标识,企业名称,统一社会信用代码\n{_id(area, '戊己门业有限公司')},戊己门业有限公司,{CODES[0]}\n"
    assert refused(area, text) == [("registry.code_taken", 2, "credit_code")]
    assert refused(other_area, f"企业名称,统一社会信用代码\n庚有限公司,{CODES[0]}\n") == [
        ("registry.code_taken", 2, "credit_code")
    ]


def _id(area, name: str) -> str:
    return Name.objects.get(text=name, kind="registered", subject__area=area).subject.id_part


def test_unknown_id_and_one_of_another_area_are_refused(area, other_area):
    take(area, REGISTER)
    for place in (area, other_area):
        wrong = "000000000000" if place == area else _id(area, "戊己门业有限公司")
        assert refused(place, f"标识,企业名称\n{wrong},戊己门业有限公司\n") == [("registry.unknown_id", 2, "id")]


def test_file_without_the_name_column_or_with_another_unit_is_refused(area):
    assert refused(area, "统一社会信用代码,梯队\n,骨干\n")[0][0] == "tables.column_missing"
    assert refused(area, "企业名称,营业收入（亿元）\n甲有限公司,3\n")[0][0] == "tables.other_unit"


def test_a_name_of_another_area_is_another_enterprise(area, other_area):
    take(area, REGISTER)
    assert take(other_area, "企业名称,产业\n戊己门业有限公司,消费品\n").entered == 1
    keys = Subject.objects.filter(kind="sector").values_list("key", flat=True)
    assert "sector:消费品" in keys
    assert "sector:990002.消费品" in keys


def test_only_those_who_may_edit_take_a_register_in(area, person):
    for role in ("leader", "enterprise_manager", "park_operator"):
        with pytest.raises(PermissionDenied):
            take(area, REGISTER, actor=person(role))
    assert not Name.objects.exists()


def test_import_takes_no_query_for_each_row(area, django_assert_max_num_queries):
    rows = "".join(f"{n}号有限公司,骨干,装备,东园\n" for n in range(1, 401))
    with django_assert_max_num_queries(100):
        take(area, f"企业名称,梯队,产业,园区\n{rows}")
    with django_assert_max_num_queries(100):
        take(area, f"企业名称,梯队,产业,园区\n{rows}")


def test_template_is_a_form_that_can_be_filled_in_and_taken_in(area):
    import polars as pl

    empty = {column: [None] for column in sheet.COLUMN_NAMES}
    filled = pl.DataFrame(empty | {"name": ["甲乙制冷设备有限公司"], "tier": ["骨干"]})
    found = importing.take_in(actor=None, area=area, data=sheet.form(filled), file="t.xlsx", valid_from=DAY)
    assert found.entered == 1
    with pytest.raises(Refused):
        importing.take_in(actor=None, area=area, data=b"PK\x03\x04broken", file="t.xlsx", valid_from=DAY)


def test_simulated_code_gives_way_to_the_true_one(area):
    subject = services.enter(actor=None, area=area, name="甲有限公司", valid_from=DAY, source="")
    services.set_code(actor=None, subject=subject, code=CODES[2], source="", simulated=True)
    take(area, f"企业名称,统一社会信用代码\n甲有限公司,{CODES[3]}\n")
    rows = queries.facts_at(CreditCode.objects.filter(subject=subject), on=DAY)
    assert [(row.code, row.simulated) for row in islice(rows, 2)] == [(CODES[3], False)]


def test_simulated_code_that_comes_back_stays_simulated(area):
    subject = services.enter(actor=None, area=area, name="甲有限公司", valid_from=DAY, source="")
    services.set_code(actor=None, subject=subject, code=CODES[2], source="", simulated=True)
    assert take(area, f"企业名称,统一社会信用代码\n甲有限公司,{CODES[2]}\n").facts == 0
