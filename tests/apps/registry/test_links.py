"""Suppliers and customers: taken in whole or not at all, shown with amount and share, named to who may see them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from zhizao.apps.registry import exporting, link_sheet, linking, partners, queries, services
from zhizao.base.facts.models import Link
from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db

DAY = date(2025, 6, 1)
SEEN = queries.View(DAY)
HEAD = "供应商,采购方,产品,年金额（万元）,占采购额比重（%）,家数,依据,可信度,起始日期,终止日期,来源\n"


@pytest.fixture
def firms(area):
    return [
        services.enter(actor=None, area=area, name=name, valid_from=None, source="")
        for name in ("甲乙制冷设备有限公司", "戊己门业有限公司", "丙丁弹簧有限公司")
    ]


OUTSIDE = (("区外：甲省", 100), ("区外：乙省", 200), ("区外", 300))


def take(area, text: str, *, actor=None):
    return linking.take_in(actor=actor, area=area, data=(HEAD + text).encode(), file="links.csv")


def refused(area, text: str) -> list[tuple[str, int | None, str | None]]:
    with pytest.raises(Refused) as found:
        take(area, text)
    assert not Link.objects.exists()
    assert all(problem.remedy for problem in found.value.problems)
    return [(problem.code, problem.place.row, problem.place.column) for problem in found.value.problems]


LINKS = """丙丁弹簧有限公司,甲乙制冷设备有限公司,弹簧,1200.5,12.005,,发票,高,2024-01-01,,invoices of 2024
区外,甲乙制冷设备有限公司,,8799.5,,71,申报,中,2024-01-01,,
甲乙制冷设备有限公司,区外,,30000,,,,,2024-01-01,,
戊己门业有限公司,甲乙制冷设备有限公司,,,,,估算,低,2024-01-01,2024-12-31,
"""


def test_links_are_taken_in_with_exact_amounts(area, firms):
    assert take(area, LINKS).facts == 4
    link = Link.objects.get(product="弹簧")
    assert (link.yearly_amount_fen, link.share_ppm, link.parties) == (1_200_500_000, 120_050, 1)
    assert (link.basis, link.confidence, link.source) == ("invoiced", "H", "invoices of 2024")
    outside = Link.objects.get(subject__kind="area")
    assert (outside.subject.key, outside.parties) == ("area:990001.outside", 71)
    sold = Link.objects.get(buyer__kind="area")
    assert (sold.parties, sold.basis, sold.confidence) == (None, "declared", "M")


def test_sides_show_share_and_total_where_they_are_known(area, firms, analyst):
    take(area, LINKS)
    suppliers, customers = partners.sides(analyst, firms[0], SEEN)
    # 1200.5 is stated as 12.005 %; what comes from outside has no stated share: 8799.5 / (1200.5 + 8799.5) = 87.995 %.
    assert [(line.name, line.amount_wan_yuan, line.share_pct) for line in suppliers.lines] == [
        ("区外", Decimal("8799.5"), Decimal("87.995")),
        ("丙丁弹簧有限公司", Decimal("1200.5"), Decimal("12.005")),
    ]
    assert (suppliers.total_wan_yuan, suppliers.unknown, suppliers.hidden) == (Decimal(10000), 0, 0)
    assert [(line.share_pct, line.subject) for line in customers.lines] == [(Decimal(100), None)]


def test_an_amount_that_is_not_known_leaves_shares_unknown_and_is_counted(area, firms, analyst):
    take(area, LINKS)
    suppliers, _customers = partners.sides(analyst, firms[0], queries.View(date(2024, 6, 1)))
    assert next((line.name, line.share_pct) for line in suppliers.lines) == ("区外", None)
    assert (suppliers.total_wan_yuan, suppliers.unknown) == (Decimal(10000), 1)


def test_a_link_began_when_its_unbroken_run_began(area, firms, analyst):
    row = "丙丁弹簧有限公司,甲乙制冷设备有限公司,,{amount},,,,,{first},{last},\n"
    for amount, first, last in ((1, "2020-01-01", "2020-12-31"), (2, "2022-01-01", ""), (3, "2024-01-01", "")):
        take(area, row.format(amount=amount, first=first, last=last))
    suppliers, _customers = partners.sides(analyst, firms[0], SEEN)
    assert [(line.amount_wan_yuan, line.since) for line in suppliers.lines] == [(Decimal(3), date(2022, 1, 1))]


def test_the_same_file_again_changes_nothing_even_after_a_later_one(area, firms, analyst):
    first = "丙丁弹簧有限公司,甲乙制冷设备有限公司,,1,,,,,2023-01-01,,\n"
    take(area, first)
    take(area, first.replace(",1,", ",2,").replace("2023", "2024"))
    assert take(area, first).facts == 0
    suppliers, _customers = partners.sides(analyst, firms[0], SEEN)
    assert [line.amount_wan_yuan for line in suppliers.lines] == [Decimal(2)]


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("不知有限公司,甲乙制冷设备有限公司,,1,,,,,2024-01-01,,", "registry.link_end", "supplier"),
        ("丙丁弹簧有限公司,000000000000,,1,,,,,2024-01-01,,", "registry.link_end", "buyer"),
        ("丙丁弹簧有限公司,丙丁弹簧有限公司,,1,,,,,2024-01-01,,", "registry.link_to_itself", "buyer"),
        (",丙丁弹簧有限公司,,1,,,,,2024-01-01,,", "tables.required", "supplier"),
        ("丙丁弹簧有限公司,区外,,1,,,,,,,", "tables.required", "valid_from"),
        ("丙丁弹簧有限公司,区外,,-1,,,,,2024-01-01,,", "registry.link_negative", "amount_wan_yuan"),
        ("丙丁弹簧有限公司,区外,,0.0000001,,,,,2024-01-01,,", "money.below_fen", "amount_wan_yuan"),
        ("丙丁弹簧有限公司,区外,,many,,,,,2024-01-01,,", "tables.not_a_number", "amount_wan_yuan"),
        ("丙丁弹簧有限公司,区外,,1,101,,,,2024-01-01,,", "registry.link_share", "share_pct"),
        ("丙丁弹簧有限公司,区外,,1,,0,,,2024-01-01,,", "registry.link_parties", "parties"),
        ("丙丁弹簧有限公司,区外,,1,,,听说,,2024-01-01,,", "registry.link_word", "basis"),
        ("丙丁弹簧有限公司,区外,,1,,,,,2024-01-01,2023-01-01,", "registry.link_days", "valid_to"),
    ],
)
def test_a_wrong_row_is_refused_with_row_column_and_remedy(area, firms, row, code, column):
    good = "甲乙制冷设备有限公司,戊己门业有限公司,,1,,,,,2024-01-01,,\n"
    assert (code, 3, column) in refused(area, good + row + "\n")


def test_a_row_that_stands_twice_is_refused(area, firms):
    row = "丙丁弹簧有限公司,区外,,1,,,,,2024-01-01,,\n"
    assert refused(area, row + row.replace(",1,", ",2,")) == [("registry.twice", 3, "supplier")]


def test_only_those_who_may_edit_take_links_in(area, firms, person):
    for role in ("leader", "park_operator", "enterprise_manager"):
        with pytest.raises(PermissionDenied):
            take(area, LINKS, actor=person(role))
    assert not Link.objects.exists()


def test_export_taken_in_again_changes_nothing(area, firms, analyst):
    take(area, LINKS)
    frame = exporting.links_frame(queries.links(analyst, SEEN), SEEN)
    assert frame.height == 3
    again = linking.take_in(actor=None, area=area, data=link_sheet.form(frame), file="links.xlsx")
    assert (again.rows, again.facts) == (3, 0)


def test_outside_regions_have_names_and_come_through_export_and_import(area, firms, analyst):
    rows = "".join(f"{place},甲乙制冷设备有限公司,压缩机,{amount},,,,,2024-01-01,,\n" for place, amount in OUTSIDE)
    assert take(area, rows).facts == 3
    names = {link.subject.name_facts.get().text: link.yearly_amount_fen for link in Link.objects.all()}
    assert names == {"甲省": 100_000_000, "乙省": 200_000_000, "区外": 300_000_000}
    frame = exporting.links_frame(queries.links(analyst, SEEN), SEEN)
    again = linking.take_in(actor=None, area=area, data=link_sheet.table(frame), file="again.csv")
    assert (again.rows, again.facts, Link.objects.count()) == (3, 0, 3)
    later = take(area, "区外： 甲省,甲乙制冷设备有限公司,压缩机,150,,,,,2025-01-01,,\n")
    assert (later.facts, Link.objects.values("subject").distinct().count()) == (1, 3)


def test_a_simulated_link_stays_simulated_through_export_and_import(area, firms, analyst):
    linking.take_in(actor=None, area=area, data=(HEAD + LINKS).encode(), file="links.csv", simulated=True)
    frame = exporting.links_frame(queries.links(analyst, SEEN), SEEN)
    assert linking.take_in(actor=None, area=area, data=link_sheet.table(frame), file="links.csv").facts == 0
    assert not Link.objects.filter(simulated=False).exists()


def test_who_may_not_be_seen_is_counted_and_not_named(area, other_area, firms, analyst, person, client):
    far = services.enter(actor=None, area=other_area, name="远方机械有限公司", valid_from=None, source="")
    take(area, LINKS)
    from zhizao.base.facts import services as facts

    facts.state(
        [
            Link(
                subject=far,
                buyer=firms[0],
                yearly_amount_fen=5_000_000,
                basis="declared",
                confidence="M",
                valid_from=date(2024, 1, 1),
            )
        ]
    )
    suppliers, _customers = partners.sides(analyst, firms[0], SEEN)
    assert (suppliers.hidden, suppliers.hidden_wan_yuan, suppliers.total_wan_yuan) == (1, Decimal(5), Decimal(10005))
    client.force_login(analyst, backend="django.contrib.auth.backends.ModelBackend")
    for address in ("", "links/", "links/?format=csv"):
        page = client.get(f"/registry/enterprises/{firms[0].id_part}/{address}").content.decode()
        assert "丙丁弹簧" in page
        assert "远方机械" not in page
    own = person("enterprise_manager")
    own.organisation.enterprise_key = firms[0].key
    own.organisation.save()
    suppliers, _customers = partners.sides(own, firms[0], SEEN)
    assert [line.name for line in suppliers.lines] == ["区外"]
    assert suppliers.hidden == 2


def test_links_page_of_another_area_is_not_found(client, person, other_area, firms):
    client.force_login(person("analyst", area=other_area), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/registry/enterprises/{firms[0].id_part}/links/").status_code == 404
