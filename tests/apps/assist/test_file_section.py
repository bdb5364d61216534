"""An enterprise's file in the register shows its cases, who looks after it and the last visit."""

from __future__ import annotations

import datetime as dt

import pytest

from zhizao.apps.assist import file_section
from zhizao.base.flow import services as flow

pytestmark = pytest.mark.django_db


def seen_on(as_of=None):
    from zhizao.apps.registry.queries import view

    return view(as_of)


def opened(actor, firm, *, shown=False):
    return flow.open_case(
        actor=actor, area=firm.area, kind="assist.alarm", title="核实用电骤降", subject=firm, procedure="alarm",
        shown_to_subject=shown,
    )  # fmt: skip


def test_the_file_shows_the_case_and_who_looks_after_the_enterprise(firm, staff, look_after, browse):
    case = opened(staff, firm)
    look_after(firm, staff)
    page = browse(staff).get(f"/registry/enterprises/{firm.id_part}/").content.decode()
    for text in (case.number, case.title, case.get_absolute_url(), str(staff)):
        assert text in page


def test_an_enterprise_sees_the_cases_it_is_shown_and_not_who_looks_after_it(firm, staff, look_after, manager):
    look_after(firm, staff)
    opened(staff, firm)
    assert file_section.section(manager, firm, seen_on()) is None
    case = opened(staff, firm, shown=True)
    section = file_section.section(manager, firm, seen_on())
    assert [row[0] for row in section.context["rows"]] == [case]
    assert (section.context["duties"], section.context["visit"], section.context["inside"]) == ([], None, False)


def test_before_the_case_was_opened_the_file_shows_none(firm, staff):
    opened(staff, firm)
    assert file_section.section(staff, firm, seen_on(dt.date(2024, 6, 30))) is None
