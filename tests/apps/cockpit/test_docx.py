"""The Word file as readers of the format see it: links lead somewhere, tables hold together, nothing of the machine."""

from __future__ import annotations

import io
import re
import zipfile

import docx as word
import pytest
from tests.apps.cockpit.conftest import AS_OF

from zhizao.apps.cockpit.marking import Piece, clauses

pytestmark = pytest.mark.django_db
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def file_of(made, language="zh"):
    from zhizao.apps.cockpit import reading, services

    written = reading.paper(made.data, version=1, language=language, run="0123456789ab")
    return written, services.file(written, "docx", on=AS_OF)


def test_every_figure_links_to_the_row_of_its_source_in_the_annex(made):
    written, content = file_of(made)
    body = word.Document(io.BytesIO(content)).element.body
    places = {mark.get(f"{W}name") for mark in body.iter(f"{W}bookmarkStart")}
    anchors = [link.get(f"{W}anchor") for link in body.iter(f"{W}hyperlink")]
    assert places == {f"source{line[0]}" for line in written.annex} and set(anchors) == places
    linked = ["".join(text.text for text in link.iter(f"{W}t")) for link in body.iter(f"{W}hyperlink")]
    figures = [piece.text for part in written.sections for said in part.paragraphs for piece in said if piece.source]
    figures += [
        cell.text for part in written.sections for table in part.tables for line in table.rows for cell in line
        if cell.source
    ]  # fmt: skip
    assert not [figure for figure in figures if figure not in linked]


def test_it_has_the_head_of_a_brief_page_numbers_and_the_mark_of_simulated_figures(made):
    written, content = file_of(made)
    file = word.Document(io.BytesIO(content))
    head = [line.text for line in file.paragraphs[:6]]
    assert head[:3] == ["甲区工业经济运行简报", "2024年第5期", "甲区编印\t2024年7月20日"]
    assert written.simulated in head and file.sections[0].header.paragraphs[0].text == written.simulated
    assert "PAGE" in file.sections[0].footer._element.xml
    headings = [line.text for line in file.paragraphs if line.style.name == "Heading 1"]
    assert headings[0] == "一、总体运行" and headings[-1] == written.annex_title


def test_tables_repeat_their_head_keep_rows_whole_and_their_title_beside_them(made):
    _written, content = file_of(made)
    file = word.Document(io.BytesIO(content))
    assert len(file.tables) >= 4
    for table in file.tables:
        first, *_rest = table.rows
        assert first._tr.trPr.find(f"{W}tblHeader") is not None
        assert all(row._tr.trPr.find(f"{W}cantSplit") is not None for row in table.rows)
        before = table._tbl.getprevious()
        assert before.pPr.find(f"{W}keepNext") is not None
    sectors = file.tables[1]
    assert [cell.paragraphs[0].alignment for cell in sectors.rows[1].cells][:2] == [None, 2]  # 2: right


def test_nothing_of_the_machine_or_the_library_is_inside(made):
    _written, content = file_of(made, "en")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "docProps/thumbnail.jpeg" not in archive.namelist()
        texts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))}
    assert not [name for name, text in texts.items() if re.search(r"/(tmp|work|home|root|usr)/|python-docx", text)]
    assert "2024-07-20T00:00:00Z" in texts["docProps/core.xml"] and "ZhiZao" in texts["docProps/core.xml"]


def test_a_paragraph_without_figures_has_no_marks_and_a_run_of_one_source_has_one():
    assert list(clauses([Piece("没有。")])) == [Piece("没有。")] and list(clauses([])) == []
    said = clauses([Piece("应报"), Piece("9", 1), Piece("家，已报"), Piece("8", 1), Piece("家"), Piece("。")])
    assert "".join(f"{one.text}[{one.mark}]" if one.mark else one.text for one in said) == "应报9家，已报8家[1]。"
