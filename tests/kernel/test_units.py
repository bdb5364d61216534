"""Units. Factors: 国发〔1984〕28号 (1 亩 = 10000/15 m²), SI (1 kWh = 3.6 MJ), GB/T 2589-2020 (0.1229 kgce/kWh)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span
from zhizao.kernel.strategies import unit_names
from zhizao.kernel.units import ALIASES, Factor, names, unit


@pytest.mark.parametrize(
    ("value", "source", "target", "result"),
    [
        ("817.6", "亿元", "万元", "8176000"),
        ("2550", "万元", "亿元", "0.255"),
        ("30", "百万元", "千元", "30000"),
        ("1", "平方公里", "亩", "1500"),
        ("6000", "亩", "公顷", "400"),
        ("13.81", "平方公里", "公顷", "1381"),
        ("1", "公顷", "㎡", "10000"),
        ("1", "亿千瓦时", "万千瓦时", "10000"),
        ("1", "kWh", "MJ", "3.6"),
        ("1", "万kW", "MW", "10"),
        ("1", "万吨", "kg", "10000000"),
        ("1.5", "万tce", "千克标准煤", "15000000"),
        ("2000", "万台", "台", "20000000"),
        ("8", "亿个", "个", "800000000"),
        ("52869", "万美元", "美元", "528690000"),
        ("9000", "万元/亩", "亿元/平方公里", "1350"),
        ("100", "亿元／平方公里", "万元/公顷", "10000"),
        ("45", "万元/人", "元/人", "450000"),
        ("0.65", "元/千瓦时", "元/万kWh", "6500"),
        ("3.2", "个百分点", "百分点", "3.2"),
        ("40", "%", "", "0.4"),
        ("2", "倍", "%", "200"),
        ("663.2", "亿", "万", "6632000"),
        ("1", "年", "个月", "12"),
        ("60", "台/套", "台套", "60"),
        ("2", "季度", "月", "6"),
        ("1", "kW", "千瓦时/小时", "1"),
    ],
)
def test_conversion_is_exact(value: str, source: str, target: str, result: str) -> None:
    assert unit(source).convert(Decimal(value), to=unit(target)) == Decimal(result)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("百分点", "%"),
        ("台", "辆"),
        ("家", "户"),
        ("亿元", "亿美元"),
        ("千瓦时", "tce"),
        ("亩", "米"),
        ("吨", "吨标准煤"),
        ("元", "万元/亩"),
        ("工作日", "天"),
        ("千伏安", "千瓦"),
        ("万元", "万"),
        ("人", "人次"),
    ],
)
def test_other_dimensions_are_refused(source: str, target: str) -> None:
    with pytest.raises(Refused) as refused:
        unit(source).convert(1, to=unit(target))
    (problem,) = refused.value.problems
    assert (problem.code, problem.params) == (
        "units.dimension",
        {"unit": unit(source).symbol, "to": unit(target).symbol},
    )


@pytest.mark.parametrize("text", ["斗", "万斗", "万元/", "/亩", "万元//亩", "元亩", "公", "2020", "元万"])
def test_unknown_unit_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(Refused) as refused:
        unit(text)
    assert refused.value.problems[0].params == {"text": text}
    assert "%" in str(refused.value)


def test_endless_decimals_have_the_precision_asked_for() -> None:
    assert unit("亩").ratio(unit("平方米")) == Fraction(2000, 3)
    assert unit("亩").convert(1, to=unit("平方米"), places=2) == Decimal("666.67")
    assert unit("亩").convert(1, to=unit("平方米")) == Decimal("666.6666666666666666666666667")
    assert str(unit("元").convert(5, to=unit("十元"), places=0)) == "1"
    assert str(unit("元").convert(-5, to=unit("十元"), places=0)) == "-1"
    assert str(unit("千元").convert(Decimal("23"), to=unit("万元"), places=3)) == "2.300"


@given(unit_names(), st.data(), st.fractions())
def test_there_and_back_is_exact(name: str, data: st.DataObject, value: Fraction) -> None:
    one = unit(name)
    other = unit(data.draw(st.sampled_from([n for n in names() if unit(n).is_convertible(one)])))
    assert value * one.ratio(other) * other.ratio(one) == value


@given(
    unit_names(), st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12)
)
def test_multiples_convert_exactly_as_decimals(name: str, value: Decimal) -> None:
    large, small = unit("万" + name) if not name.startswith(("万", "亿")) else unit(name), unit(name)
    assert small.convert(large.convert(value, to=small), to=large) == value


def test_every_name_is_read_and_aliases_mean_their_unit() -> None:
    for name in names():
        assert unit(name).symbol == ALIASES.get(name, name)
    for alias, symbol in ALIASES.items():
        assert unit(alias) == unit(symbol)


def test_coal_equivalent_needs_the_factor_of_its_time() -> None:
    factor = Factor(Decimal("0.1229"), unit("kgce/kWh"), Span.parse("2021-01..2025-12"), "GB/T 2589-2020, annex A")
    assert factor.convert(1, unit("万千瓦时"), to=unit("tce"), span=Span.of_year(2022)) == Decimal("1.229")
    assert factor.convert(Decimal("1.229"), unit("tce"), to=unit("万千瓦时"), span=Span.of_year(2022)) == 1
    with pytest.raises(Refused, match="does not hold for 2020"):
        factor.convert(1, unit("万千瓦时"), to=unit("tce"), span=Span.of_year(2020))
    with pytest.raises(Refused, match="cannot be converted"):
        factor.convert(1, unit("吨"), to=unit("tce"), span=Span.of_year(2022))


def test_quotient_of_units() -> None:
    assert unit("万元") / unit("亩") == unit("万元/亩")
    assert (unit("万元") / unit("元")).convert(1, to=unit("")) == 10000
