"""Word documents: the same contents give the same bytes, and nothing in a text can break them."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import docx
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizao.kernel import word


def made(text: str, *, on: date | None = None) -> bytes:
    file = word.blank(text)
    word.title(file, text)
    word.heading(file, text)
    word.paragraph(file, text, bold=True, align=word.RIGHT)
    word.table(file, ["a", "b"], [(text, 1)])
    return word.to_bytes(file, on=on)


def test_the_same_contents_and_day_give_the_same_bytes():
    assert made("甲", on=date(2024, 7, 20)) == made("甲", on=date(2024, 7, 20))
    assert made("甲", on=date(2024, 7, 20)) != made("甲", on=date(2024, 7, 21))


def test_the_members_of_the_archive_bear_one_fixed_date():
    with zipfile.ZipFile(io.BytesIO(made("甲"))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_table_may_have_raised_pieces_and_no_heads():
    file = word.blank("x")
    word.table(file, [], [("10^2",)], pieces=lambda _text: [("10", False), ("2", True)])
    found = docx.Document(io.BytesIO(word.to_bytes(file))).tables[0].cell(0, 0).paragraphs[0].runs
    assert [(run.text, bool(run.font.superscript)) for run in found] == [("10", False), ("2", True)]


@settings(max_examples=15)
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\ufffe\uffff"), max_size=20)
)
def test_any_text_makes_a_document_that_can_be_read(text: str):
    found = docx.Document(io.BytesIO(made(text)))
    assert len(found.tables) == 1
