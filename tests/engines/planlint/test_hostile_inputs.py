"""Files made to hang, to swell or to hide: each is read or refused at once, and nothing is lost."""

from __future__ import annotations

import io
import time
import zipfile

import pytest

from zhizao.engines.planlint import read_document
from zhizao.engines.planlint.document import load
from zhizao.kernel.result import Refused

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TARGETS = "\t指标\n\t单位\n\t2025年\n\t2030年\n\n\t工业总产值\n\t亿元\n\t10\n\t≥20\n\n"


def docx(body: str, *, before: str = "", **parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f'{before}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return stream.getvalue()


def paragraph(words: str, properties: str = "") -> str:
    return f"<w:p>{properties}<w:r><w:t>{words}</w:t></w:r></w:p>"


def refusal(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read_document(data, file="plan")
    (problem,) = refused.value.problems
    assert problem.remedy
    assert problem.place.file == "plan"
    return problem.code


@pytest.mark.parametrize("attribute", ["gridBefore", "gridSpan"])
@pytest.mark.parametrize("count", ["999999999", "9" * 5_000, "²"])
def test_a_row_of_word_is_no_wider_than_a_table_can_be(attribute, count):
    one = f'<w:{attribute} w:val="{count}"/>'
    row = (
        f"<w:tr><w:trPr>{one}</w:trPr><w:tc>{paragraph('甲')}</w:tc></w:tr>"
        if attribute == "gridBefore"
        else f"<w:tr><w:tc><w:tcPr>{one}</w:tcPr>{paragraph('甲')}</w:tc></w:tr>"
    )
    assert "甲" in "".join(load(docx(f"<w:tbl>{row}</w:tbl>")).lines)


@pytest.mark.parametrize(
    ("start", "numeral"), [("99999999999999999999", "10000、"), ("-3", "一、"), ("x", "一、"), ("0", "0、")]
)
def test_a_numeral_beyond_any_list_is_written_in_digits(start, numeral):
    properties = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    numbering = (
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="{start}"/>'
        '<w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    assert load(docx(paragraph("总则", properties), numbering=numbering)).lines == (f"{numeral}总则",)


def test_a_word_file_with_entities_is_refused_since_text_would_be_lost_in_them():
    assert (
        refusal(docx(paragraph("到2030年&x;达到20亿元"), before='<!DOCTYPE d [<!ENTITY x "产值">]>'))
        == "planlint.damaged"
    )


def test_a_word_file_cut_off_is_called_no_workbook():
    with pytest.raises(Refused) as refused:
        read_document(docx(paragraph("规划"))[:-30])
    assert "workbook" not in str(refused.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old kind"),
        (b"{\\rtf1 x}", "RTF"),
        (b"\x00" * 99, "not text"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_the_kinds_that_are_read(data, words):
    with pytest.raises(Refused, match=words) as refused:
        read_document(data, file="plan.doc")
    assert "docx" in refused.value.problems[0].remedy
    assert "CSV" not in refused.value.problems[0].remedy


def within(seconds: float, data: bytes) -> None:
    started = time.process_time()
    try:
        read_document(data, file="plan")
    except Refused as refused:
        assert refused.problems[0].code.startswith("planlint.")
    assert time.process_time() - started < seconds


def page(rest: str) -> bytes:
    rows = "<tr><td>指标<td>单位<td>2025年<td>2030年<tr><td>工业总产值<td>亿元<td>10<td>20"
    return f"<html><body><table>{rows}</table>{rest}".encode()


def test_cells_that_reach_down_over_all_rows_do_not_widen_the_table_with_each_row():
    within(10, page("<table>" + "<tr><td rowspan=65000 colspan=199>甲<td>乙" * 2_000 + "</table>"))


def test_a_tag_with_a_hundred_thousand_attributes_is_refused_unparsed():
    attributes = " ".join(f'a{n}=">"' for n in range(100_000))
    within(5, page(f"<p {attributes}>甲"))
    assert refusal(page(f"<script {attributes}></script>")) == "planlint.damaged"


def test_scripts_comments_and_pictures_are_no_heap_of_attributes():
    code = "if(a<b){" + " x = 1 ; " * 5_000 + "}"
    picture = f'<img src="data:image/png;base64,{"A " * 5_000}=">'
    lines = load(page(f"<script>{code}</script><!-- <p {code} -->{picture}<p>末段")).lines
    assert lines[-1] == "末段"


@pytest.mark.parametrize("blank", [" ", "\u3000", "\xa0", "\u2003", "\t", "\t "])
def test_blanks_that_push_words_over_the_page_cost_no_time(blank):
    from zhizao.engines.planlint.checking import check
    from zhizao.engines.planlint.facts import facts_of

    started = time.process_time()
    reading = read_document((TARGETS + "规划" + blank * 20_000 + "正文\n" + blank * 20_000 + "后文").encode())
    check(facts_of(reading))
    assert time.process_time() - started < 5
    assert {"规划", "正文", "后文"} <= set(" ".join(reading.document.lines).split())


def test_columns_beyond_the_widest_table_are_not_dropped_in_silence():
    cells = "".join(f"<td>列{n}" for n in range(500))
    document = load(page(f"<table>{f'<tr>{cells}' * 3}</table>"))
    (problem,) = document.problems
    assert problem.code == "planlint.columns_cut"
    assert "列199" in document.lines[problem.place.line - 1]
    assert "列200" not in document.lines[problem.place.line - 1]
