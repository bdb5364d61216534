"""Addresses and files that nobody sends by accident: answered in words, never with a fault of the server."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from zhizao.apps.plan.models import PlanVersion
from zhizao.base.files.models import StoredFile

pytestmark = pytest.mark.django_db

# Python refuses to read more than 4300 digits as a number; SQLite holds no more than 19.
MANY_DIGITS = "9" * 5000
TOO_MANY_FOR_SQL = "9" * 30


@pytest.mark.parametrize("number", [MANY_DIGITS, TOO_MANY_FOR_SQL, "0", "-1", "²", "x"])
def test_a_version_that_cannot_be_is_not_found(client, version, number):
    assert client.get(reverse("plan:overview"), {"version": number}).status_code == 404


def test_the_evidence_of_a_row_that_cannot_be_is_not_found(client, version):
    for reference in (
        f"{version.run.sha12}:/indicators/{MANY_DIGITS}/target_value",
        f"{version.run.sha12}:/{'x/' * 50}",
    ):
        assert client.get(reverse("evidence:figure", args=[reference])).status_code == 404
        assert client.get(reverse("plan:overview"), {"evidence": reference}).status_code == 200


@pytest.mark.parametrize("query", [f"offset={TOO_MANY_FOR_SQL}", f"offset={MANY_DIGITS}", "offset=-1", "limit=0"])
@pytest.mark.parametrize("path", ["", "/{slug}/enterprises"])
def test_the_api_refuses_a_part_that_cannot_be(client, version, path, query):
    path = path.format(slug=version.plan.slug)
    assert client.get(f"/api/v1/plans{path}?{query}").status_code == 422


@pytest.mark.parametrize(("name", "args"), [("upload", ()), ("table", (1, "enterprises"))])
def test_a_file_above_the_cap_is_called_too_large_and_not_missing(client, version, analyst, settings, name, args):
    settings.FILES_MAX_BYTES = 2_000_000
    client.force_login(analyst)
    upload = SimpleUploadedFile("large.csv", b"1,2,3,4\n" * 400_000)
    response = client.post(reverse(f"plan:{name}", args=args), {"file": upload, "reason": "r"})
    assert response.status_code == 422
    (said,) = response.context["form"].errors["file"]
    assert "2 MB" in said or "2MB" in said
    assert not StoredFile.objects.exists() and PlanVersion.objects.count() == 1
