from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.base.evidence import canonical

numbers = st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | numbers | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(values)
def test_the_canonical_form_of_what_was_read_back_is_the_same(value):
    first = canonical.dumps(value)
    assert canonical.dumps(json.loads(first)) == first


@given(st.dictionaries(st.text(), numbers))
def test_the_order_of_keys_does_not_matter(value):
    assert canonical.dumps(dict(reversed(value.items()))) == canonical.dumps(value)


@given(numbers)
def test_a_float_keeps_twelve_significant_digits(value):
    assert canonical.number(value) == float(f"{value:.11e}")


def test_the_order_of_an_addition_does_not_show():
    assert canonical.dumps((0.1 + 0.2) + 0.3) == canonical.dumps(0.1 + (0.2 + 0.3)) == b"0.6"


def test_negative_zero_is_zero():
    assert canonical.dumps(-0.0) == b"0.0"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("663.10"), '"663.10"'),
        (date(2021, 3, 4), '"2021-03-04"'),
        (datetime(2021, 3, 4, tzinfo=UTC), '"2021-03-04T00:00:00+00:00"'),
        ((1, 2), "[1,2]"),
        ("产值", '"产值"'),
    ],
)
def test_each_type_has_one_form(value, text):
    assert canonical.dumps(value).decode() == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [float("-inf")]])
def test_a_number_that_is_none_is_refused(value):
    with pytest.raises(ValueError, match="finite"):
        canonical.dumps(value)


@pytest.mark.parametrize("value", [object(), b"bytes", {1: 2}, {"a": {1, 2}}])
def test_what_json_has_no_word_for_is_refused(value):
    with pytest.raises(TypeError):
        canonical.dumps(value)
