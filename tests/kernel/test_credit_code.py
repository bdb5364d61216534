"""Credit codes; the vectors were cross-checked with python-stdnum, weights and alphabet are those of GB 32100-2015."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.kernel import credit_code
from zhizao.kernel.result import Refused, Severity
from zhizao.kernel.strategies import credit_codes

VALID = (
    "91110000600037341L",
    "11320000MB151840XJ",
    "91500108MA0000015H",
    "91500108000000019T",
    "93500108MA9YYYYY70",
    "915001080000002460",
)


@pytest.mark.parametrize("text", VALID)
def test_published_code_is_valid_and_built_again_from_its_parts(text: str) -> None:
    code = credit_code.parse(text)
    assert str(code) == text
    assert credit_code.is_valid(text)
    assert credit_code.problems(text) == ()
    assert code.kind + code.region + code.organisation + code.check == text
    assert credit_code.build(kind=code.kind, region=code.region, organisation=code.organisation[:8]) == text
    assert credit_code.build(kind=code.kind, region=code.region, organisation=code.organisation) == text


def test_code_is_taken_apart() -> None:
    code = credit_code.parse("11320000MB151840XJ")
    assert (code.authority, code.kind, code.region, code.organisation) == ("1", "11", "320000", "MB151840X")
    assert credit_code.kind_names(code.kind) == ("机构编制", "机关")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("91110000600037342L", "check"),
        ("91110000600037341M", "check"),
        ("9111000060003734L", "length"),
        ("", "length"),
        ("9" * 5000, "length"),
        ("9.15001E+17", "scientific"),
        ("9.11100006000373E17", "scientific"),
        ("9111000060003734IL", "character"),
        ("91110000６0003734中L", "character"),
    ],
)
def test_refusal_names_its_reason(text: str, problem: str) -> None:
    with pytest.raises(Refused) as refused:
        credit_code.parse(text)
    assert refused.value.problems[0].code == f"credit_code.{problem}"
    assert refused.value.problems[0].remedy
    assert len(str(refused.value)) < 300


def test_every_letter_outside_the_alphabet_is_named_with_its_position() -> None:
    with pytest.raises(Refused) as refused:
        credit_code.parse("9111O000600037I41L")
    assert [p.params for p in refused.value.problems] == [
        {"character": "O", "position": 5},
        {"character": "I", "position": 15},
    ]


def test_blanks_small_letters_and_full_width_are_read() -> None:
    assert str(credit_code.parse("９1110000 6000 3734 1l")) == "91110000600037341L"


@given(credit_codes(), st.integers(0, 17), st.sampled_from(credit_code.ALPHABET))
def test_any_single_wrong_character_is_caught(code: str, position: int, character: str) -> None:
    wrong = code[:position] + character + code[position + 1 :]
    assert credit_code.is_valid(wrong) == (wrong == code)


@given(credit_codes(), st.integers(0, 16))
def test_any_two_neighbours_exchanged_are_caught(code: str, position: int) -> None:
    wrong = code[:position] + code[position + 1] + code[position] + code[position + 2 :]
    assert credit_code.is_valid(wrong) == (wrong == code)


def test_wrong_inner_check_is_only_a_warning() -> None:
    code = credit_code.build(kind="91", region="500108", organisation="123456789")
    (problem,) = credit_code.problems(code)
    assert (problem.code, problem.severity) == ("credit_code.organisation_check", Severity.WARNING)
    assert credit_code.is_valid(code)


@pytest.mark.parametrize(
    "parts",
    [
        {"kind": "9", "region": "500108", "organisation": "MA000001"},
        {"kind": "91", "region": "5001", "organisation": "MA000001"},
        {"kind": "91", "region": "500108", "organisation": "MA0001"},
        {"kind": "91", "region": "500108", "organisation": "IO000001"},
        {"kind": "91", "region": "50010A", "organisation": "MA000001"},
    ],
)
def test_bad_parts_are_refused(parts: dict[str, str]) -> None:
    with pytest.raises(Refused):
        credit_code.build(**parts)
