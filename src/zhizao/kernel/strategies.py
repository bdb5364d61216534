"""Hypothesis strategies for the words of the kernel, for tests here and in packages that build on it.

Product code does not import this module; hypothesis is a development dependency.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhizao.kernel import credit_code, units
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def spans(*, first_year: int = 1990, last_year: int = 2060, most_months: int = 120) -> SearchStrategy[Span]:
    """Spans that start within the years given.

    >>> from hypothesis import find
    >>> str(find(spans(first_year=2025), lambda span: True))
    '2025-01'
    """
    from hypothesis import strategies as st

    months = st.integers(first_year * 12, last_year * 12 + 11)
    return st.builds(Span, months, st.integers(1, most_months))


def unit_names() -> SearchStrategy[str]:
    """Printed names of units, with and without 万 or 亿 before them.

    >>> from hypothesis import find
    >>> find(unit_names(), lambda name: name == "万亩")
    '万亩'
    """
    from hypothesis import strategies as st

    return st.builds(str.__add__, st.sampled_from(("", "万", "亿")), st.sampled_from(units.names()))


def credit_codes() -> SearchStrategy[str]:
    """Valid unified social credit codes; an invented organisation each, of no real one's number on purpose.

    >>> from hypothesis import find
    >>> credit_code.problems(find(credit_codes(), lambda code: True))
    ()
    """
    from hypothesis import strategies as st

    body = st.text(credit_code.ALPHABET, min_size=8, max_size=8)
    region = st.integers(110000, 659999).map(str)
    kinds = st.sampled_from(("11", "12", "51", "52", "91", "92", "93", "N2"))
    return st.builds(
        lambda kind, region, body: credit_code.build(kind=kind, region=region, organisation=body), kinds, region, body
    )
