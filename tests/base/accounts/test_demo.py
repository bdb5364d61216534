from __future__ import annotations

import pytest
from django.utils import translation

from zhizao.base.accounts import demo
from zhizao.base.accounts.models import Organisation

pytestmark = pytest.mark.django_db


def test_loading_again_in_another_language_changes_nothing():
    with translation.override("zh-hans"):
        first = demo.load(say=lambda _text: None, area_code="000001", area_name="A")
    before = list(Organisation.objects.values_list("pk", "name"))
    with translation.override("en"):
        again = demo.load(say=lambda _text: None, area_code="000001", area_name="A")
    assert (len(first), again) == (11, {})
    assert list(Organisation.objects.values_list("pk", "name")) == before
