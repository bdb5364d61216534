"""Published tables: nothing of a single enterprise, once for a year, and for everybody."""

from __future__ import annotations

import pytest
from django.urls import reverse

from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

pytestmark = pytest.mark.django_db


@pytest.fixture
def figures(take, area, subjects):
    """Five enterprises in 电子, two in 医药; each with a year of output."""
    from zhizao.base.facts import services
    from zhizao.base.facts.models import Membership

    other = services.subject(kind="sector", id_part="m", area=area)
    services.state(
        [services.name(subjects["e"], "short", "电子", source="t"), services.name(other, "short", "医药", source="t")]
    )
    for key, sector in (("d", subjects["e"]), ("f", subjects["e"]), ("g", other), ("h", other)):
        firm = services.subject(kind="enterprise", id_part=key, area=area)
        services.state([Membership(subject=firm, parent=sector, tree="sector", source="t")])
    take(*(f"enterprise:{key},gross_output,2025,{100 + n},万元,normal,2026-01-08" for n, key in enumerate("abcdfgh")))


def publish(area, actor=None, year=2025, key="gross_output"):
    from zhizao.apps.ledger import published
    from zhizao.apps.ledger.models import Indicator

    indicator = Indicator.objects.get(key=key)
    return published.publish(actor=actor, area=area, indicator=indicator, span=Span.of_year(year))


def test_a_sector_of_two_is_hidden_and_so_is_what_would_give_it_away(figures, area):
    cells = {cell["name"]: cell["value"] for cell in publish(area).cells}
    assert cells["医药"] is None
    # total − 电子 = 医药: one of the two must be hidden as well
    assert None in (cells[""], cells["电子"])


def test_a_year_is_published_once(figures, area):
    publish(area)
    with pytest.raises(Refused):
        publish(area)


def test_a_table_that_overlaps_a_published_one_is_refused(figures, area):
    """A quarter of the year, and the year of the area above: what one table hides could be their difference."""
    from tests.factories import make_area

    from zhizao.apps.ledger import published
    from zhizao.apps.ledger.models import Indicator

    publish(area)
    indicator = Indicator.objects.get(key="gross_output")
    with pytest.raises(Refused, match="overlaps"):
        published.publish(actor=None, area=area, indicator=indicator, span=Span.parse("2025Q1"))
    inside = make_area(code="99010101", name="甲街", parent=area)
    for year, words in ((2025, "overlaps"), (2024, "no figures")):
        with pytest.raises(Refused, match=words):
            publish(inside, year=year)


def test_an_indicator_that_is_not_for_publication_is_refused(figures, area):
    with pytest.raises(Refused):
        publish(area, key="profit_total")


def test_a_year_without_figures_is_refused(figures, area):
    with pytest.raises(Refused):
        publish(area, year=2024)


def test_only_an_analyst_of_the_area_publishes(figures, area, person):
    from django.core.exceptions import PermissionDenied
    from tests.factories import make_area

    from zhizao.apps.ledger.models import Publication

    foreign = person("analyst", area=make_area(code="990202", name="乙区"))
    for actor in (person("leader"), person("enterprise_manager"), foreign):
        with pytest.raises(PermissionDenied):
            publish(area, actor=actor)
    assert not Publication.objects.exists()


def test_the_public_reads_the_table_and_its_file_without_hidden_values(figures, area, client):
    made = publish(area)
    page = client.get(reverse("ledger:open"))
    assert page.status_code == 200
    assert "201" not in page.content.decode().split("<main")[1].split("</table>")[0].replace("2025", "")
    data = client.get(reverse("ledger:open_file", args=[made.pk])).content.decode("utf-8-sig")
    assert "医药,gross_output,2025,,万元,,protected" in data


def test_an_analyst_publishes_on_the_page(figures, client, analyst):
    from zhizao.apps.ledger.models import Publication

    client.force_login(analyst)
    answer = client.post(reverse("ledger:publish"), {"indicator": "gross_output", "year": "2025"})
    assert answer.status_code == 302 and Publication.objects.count() == 1
    assert client.post(reverse("ledger:publish"), {"indicator": "gross_output", "year": "2025"}).status_code == 422
