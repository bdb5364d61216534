"""Which procedure holds where, and how a new version comes into force while cases run."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.base.flow.bpmn_texts import PLAIN, step, text, way
from tests.factories import make_area, make_user

from zhizao.base.audit.models import AuditEvent
from zhizao.base.flow import bpmn, procedures
from zhizao.base.flow.models import Procedure
from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db
SHIPPED = procedures.shipped()["visit"].encode()
CHANGED = SHIPPED.replace('name="约定时间"'.encode(), 'name="电话约定"'.encode()).replace(
    b'zz:days="3"', b'zz:days="4"'
)


@pytest.fixture
def world() -> SimpleNamespace:
    province = make_area(code="p", name="p")
    city = make_area(code="c", name="c", parent=province)
    return SimpleNamespace(
        province=province,
        city=city,
        analyst=make_user("analyst", area=city),
        above=make_user("analyst", area=province),
        staff=make_user("department_staff", area=city),
    )


def code(act: object) -> str:
    with pytest.raises(Refused) as caught:
        act()  # type: ignore[operator]
    return caught.value.problems[0].code


def published(world: SimpleNamespace, content: bytes = CHANGED, **more: object) -> Procedure:
    told = {
        "actor": world.analyst,
        "area": world.city,
        "key": "visit",
        "content": content,
        "note": "改为电话约定",
    } | more
    return procedures.publish(**told)  # type: ignore[arg-type]


def test_without_a_version_of_its_own_an_area_follows_what_is_shipped(world):
    found = procedures.in_force(world.city, "visit")
    assert (found.area, found.version, found.content) == (None, 1, SHIPPED.decode())
    assert procedures.in_force(world.city, "visit") == found
    assert Procedure.objects.count() == 1


def test_the_nearest_area_stands_above_the_one_over_it_and_that_above_what_is_shipped(world):
    over = published(world, actor=world.above, area=world.province)
    assert procedures.in_force(world.city, "visit") == over
    own = published(world, CHANGED.replace(b'zz:days="4"', b'zz:days="5"'))
    assert procedures.in_force(world.city, "visit") == own
    assert procedures.in_force(world.province, "visit") == over
    assert own.version == 1


def test_versions_count_up_and_the_last_is_in_force(world):
    published(world)
    second = published(world, SHIPPED, note="恢复原程序")
    assert second.version == 2
    assert procedures.in_force(world.city, "visit") == second


def test_a_package_that_ships_another_text_adds_a_version_and_keeps_the_old_one(world, monkeypatch):
    first = procedures.in_force(world.city, "visit")
    monkeypatch.setattr(procedures, "shipped", lambda: {"visit": CHANGED.decode()})
    second = procedures.in_force(world.city, "visit")
    assert (second.version, Procedure.objects.get(pk=first.pk).content) == (2, SHIPPED.decode())


def test_publishing_is_in_the_audit_trail(world):
    made = published(world)
    event = AuditEvent.objects.get(action="flow.procedure.publish")
    assert (event.details["sha256"], event.details["version"], event.details["key"]) == (made.sha256, 1, "visit")


def test_what_is_wrong_is_refused_and_nothing_is_stored(world):
    assert code(lambda: published(world, b"<x")) == "flow.xml"
    assert code(lambda: published(world, text(PLAIN))) == "flow.other_key"
    assert code(lambda: published(world, SHIPPED)) == "flow.same"
    assert code(lambda: published(world, SHIPPED.replace(b"\n", b"\r\n"))) == "flow.same"
    assert code(lambda: published(world, note="  ")) == "flow.no_note"
    assert code(lambda: procedures.in_force(world.city, "nothing")) == "flow.no_procedure"
    assert not Procedure.objects.exclude(area=None).exists()


def test_departments_and_analysts_of_the_area_publish_and_nobody_else(world):
    published(world, actor=world.staff)
    for stranger in (
        make_user("chain_office", area=world.city),
        make_user("analyst", area=make_area(code="q", name="q")),
    ):
        with pytest.raises(PermissionDenied):
            published(world, actor=stranger)
    with pytest.raises(PermissionDenied):  # an area's analyst does not change what holds above it
        published(world, area=world.province)


def test_a_day_looked_back_to_shows_what_was_in_force_then(world):
    with time_machine.travel("2025-03-01 09:00+08:00", tick=False):
        first = published(world)
    with time_machine.travel("2025-05-01 09:00+08:00", tick=False):
        second = published(world, SHIPPED, note="恢复")
    assert procedures.in_force(world.city, "visit", as_of=dt.date(2025, 4, 1)) == first
    assert procedures.in_force(world.city, "visit", as_of=dt.date(2025, 5, 1)) == second
    assert procedures.in_force(world.city, "visit", as_of=dt.date(2025, 2, 1)).area is None


def test_differences_are_told_element_by_element_and_way_by_way():
    old = bpmn.read(text(PLAIN), "x")
    new = bpmn.read(
        text(
            PLAIN.replace(way("a", "e"), "").replace('role="owner"', 'role="leader"') + step("b") + way("a", "b", "e")
        ),
        "x",
    )
    found = [(one.kind, one.element, one.what, one.before, one.after) for one in procedures.changes(old, new)]
    assert found == [
        ("changed", "A", "role", "owner", "leader"),
        ("added", "B", "element", "", ""),
        ("removed", "A → e", "way", "", ""),
        ("added", "A → B", "way", "", ""),
        ("added", "B → e", "way", "", ""),
    ]
    assert procedures.changes(old, old) == []


def client_of(user: object) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_pages_show_what_is_in_force_and_the_diagram(world):
    client = client_of(make_user("chain_office", area=world.city))
    assert "走访企业" in client.get(reverse("flow:procedures")).content.decode()
    page = client.get(reverse("flow:procedure", args=["visit"])).content.decode()
    assert '<svg class="procedure" role="img"' in page
    assert "约定时间" in page
    assert reverse("flow:propose_procedure", args=["visit"]) not in page
    found = procedures.in_force(world.city, "visit")
    file = client.get(reverse("flow:procedure_file", args=["visit", found.pk]))
    assert file.content == SHIPPED
    assert client.get(reverse("flow:procedure", args=["nothing"])).status_code == 404
    assert client.get(reverse("flow:procedure_file", args=["visit", 999_999])).status_code == 404


def test_a_version_of_another_region_is_not_to_be_had(world):
    other = make_area(code="q", name="q")
    foreign = published(world, actor=make_user("analyst", area=other), area=other)
    client = client_of(world.analyst)
    assert client.get(reverse("flow:procedure_file", args=["visit", foreign.pk])).status_code == 404
    assert client.get(reverse("flow:procedure", args=["visit"]), {"version": foreign.pk}).status_code == 404


def test_from_file_to_force_through_the_pages(world):
    client = client_of(world.analyst)
    address = reverse("flow:propose_procedure", args=["visit"])
    shown = client.post(address, {"file": SimpleUploadedFile("v.bpmn", CHANGED)})
    page = shown.content.decode()
    assert (shown.status_code, Procedure.objects.exclude(area=None).count()) == (200, 0)
    assert "电话约定" in page
    content = shown.context["form"]["content"].value()
    sent = client.post(
        reverse("flow:publish_procedure", args=["visit"]),
        {"content": content.replace("\n", "\r\n"), "note": "改为电话约定"},
    )
    assert sent.status_code == 302
    assert procedures.in_force(world.city, "visit").content == CHANGED.decode()


def test_a_bad_file_is_told_on_the_page_by_line_and_element(world):
    client = client_of(world.analyst)
    bad = SHIPPED.replace(b"<bpmn:documentation>", b'<bpmn:scriptTask id="evil"/><bpmn:documentation>', 1)
    answer = client.post(reverse("flow:propose_procedure", args=["visit"]), {"file": SimpleUploadedFile("v.bpmn", bad)})
    assert answer.status_code == 422
    assert "bpmn:scriptTask" in answer.content.decode()
    assert client.post(reverse("flow:propose_procedure", args=["visit"])).status_code == 422
    hand_made = {"content": bad.decode(), "note": "x"}
    assert client.post(reverse("flow:publish_procedure", args=["visit"]), hand_made).status_code == 422
    without = client.post(reverse("flow:publish_procedure", args=["visit"]), {"content": CHANGED.decode(), "note": ""})
    assert without.status_code == 422
    assert "电话约定" in without.content.decode()
    assert not Procedure.objects.exclude(area=None).exists()


def test_looking_back_offers_no_acts(world):
    client = client_of(world.analyst)
    page = client.get(reverse("flow:procedure", args=["visit"]), {"as_of": "2025-01-31"}).content.decode()
    assert reverse("flow:propose_procedure", args=["visit"]) not in page
    for name in ("flow:propose_procedure", "flow:publish_procedure"):
        assert client.post(reverse(name, args=["visit"]) + "?as_of=2025-01-31").status_code == 403


def test_an_office_above_sees_which_versions_hold_in_the_areas_below_and_changes_none(world):
    """The province follows what is shipped; the city changed it twice, and only its last version is told."""
    published(world)
    own = published(world, CHANGED.replace(b'zz:days="4"', b'zz:days="6"'), note="六个工作日")
    client = client_of(world.above)
    listed = client.get(reverse("flow:procedures"))
    assert [row["procedure"] for row in listed.context["below"]] == [own]
    assert "六个工作日" in listed.content.decode()
    assert all(row["procedure"].area is None for row in listed.context["rows"])
    there = client.get(reverse("flow:procedures"), {"area": "c"})
    assert own in [row["procedure"] for row in there.context["rows"]]
    link = next(row["link"] for row in there.context["rows"] if row["procedure"] == own)
    page = client.get(link)
    assert page.context["procedure"] == own
    assert "电话约定" in page.content.decode()
    assert reverse("flow:propose_procedure", args=["visit"]) not in page.content.decode()
    assert client.get(reverse("flow:procedure_file", args=["visit", own.pk])).content.decode() == own.content
    assert client.get(reverse("flow:procedure", args=["visit"])).context["procedure"].area is None


def test_what_holds_in_an_area_above_beside_or_nowhere_is_not_to_be_asked(world):
    make_area(code="q", name="q")
    for person, code_ in ((world.staff, "p"), (world.above, "q"), (world.above, "nowhere")):
        for name, key in (("flow:procedures", []), ("flow:procedure", ["visit"])):
            assert client_of(person).get(reverse(name, args=key), {"area": code_}).status_code == 404


def test_looking_back_the_areas_below_are_as_they_were(world):
    with time_machine.travel("2025-03-01 09:00+08:00", tick=False):
        first = published(world)
    with time_machine.travel("2025-05-01 09:00+08:00", tick=False):
        published(world, CHANGED.replace(b'zz:days="4"', b'zz:days="6"'), note="改")
    assert procedures.below(world.above, world.province, as_of=dt.date(2025, 4, 1)) == [first]
    assert procedures.below(world.above, world.province, as_of=dt.date(2025, 2, 1)) == []


def test_a_double_click_on_publish_publishes_once_and_both_answers_are_the_page_of_the_procedure(world):
    client = client_of(world.analyst)
    sent = {"content": CHANGED.decode(), "note": "改为电话约定"}
    answers = [client.post(reverse("flow:publish_procedure", args=["visit"]), sent) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Procedure.objects.exclude(area=None).count() == 1
    assert AuditEvent.objects.filter(action="flow.procedure.publish").count() == 1
    assert code(lambda: published(world, note="同样的文件，另一个说明")) == "flow.same"
    assert code(lambda: published(world, actor=make_user("analyst", area=world.city, username="second"))) == "flow.same"
