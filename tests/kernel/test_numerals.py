"""Chinese numerals; the forms are those of GB/T 15835-2011 and of ordinary official writing."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.kernel import numerals
from zhizao.kernel.result import Refused


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("零", "0"),
        ("〇", "0"),
        ("十", "10"),
        ("十二", "12"),
        ("二十", "20"),
        ("廿五", "25"),
        ("一百零二", "102"),
        ("一百二", "120"),
        ("一百一十二", "112"),
        ("一百二十三", "123"),
        ("两千", "2000"),
        ("两千万", "20000000"),
        ("两万五", "25000"),
        ("一万零五", "10005"),
        ("十二亿零三百万", "1203000000"),
        ("一万亿", "1000000000000"),
        ("一万二千三百四十五亿六千七百八十九万零一百二十三", "1234567890123"),
        ("二〇三五", "2035"),
        ("二零二五", "2025"),
        ("壹佰贰拾叁", "123"),
        ("壹萬兩仟", "12000"),
        ("3.5万", "35000"),
        ("2千万", "20000000"),
        ("10万", "100000"),
        ("1.2亿", "120000000"),
        ("1亿2000万", "120000000"),
        ("872,974", "872974"),
        ("１，２３４．５", "1234.5"),
        ("三点一四", "3.14"),
        ("零点零五", "0.05"),
        ("-3.5", "-3.5"),
        ("负三", "-3"),
    ],
)
def test_numeral_is_read_exactly(text: str, value: str) -> None:
    assert numerals.parse(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "十百",
        "百二",
        "万",
        "一亿亿",
        "一兆",
        "一百零",
        "3五",
        "1.2亿3000万",
        "12,34",
        "三点",
        "abc",
        "千方百计",
        "1..2",
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="is not a number"):
        numerals.parse(text)


@given(st.integers(min_value=0, max_value=10**12), st.booleans())
def test_every_number_is_read_back_as_written(number: int, formal: bool) -> None:
    assert numerals.parse(numerals.to_chinese(number, formal=formal)) == number


@given(st.integers(min_value=-(10**11), max_value=10**11))
def test_arabic_digits_keep_their_value(number: int) -> None:
    assert numerals.parse(f"{number:,}") == number
    assert numerals.parse(f"{number}万") == number * 10**4


def test_written_forms() -> None:
    assert numerals.to_chinese(0) == "零"
    assert numerals.to_chinese(10) == "十"
    assert numerals.to_chinese(110) == "一百一十"
    assert numerals.to_chinese(100_010_005) == "一亿零一万零五"
    assert numerals.to_chinese(1_200_003_000) == "十二亿零三千"
    assert numerals.to_chinese(20_450_607, formal=True) == "贰仟零肆拾伍万零陆佰零柒"
    with pytest.raises(Refused):
        numerals.to_chinese(10**16)


@given(st.text(alphabet="零一二十百千万亿点两.,0123456789-负", max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(Refused):
        numerals.parse(text)
