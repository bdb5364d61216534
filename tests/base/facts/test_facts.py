"""Dated facts by the painter's rule, against a naive oracle and by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from zhizao.base.accounts.models import Area
from zhizao.base.facts import painting, queries, services
from zhizao.base.facts.models import AppendOnlyError, Link, Membership, Name, Subject

pytestmark = pytest.mark.django_db

T0 = datetime(2024, 1, 1, tzinfo=UTC)
DAY0 = date(2020, 1, 1)


def day(number: int) -> date:
    return DAY0 + timedelta(days=number)


def instant(number: int) -> datetime:
    return T0 + timedelta(hours=number)


@pytest.fixture
def firm(area: Area) -> Subject:
    return services.subject(kind="enterprise", id_part="e1", area=area)


@pytest.fixture
def parks(area: Area) -> list[Subject]:
    return [services.subject(kind="park", id_part=f"p{n}", area=area) for n in range(3)]


def in_park(firm: Subject, park: Subject, *, known: int = 0, **fact: object) -> Membership:
    fact = {"tree": "park", "source": "s"} | fact
    return Membership(subject=firm, parent=park, known_from=instant(known), **fact)


def parks_of(firm: Subject, *, on: int, known: int) -> list[str]:
    found = queries.parents([firm.pk], tree="park", on=day(on), as_of=instant(known))
    return [park.key for park in found.get(firm.pk, [])]


def test_fact_holds_on_its_first_and_last_day_and_not_beside_them(firm, parks):
    services.state([in_park(firm, parks[0], valid_from=day(5), valid_to=day(9))])
    assert [parks_of(firm, on=n, known=0) for n in (4, 5, 9, 10)] == [[], ["park:p0"], ["park:p0"], []]


def test_fact_without_days_holds_always(firm, parks):
    services.state([in_park(firm, parks[0])])
    assert parks_of(firm, on=-90_000, known=0) == parks_of(firm, on=90_000, known=0) == ["park:p0"]


def test_fact_is_not_there_before_it_was_known(firm, parks):
    services.state([in_park(firm, parks[0], known=7)])
    assert parks_of(firm, on=1, known=6) == []
    assert parks_of(firm, on=1, known=7) == ["park:p0"]


def test_end_leaves_the_days_until_the_last_and_the_past_as_it_was_known(firm, parks):
    (fact,) = services.state([in_park(firm, parks[0], valid_from=day(0))])
    services.end(fact, last_day=day(9), source="moved", known_from=instant(5))
    assert parks_of(firm, on=9, known=5) == ["park:p0"]
    assert parks_of(firm, on=10, known=5) == []
    assert parks_of(firm, on=10, known=4) == ["park:p0"]


def test_withdrawn_fact_never_held_but_was_believed(firm, parks):
    (fact,) = services.state([in_park(firm, parks[0])])
    services.withdraw(fact, source="an error", known_from=instant(3))
    assert parks_of(firm, on=0, known=3) == []
    assert parks_of(firm, on=0, known=2) == ["park:p0"]


def test_replacing_leaves_one_parent_from_that_day_on(firm, parks):
    services.state([in_park(firm, parks[0]), in_park(firm, parks[1])])
    services.replace(in_park(firm, parks[2], known=1, valid_from=day(10)), among=("subject", "tree"))
    assert parks_of(firm, on=9, known=1) == ["park:p0", "park:p1"]
    assert parks_of(firm, on=10, known=1) == ["park:p2"]


def test_stating_a_thing_twice_changes_nothing(firm, parks):
    rows = [in_park(firm, parks[0], valid_to=day(4)), in_park(firm, parks[0], valid_from=day(5), known=1)]
    assert len(services.state(rows)) == 2
    assert services.state([in_park(firm, parks[0], valid_from=day(2), valid_to=day(8), known=2)]) == []
    assert Membership.objects.count() == 2


def test_restating_over_a_withdrawal_counts_again(firm, parks):
    (fact,) = services.state([in_park(firm, parks[0])])
    services.withdraw(fact, source="", known_from=instant(1))
    assert len(services.state([in_park(firm, parks[0], known=2)])) == 1
    assert parks_of(firm, on=0, known=2) == ["park:p0"]


def test_stored_fact_cannot_be_changed_or_removed(firm, parks):
    (fact,) = services.state([in_park(firm, parks[0])])
    for act in (
        fact.save,
        fact.delete,
        Membership.objects.all().delete,
        lambda: Membership.objects.update(source="x"),
        lambda: Membership.objects.bulk_update([fact], ["source"]),
    ):
        with pytest.raises(AppendOnlyError), transaction.atomic():
            act()
    assert Membership.objects.get().source == "s"


def test_days_out_of_order_are_refused(firm, parks):
    with pytest.raises(IntegrityError), transaction.atomic():
        services.state([in_park(firm, parks[0], valid_from=day(2), valid_to=day(1))])


def test_subject_does_not_belong_to_itself(firm):
    with pytest.raises(IntegrityError), transaction.atomic():
        services.state([in_park(firm, firm)])


def test_key_says_the_kind(area):
    with pytest.raises(IntegrityError), transaction.atomic():
        Subject.objects.create(key="park:x", kind="enterprise", area=area)


def test_a_date_means_the_end_of_that_day_in_china():
    assert queries.instant(date(2024, 1, 31)) < datetime(2024, 1, 31, 16, tzinfo=UTC)
    assert queries.instant(date(2024, 1, 31)) > datetime(2024, 1, 31, 15, 59, 59, tzinfo=UTC)


def test_all_below_a_subject_is_found_and_a_circle_ends(firm, parks):
    low, middle, high = parks
    services.state([in_park(firm, low), in_park(low, middle), in_park(middle, high), in_park(high, low)])
    assert queries.below(high, tree="park", on=day(0)) == {low.pk, middle.pk, firm.pk}
    assert queries.below(firm, tree="park", on=day(0)) == set()


def test_registered_name_comes_before_the_short_one(firm):
    services.state([services.name(firm, "short", "甲乙"), services.name(firm, "registered", "甲乙 (集团)有限公司")])
    assert queries.names([firm.pk], on=day(0)) == {firm.pk: "甲乙（集团）有限公司"}
    assert Name.objects.get(kind="short").initials == "jy"


def test_administration_sees_its_areas_and_an_enterprise_itself(area, other_area, firm, make_person):
    services.subject(kind="enterprise", id_part="e2", area=area)
    services.subject(kind="enterprise", id_part="e3", area=other_area)
    for subject in Subject.objects.all():
        services.state([services.name(subject, "short", "甲乙")])
    own = make_person("own", area=area, role="enterprise_reporter", kind="enterprise")
    own.organisation.enterprise_key = "e1"
    staff = make_person("staff", area=area, role="analyst")
    assert [s.key for s in Subject.objects.visible_to(staff)] == ["enterprise:e1", "enterprise:e2"]
    assert [s.key for s in Subject.objects.visible_to(own)] == ["enterprise:e1"]
    assert [n.subject.key for n in Name.objects.visible_to(own)] == ["enterprise:e1"]
    own.organisation.enterprise_key = "enterprise:e1"
    assert Subject.objects.visible_to(own).count() == 1
    stranger = make_person("stranger", area=area, role="bank", kind="bank")
    assert not Subject.objects.visible_to(stranger).exists()


rows = st.tuples(
    st.none() | st.integers(0, 12),
    st.none() | st.integers(0, 12),
    st.integers(0, 6),
    st.integers(0, 1),
    st.booleans(),
).filter(lambda row: row[0] is None or row[1] is None or row[0] <= row[1])


@given(st.lists(rows, max_size=8), st.integers(-1, 13), st.integers(0, 6))
def test_sql_and_memory_agree_with_walking_through_the_rows(facts, on, known):
    """The oracle: go through the rows in the order in which they became known, and paint over."""
    with transaction.atomic():
        area = Area.objects.create(code="x", name="x", path="x/")
        firm = services.subject(kind="enterprise", id_part="e", area=area)
        parks = [services.subject(kind="park", id_part=str(n), area=area) for n in range(2)]
        stored = [
            in_park(
                firm,
                parks[which],
                known=hour,
                withdrawn=gone,
                valid_from=None if first is None else day(first),
                valid_to=None if last is None else day(last),
            )
            for first, last, hour, which, gone in facts
        ]
        for row in stored:
            row.save()
        painted: dict[str, bool] = {}
        for first, last, hour, which, gone in sorted(facts, key=lambda row: row[2]):
            if hour <= known and (first is None or first <= on) and (last is None or on <= last):
                painted[f"park:{which}"] = not gone
        expected = sorted(key for key, there in painted.items() if there)
        assert parks_of(firm, on=on, known=known) == expected
        in_memory = []
        for park in parks:
            of_park = [row for row in stored if row.parent == park and row.known_from <= instant(known)]
            for piece in painting.history(of_park):
                begins = piece.first is None or piece.first <= day(on)
                if begins and (piece.last is None or day(on) <= piece.last):
                    in_memory.append(park.key)
        assert in_memory == expected
        transaction.set_rollback(True)


def sale(supplier: Subject, buyer: Subject, *, known: int, fen: int | None, **fact: object) -> Link:
    fact = {"basis": "declared", "confidence": "M", "source": "s"} | fact
    return Link(subject=supplier, buyer=buyer, yearly_amount_fen=fen, known_from=instant(known), **fact)


@pytest.fixture
def firms(area: Area) -> list[Subject]:
    return [services.subject(kind="enterprise", id_part=f"f{n}", area=area) for n in range(3)]


def amounts(buyer: Subject, *, on: int, known: int) -> dict[str, int | None]:
    rows = queries.facts_at(Link.objects.filter(buyer=buyer), on=day(on), as_of=instant(known))
    return {row.subject.key: row.yearly_amount_fen for row in rows.select_related("subject")}


def test_amount_of_the_next_year_stands_beside_that_of_the_last_and_an_end_ends_both(firms):
    supplier, buyer, _other = firms
    (_first, last) = services.state(
        [
            sale(supplier, buyer, known=1, fen=100, valid_from=day(0)),
            sale(supplier, buyer, known=2, fen=None, valid_from=day(366)),
        ]
    )
    services.end(last, last_day=day(500), source="no more", known_from=instant(3))
    found = [amounts(buyer, on=on, known=known) for on, known in ((365, 3), (366, 1), (366, 2), (500, 3), (501, 3))]
    assert found == [
        {"enterprise:f0": 100},
        {"enterprise:f0": 100},
        {"enterprise:f0": None},
        {"enterprise:f0": None},
        {},
    ]


def test_two_products_of_one_supplier_are_two_links(firms):
    supplier, buyer, _other = firms
    services.state([sale(supplier, buyer, known=1, fen=1, product=product) for product in ("steel", "paint")])
    assert queries.facts_at(Link.objects.filter(buyer=buyer), on=day(0), as_of=instant(1)).count() == 2


def test_a_link_is_seen_by_whoever_may_see_one_of_its_ends(firms, area):
    from tests.factories import make_area, make_user

    supplier, buyer, other = firms
    elsewhere = make_area(code="990002", name="乙区")
    far = services.subject(kind="enterprise", id_part="far", area=elsewhere)
    services.state([sale(supplier, buyer, known=1, fen=1), sale(far, other, known=1, fen=2)])
    own = make_user("enterprise_reporter", area=area)
    own.organisation.enterprise_key = buyer.key
    seen = {
        "administration": make_user("analyst", area=area),
        "beyond": make_user("analyst", area=elsewhere, username="beyond"),
        "buyer": own,
    }
    counted = {name: Link.objects.visible_to(user).count() for name, user in seen.items()}
    assert counted == {"administration": 2, "beyond": 1, "buyer": 1}


@pytest.mark.parametrize("wrong", [{"fen": -1}, {"fen": 1, "share_ppm": 1_000_001}])
def test_amounts_below_zero_and_shares_above_the_whole_are_refused(firms, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        services.state([sale(firms[0], firms[1], known=1, **wrong)])


def test_nobody_sells_to_himself(firms):
    with pytest.raises(IntegrityError), transaction.atomic():
        services.state([sale(firms[0], firms[0], known=1, fen=1)])


def test_facts_of_one_subject_are_read_once(firms, django_assert_num_queries, monkeypatch):
    rows = [sale(firms[n % 2], firms[2], known=n, fen=n, product=str(n % 3)) for n in range(100)]
    monkeypatch.setattr(Link.objects, "bulk_create", lambda facts, **_options: facts)
    with django_assert_num_queries(3):  # a savepoint, one SELECT for both suppliers, its release
        assert len(services.state(rows)) == 100
