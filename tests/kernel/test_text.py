"""Decoding, folding and marks of “none”."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.kernel import text
from zhizao.kernel.result import Refused

CHINESE = "企业名称,产值\n重庆智造有限公司,１２３\n"
han = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1)


@pytest.mark.parametrize(
    ("encoding", "bom", "told"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8-sig"),
        ("gb18030", b"", "gb18030"),
        ("gbk", b"", "gb18030"),
        ("utf-16-le", b"\xff\xfe", "utf-16-le"),
        ("utf-16-be", b"\xfe\xff", "utf-16-be"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
    ],
)
def test_each_encoding_is_read_and_named(encoding: str, bom: bytes, told: str) -> None:
    assert text.decode(bom + CHINESE.encode(encoding)) == (CHINESE, told)


@given(han)
def test_every_chinese_text_survives_utf8_and_utf16_with_mark(content: str) -> None:
    assert text.decode(content.encode())[0] == content
    assert text.decode(content.encode("utf-16"))[0] == content


def test_an_empty_or_blank_file_is_refused() -> None:
    for data in (b"", b"\xef\xbb\xbf", b" \r\n\t"):
        with pytest.raises(Refused) as caught:
            text.decode(data, file="a.csv")
        assert caught.value.problems[0].code == "text.empty"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00", "PNG"),
        (b"PK\x03\x04\x14\x00", "ZIP (xlsx, docx)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "OLE (xls, doc)"),
    ],
)
def test_a_binary_file_is_refused_with_what_it_looks_to_be(data: bytes, kind: str) -> None:
    with pytest.raises(Refused) as caught:
        text.decode(data)
    assert caught.value.problems[0].code == "text.binary"
    assert caught.value.problems[0].params["kind"] == kind


def test_nul_bytes_that_are_not_utf16_are_binary() -> None:
    with pytest.raises(Refused) as caught:
        text.decode(b"abc\x00\x01\x02\x03\xff" * 5)
    assert caught.value.problems[0].code == "text.binary"


def test_two_encodings_in_one_file_are_refused_with_the_line() -> None:
    data = "名称,产值\n".encode("gb18030") + "重庆智造有限公司,1\n".encode()
    with pytest.raises(Refused) as caught:
        text.decode(data, file="mixed.csv")
    problem = caught.value.problems[0]
    assert (problem.code, problem.place.line, problem.place.file) == ("text.encoding", 2, "mixed.csv")
    assert problem.remedy


def test_a_truncated_utf8_file_is_refused() -> None:
    with pytest.raises(Refused):
        text.decode("名称\n重庆".encode()[:-1])


def test_control_characters_are_refused() -> None:
    with pytest.raises(Refused):
        text.decode(b"a,b\n\x01\x02,c\n")


@given(st.text())
def test_folding_keeps_the_length_so_that_places_in_the_text_stay(content: str) -> None:
    assert len(text.fold(content)) == len(content)


@given(st.text())
def test_normalising_twice_changes_nothing_more(content: str) -> None:
    assert text.normalise(text.normalise(content)) == text.normalise(content)


def test_full_width_forms_of_numbers_become_half_width() -> None:
    assert text.normalise("\u3000１，２３４．５％\xa0") == "1,234.5%"
    assert text.normalise("－３～５") == "-3~5"
    assert text.normalise("增长，５") == "增长，5"
    assert text.normalise("1—2倍（约）") == "1—2倍（约）"


@pytest.mark.parametrize("mark", ["", " ", "—", "——", "--", "-", "---", "/", "／", "无", "－", "–"])
def test_marks_of_none(mark: str) -> None:
    assert text.is_blank_mark(mark)


@pytest.mark.parametrize("value", ["0", "无锡", "-1", "否", "a/b"])
def test_values_are_not_marks_of_none(value: str) -> None:
    assert not text.is_blank_mark(value)
