"""Acts on the register: what they add, what they refuse, what they leave of the past."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from zhizao.apps.registry import listing, queries, services
from zhizao.apps.registry.models import Absorption, Attribute, Certificate, CreditCode
from zhizao.base.audit.models import AuditEvent
from zhizao.base.events.models import Event
from zhizao.base.facts.models import Membership, Name, Subject
from zhizao.kernel import credit_code, names
from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db

CODE = credit_code.build(kind="91", region="990001", organisation="MA000001")
OTHER_CODE = credit_code.build(kind="91", region="990001", organisation="MA000002")
Y2021, Y2023 = date(2021, 1, 1), date(2023, 1, 1)


def seen(on: date) -> queries.View:
    return queries.View(on)


def line(firm: Subject, *, on: date) -> queries.Line:
    rows = Name.objects.filter(subject=firm, kind="registered")
    (found,) = queries.lines(queries.facts_at(rows, on=on), seen(on))
    return found


def test_id_is_that_of_the_name_at_first_entry_and_stays(firm):
    assert firm.key == f"enterprise:{names.stable_id('甲乙制冷设备有限公司')}"
    services.rename(actor=None, subject=firm, name="丙丁制冷有限公司", since=Y2023, source="licence")
    assert line(firm, on=Y2023).name == "丙丁制冷有限公司"
    assert line(firm, on=Y2023 - timedelta(days=1)).name == "甲乙制冷设备有限公司"
    former = Name.objects.get(subject=firm, kind="former", withdrawn=False)
    assert (former.text, former.valid_from) == ("甲乙制冷设备有限公司", Y2023)


def test_a_name_given_up_may_be_entered_again_under_another_id(firm, area):
    services.rename(actor=None, subject=firm, name="丙丁制冷有限公司", since=Y2023, source="licence")
    (second,) = services.new_subjects(area=area, names_at_entry=["甲乙制冷设备有限公司"])
    assert second.key == f"{firm.key}-2"


def test_a_name_of_the_register_is_not_entered_twice(firm, area):
    with pytest.raises(Refused) as refused:
        services.enter(actor=None, area=area, name="甲乙制冷设备 有限公司", valid_from=None, source="")
    assert refused.value.problems[0].code == "registry.known"
    assert Subject.objects.filter(kind="enterprise").count() == 1


def test_tier_of_a_past_day_stays_when_it_changes(firm):
    services.set_attribute(actor=None, subject=firm, name="tier", value="成长型", source="a", valid_from=Y2021)
    services.set_attribute(actor=None, subject=firm, name="tier", value="骨干", source="b", valid_from=Y2023)
    assert line(firm, on=date(2022, 6, 1)).get("tier") == "成长型"
    assert line(firm, on=date(2024, 6, 1)).get("tier") == "骨干"


def test_credit_code_is_of_one_enterprise_only(firm, area):
    other = services.enter(actor=None, area=area, name="戊己门业有限公司", valid_from=None, source="")
    services.set_code(actor=None, subject=firm, code=CODE.lower(), source="licence")
    assert CreditCode.objects.get().code == CODE
    with pytest.raises(Refused) as refused:
        services.set_code(actor=None, subject=other, code=CODE, source="licence")
    assert refused.value.problems[0].code == "registry.code_taken"
    services.set_code(actor=None, subject=firm, code=OTHER_CODE, source="the first was misread")
    services.set_code(actor=None, subject=other, code=CODE, source="licence")
    assert line(other, on=Y2023).code == CODE


@pytest.mark.parametrize("code", ["9.15E+17", "915001", CODE[:17] + ("A" if CODE[17] != "A" else "B")])
def test_what_is_no_credit_code_is_refused_with_a_remedy(firm, code):
    with pytest.raises(Refused) as refused:
        services.set_code(actor=None, subject=firm, code=code, source="")
    assert all(problem.remedy for problem in refused.value.problems)
    assert not CreditCode.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("employees", "-3"), ("employees", "1.5"), ("industry", "9"), ("founded_on", "2020-13-01"), ("above_scale", "?")],
)
def test_a_value_that_the_attribute_cannot_have_is_refused(firm, name, value):
    with pytest.raises(Refused):
        services.set_attribute(actor=None, subject=firm, name=name, value=value, source="")
    assert not Attribute.objects.exists()


def test_above_scale_has_entry_and_exit(firm):
    services.set_attribute(
        actor=None, subject=firm, name="above_scale", value="是", source="", valid_from=Y2021, valid_to=Y2023
    )
    days = (Y2021 - timedelta(days=1), Y2021, Y2023, Y2023 + timedelta(days=1))
    rows = Attribute.objects.filter(subject=firm)
    assert [queries.facts_at(rows, on=day).exists() for day in days] == [False, True, True, False]


def test_joining_another_park_leaves_the_first(firm):
    services.join(actor=None, subject=firm, tree="park", parent="东园", source="", valid_from=Y2021)
    services.join(actor=None, subject=firm, tree="park", parent="西园", source="", valid_from=Y2023)
    assert line(firm, on=Y2021).parents == {"park": ["东园"]}
    assert line(firm, on=Y2023).parents == {"park": ["西园"]}


def test_certificate_runs_out(firm):
    certificate = Certificate(subject=firm, kind="高新技术企业", number="1", valid_from=Y2021, valid_to=Y2023)
    services.certify(actor=None, certificate=certificate)
    assert line(firm, on=Y2023).certificates == ["high_tech"]
    assert line(firm, on=Y2023 + timedelta(days=1)).certificates == []


def test_merged_record_leads_on_and_is_whole_again_after_a_split(firm, area):
    other = services.enter(actor=None, area=area, name="甲乙制冷有限公司", valid_from=None, source="")
    services.set_attribute(actor=None, subject=other, name="tier", value="骨干", source="")
    before = Attribute.objects.count(), Name.objects.count(), Membership.objects.count()
    services.merge(actor=None, absorbed=other, survivor=firm, reason="one enterprise")
    now = queries.view()
    assert queries.survivor(other, now) == firm
    assert queries.survivor(firm, now) is None
    assert [subject.key for subject in queries.absorbed(firm, now)] == [other.key]
    assert (Attribute.objects.count(), Name.objects.count(), Membership.objects.count()) == before
    assert queries.enterprise(_staff(area), other.id_part) == other
    services.split(actor=None, absorbed=other, reason="two enterprises after all")
    assert queries.survivor(other, queries.view()) is None
    assert Absorption.objects.count() == 2


def _staff(area):
    from tests.factories import make_user

    return make_user("leader", area=area)


def test_merger_from_a_day_on_leaves_both_before_it(firm, area):
    other = services.enter(actor=None, area=area, name="戊己门业有限公司", valid_from=None, source="")
    services.merge(actor=None, absorbed=other, survivor=firm, reason="merger", since=Y2021)
    services.split(actor=None, absorbed=other, reason="sold again", since=Y2023)
    days = (Y2021 - timedelta(days=1), Y2021, Y2023 - timedelta(days=1), Y2023)
    assert [queries.survivor(other, seen(day)) for day in days] == [None, firm, firm, None]


def test_merge_in_a_circle_into_itself_or_twice_is_refused(firm, area):
    b, c = (
        services.enter(actor=None, area=area, name=name, valid_from=None, source="")
        for name in ("戊己门业有限公司", "庚辛门业有限公司")
    )
    services.merge(actor=None, absorbed=firm, survivor=b, reason="")
    for absorbed, survivor in ((b, firm), (b, b), (firm, c)):
        with pytest.raises(Refused):
            services.merge(actor=None, absorbed=absorbed, survivor=survivor, reason="")
    with pytest.raises(Refused):
        services.split(actor=None, absorbed=b, reason="")
    assert Absorption.objects.count() == 1


def test_act_is_audited_and_told_and_one_that_changes_nothing_is_not(firm, analyst):
    for _ in range(2):
        services.set_attribute(actor=analyst, subject=firm, name="tier", value="骨干", source="list of 2024")
    event = AuditEvent.objects.get(action="registry.attribute")
    assert event.actor == analyst
    assert event.details["value"] == "骨干"
    assert Event.objects.filter(name="registry.attribute", subject=firm.key).count() == 1


def test_contact_stands_in_no_audit_row(firm, analyst):
    services.set_attribute(actor=analyst, subject=firm, name="contact_phone", value="0231234567", source="visit")
    assert "0231234567" not in AuditEvent.objects.get(action="registry.attribute").details_json


@pytest.mark.parametrize("role", ["leader", "auditor", "bank", "enterprise_manager", "park_operator"])
def test_who_may_not_edit_changes_nothing(firm, person, role):
    actor = person(role)
    with pytest.raises(PermissionDenied):
        services.set_attribute(actor=actor, subject=firm, name="tier", value="骨干", source="")
    assert not Attribute.objects.exists()


def test_analyst_of_another_area_neither_sees_nor_edits(firm, person, other_area):
    stranger = person("analyst", area=other_area)
    assert queries.enterprise(stranger, firm.id_part) is None
    assert not queries.enterprises(stranger, queries.Wanted(), queries.view()).exists()
    with pytest.raises(PermissionDenied):
        services.rename(actor=stranger, subject=firm, name="x有限公司", since=Y2023, source="")


def test_enterprise_sees_itself_and_nobody_else(firm, person, area):
    services.enter(actor=None, area=area, name="戊己门业有限公司", valid_from=None, source="")
    own = person("enterprise_manager")
    own.organisation.enterprise_key = firm.id_part
    own.organisation.save()
    found = queries.enterprises(own, queries.Wanted(), queries.view())
    assert [name.subject for name in found] == [firm]


def test_list_is_narrowed_by_tier_sector_industry_and_any_name(firm, area, analyst):
    other = services.enter(actor=None, area=area, name="戊己门业有限公司", valid_from=Y2021, source="")
    services.set_attribute(actor=None, subject=firm, name="tier", value="骨干", source="", valid_from=Y2021)
    services.set_attribute(actor=None, subject=firm, name="industry", value="3464", source="", valid_from=Y2021)
    services.join(actor=None, subject=other, tree="sector", parent="消费品", source="", valid_from=Y2021)
    services.rename(actor=None, subject=firm, name="丙丁制冷有限公司", since=Y2023, source="")

    def keys(on=Y2023, **wanted):
        found = queries.enterprises(analyst, queries.Wanted(**wanted), seen(on))
        return [name.subject_id for name in found]

    assert keys() == [firm.pk, other.pk]  # bing before wu
    assert keys(tier="骨干") == keys(industry="34") == [firm.pk]
    assert keys(sector="sector:消费品") == keys(text="wjmy") == keys(text="门业") == [other.pk]
    assert keys(text="甲乙") == keys(text="jiayi") == [firm.pk]
    assert keys(on=Y2021 - timedelta(days=1)) == []


def test_past_list_is_as_it_was_known(firm, analyst):
    yesterday = timezone.now().date() - timedelta(days=2)
    assert not queries.enterprises(analyst, queries.Wanted(), queries.view(yesterday)).exists()


def test_the_list_takes_the_same_number_of_queries_for_one_and_for_many(area, analyst, django_assert_num_queries):
    for number in range(30):
        made = services.enter(actor=None, area=area, name=f"{number}号有限公司", valid_from=None, source="")
        services.set_attribute(actor=None, subject=made, name="tier", value="骨干", source="")
        services.join(actor=None, subject=made, tree="park", parent=f"{number % 3}园", source="")
    for count in (1, 30):
        keys = listing.keys(analyst, queries.Wanted(), queries.view())
        rows = queries.read(keys[:count])
        with django_assert_num_queries(5):
            assert len(queries.lines(rows, queries.view())) == count
