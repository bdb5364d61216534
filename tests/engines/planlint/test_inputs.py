"""A plan comes as txt, md, html, docx, pdf or xlsx; the same plan in each gives the same rows."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
import typst
import xlsxwriter
from PIL import Image

from zhizao.engines.planlint.document import load
from zhizao.engines.planlint.reading import read_document
from zhizao.kernel.result import Refused

TITLE = "云溪县制造业发展“十五五”规划"
TARGETS = [
    ["类别", "指标", "单位", "2025年", "2030年", "年均增长（%）"],
    ["总量", "规模以上工业总产值", "亿元", "120", "≥180", "8.4"],
    ["", "规模以上工业增加值", "亿元", "30", "44", "8.0"],
]
"""The category is merged over two rows."""
PROJECTS = [
    ["序号", "项目名称", "项目业主", "项目总投资（万元）", "年度投资计划（万元）", "", "", "开工时间", "完成时间"],
    ["", "", "", "", "2026年前", "“十五五”期间", "2030年后", "", ""],
    ["一、装备制造业", "", "", "", "", "", "", "", ""],
    ["1", "齿轮线改造", "云溪齿轮有限公司", "5000", "—", "5000", "—", "2026", "2028"],
    ["2", "铸件扩建", "云溪铸造有限公司", "800", "300", "500", "—", "2025.03", "2027"],
]


def make_docx() -> bytes:
    document = docx.Document()
    document.add_heading(TITLE, level=1)
    document.add_paragraph("表1 主要指标")
    table = document.add_table(rows=3, cols=6)
    for row, cells in zip(table.rows, TARGETS, strict=True):
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    table.cell(1, 0).merge(table.cell(2, 0))
    document.add_paragraph("附件 重点项目库")
    table = document.add_table(rows=5, cols=9)
    for row, cells in zip(table.rows, PROJECTS, strict=True):
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    table.cell(0, 4).merge(table.cell(0, 6))
    for column in (0, 1, 2, 3, 7, 8):
        table.cell(0, column).merge(table.cell(1, column))
    table.cell(2, 0).merge(table.cell(2, 8))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def make_html() -> bytes:
    def cell(words: str, attributes: str = "") -> str:
        return f"<td {attributes}>{words}</td>"

    head = [cell(words, "colspan=3" if "年度" in words else "rowspan=2") for words in PROJECTS[0] if words]
    below = [cell(words) for words in PROJECTS[1] if words]
    body = "".join("<tr>" + "".join(map(cell, row)) + "</tr>" for row in PROJECTS[3:])
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>x</title>
    <script>var a = "<table>"</script></head>
    <body><h1>{TITLE}</h1><p>表1 主要指标</p>
    <table><tr>{"".join(map(cell, TARGETS[0]))}</tr>
    <tr>{cell(TARGETS[1][0], "rowspan=2")}{"".join(map(cell, TARGETS[1][1:]))}</tr>
    <tr>{"".join(map(cell, TARGETS[2][1:]))}</tr></table>
    <p style="display:none">隐藏的指标 999亿元</p><p>附件 重点项目库</p>
    <table><tr>{"".join(head)}</tr><tr>{"".join(below)}</tr>
    <tr><td colspan=9>{PROJECTS[2][0]}</td></tr>{body}</table></body></html>""".encode()


def make_pdf(*, rows: int = 0) -> bytes:
    """``rows`` more projects, so that the table runs over pages."""
    more = [
        [str(n), f"项目{n}", "云溪铸造有限公司", "100", "—", "100", "—", "2026", "2027"] for n in range(3, 3 + rows)
    ]

    def cells(grid: list[list[str]]) -> str:
        return ", ".join(f"[{words}]" for row in grid for words in row)

    source = f"""
#set page(paper: "a4", header: [{TITLE}], numbering: "— 1 —")
#set text(size: 9pt, lang: "zh", font: ("Noto Sans CJK SC", "Noto Serif CJK SC"))
= {TITLE}
表1 主要指标
#table(columns: 6, {cells(TARGETS)})
附件 重点项目库
#table(columns: 9, {cells(PROJECTS + more)})
"""
    return typst.compile(source.encode())


def make_xlsx() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("指标")
        sheet.write_row(0, 0, ["表1 主要指标"])
        for number, row in enumerate(TARGETS, start=1):
            sheet.write_row(number, 0, row)
        sheet.merge_range(2, 0, 3, 0, TARGETS[1][0])
        sheet = book.add_worksheet("项目")
        sheet.write_row(0, 0, ["重点项目库"])
        for number, row in enumerate(PROJECTS, start=1):
            sheet.write_row(number, 0, row)
        sheet.merge_range(1, 4, 1, 6, PROJECTS[0][4])
    return stream.getvalue()


needs_font = pytest.mark.skipif(
    not any(Path("/usr/share/fonts").rglob("NotoS*CJK*")), reason="no Chinese font to print a pdf with"
)
KINDS = [
    pytest.param(make_docx, id="docx"),
    pytest.param(make_html, id="html"),
    pytest.param(make_pdf, id="pdf", marks=needs_font),
    pytest.param(make_xlsx, id="xlsx"),
]


@pytest.mark.parametrize("make", KINDS)
def test_the_same_plan_gives_the_same_rows_in_every_kind_of_file(make):
    reading = read_document(make(), file="plan")
    targets = [
        (r["category"], r["name"], r["base_value"], r["target_value"], r["bound"]) for r in reading.rows["indicators"]
    ]
    assert [(c, n, str(b), str(t), s) for c, n, b, t, s in targets] == [
        ("总量", "规模以上工业总产值", "120", "180", "ge"),
        ("总量", "规模以上工业增加值", "30", "44", "eq"),
    ]
    projects = reading.rows["projects"]
    assert [(r["sector"], r["name"], str(r["total_wan_yuan"]), r["start"], r["finish"]) for r in projects] == [
        ("装备制造业", "齿轮线改造", "5000", "2026", "2028"),
        ("装备制造业", "铸件扩建", "800", "2025.03", "2027"),
    ]
    assert [(r["before_wan_yuan"], r["plan_wan_yuan"]) for r in projects] == [(None, 5000), (300, 500)]


@needs_font
def test_a_table_of_a_pdf_runs_on_from_page_to_page():
    reading = read_document(make_pdf(rows=80), file="plan.pdf")
    assert [r["serial"] for r in reading.rows["projects"]] == list(range(1, 83))
    document = reading.document
    assert len(document.pages) > 2
    assert document.page_of(len(document.lines)) == len(document.pages)
    assert not [line for line in document.lines[1:] if line == TITLE], "the running head is no line of the plan"


def test_the_text_frames_deletions_and_numerals_of_word_are_read_as_they_are_seen():
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    body = """
      <w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>发展目标</w:t></w:r></w:p>
      <w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>重点任务</w:t></w:r></w:p>
      <w:p><w:r><w:t>产值</w:t></w:r><w:del><w:r><w:delText>100</w:delText></w:r></w:del><w:ins><w:r><w:t>120亿元</w:t></w:r></w:ins></w:p>
      <w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>上游零部件</w:t></w:r></w:p></w:txbxContent></mc:Choice>
        <mc:Fallback><w:txbxContent><w:p><w:r><w:t>上游零部件</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>"""
    numbering = """<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>
      <w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>
      <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>"""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{w}" xmlns:mc="{mc}"><w:body>{body}</w:body></w:document>'
        )
        archive.writestr("word/numbering.xml", f'<w:numbering xmlns:w="{w}">{numbering}</w:numbering>')
    assert load(stream.getvalue()).lines == ("一、发展目标", "二、重点任务", "产值120亿元", "上游零部件")


def scanned() -> bytes:
    stream = io.BytesIO()
    Image.new("L", (600, 800), 255).save(stream, "PDF")
    return stream.getvalue()


def archive_of(**members: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return stream.getvalue()


DAMAGED = [
    ("a scanned pdf", scanned(), "planlint.no_text"),
    ("a broken pdf", make_docx().replace(b"PK\x03\x04", b"%PDF", 1), "planlint.damaged"),
    ("a docx cut off", make_docx()[:4000], "planlint.damaged"),
    ("a docx with broken XML", archive_of(word__document_xml="<w:document"), "planlint.damaged"),
    ("an empty docx", archive_of(word__document_xml="<a/>"), "planlint.no_text"),
    ("an archive of another kind", archive_of(readme="x"), "planlint.kind"),
    ("an empty page", b"<html><body><script>x</script></body></html>", "planlint.no_text"),
    ("a file of two encodings", "产值达到一百亿元\n".encode() + "利润达到十亿元\n".encode("gb18030"), "text.encoding"),
    ("a document that is no plan", "<html><body><p>今天天气很好。</p></body></html>".encode(), "planlint.no_table"),
]


@pytest.mark.parametrize(
    ("data", "code"), [(data, code) for _, data, code in DAMAGED], ids=[name for name, _, _ in DAMAGED]
)
def test_a_file_that_gives_no_plan_is_refused_with_a_remedy(data, code):
    with pytest.raises(Refused) as refusal:
        read_document(data, file="plan")
    (problem,) = refusal.value.problems
    assert problem.code == code
    assert problem.remedy


def test_external_entities_of_a_docx_are_not_followed(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = (
        f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]><w:document xmlns:w="{w}"><w:body><w:p><w:r><w:t>'
        "甲&e;乙</w:t></w:r></w:p></w:body></w:document>"
    )
    with pytest.raises(Refused, match="damaged"):
        load(archive_of(word__document_xml=document))


def test_hostile_pages_neither_hang_nor_lose_their_table():
    table = make_html().decode().partition("<table>")[2].partition("</table>")[0]
    page = (
        "<html><body>"
        + "<div>" * 20_000
        + f"<table>{table}</table><table><tr><td colspan=999999 rowspan=999999>x<td>y</table>"
    )
    try:
        lines = load(page.encode()).lines
    except Refused as refused:
        assert refused.problems[0].code == "planlint.damaged"
    else:
        assert any("规模以上工业总产值" in line for line in lines)


def test_a_table_of_ten_thousand_rows_is_read_whole():
    rows = "".join(f"\t{n}\t企业{n}有限公司\t电子\n" for n in range(1, 10_001))
    text = f"附件 企业名单\n\t序号\t企业名称\t行业\n{rows}"
    assert len(read_document(text.encode()).rows["enterprises"]) == 10_000
