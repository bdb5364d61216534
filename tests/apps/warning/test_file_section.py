"""An enterprise's file in the register shows the alarms about it to those who may see them."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.apps.warning.conftest import FALLEN

from zhizao.apps.warning import file_section, queries
from zhizao.base.facts.models import Subject

pytestmark = pytest.mark.django_db


def seen_on(as_of=None):
    from zhizao.apps.registry.queries import view

    return view(as_of)


def test_the_file_shows_the_alarms_with_what_they_say(economy, keep, person, client):
    keep()
    subject, analyst = Subject.objects.get(key=FALLEN), person("analyst")
    section = file_section.section(analyst, subject, seen_on())
    standing = queries.alarms(analyst, subject.area, subject=subject.pk)
    assert [alarm for alarm, _title, _said in section.context["rows"]] == list(standing)
    client.force_login(analyst, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/registry/enterprises/{subject.id_part}/").content.decode()
    for alarm, _title, said in section.context["rows"]:
        assert alarm.get_absolute_url() in page
        assert said in page


def test_before_the_alarm_was_found_the_file_shows_none(economy, keep, person):
    keep()
    subject = Subject.objects.get(key=FALLEN)
    assert file_section.section(person("analyst"), subject, seen_on(dt.date(2024, 1, 1))) is None


def test_an_enterprise_does_not_read_the_alarms_about_itself(economy, keep, person):
    keep()
    subject = Subject.objects.get(key=FALLEN)
    manager = person("enterprise_manager")
    manager.organisation.enterprise_key = FALLEN
    manager.organisation.save()
    assert file_section.section(manager, subject, seen_on()) is None
