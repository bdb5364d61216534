"""The words of a brief: both languages, sources, nothing typed, nothing told of single enterprises in public."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile

import pytest
from tests.apps.cockpit.conftest import AS_OF

pytestmark = pytest.mark.django_db

IN_A_PROCESS = """
import datetime, hashlib, json, sys
import django
django.setup()
from zhizao.apps.cockpit import reading, services
data = json.load(open(sys.argv[1], encoding="utf-8"))
for language in ("zh", "en"):
    written = reading.paper(data, version=1, language=language, run="0123456789ab")
    for form in services.FORMS:
        file = services.file(written, form, on=datetime.date(2024, 7, 20))
        print(language, form, hashlib.sha256(file).hexdigest())
"""


def said(pieces) -> str:
    return "".join(piece.text for piece in pieces)


def paper(made, language, **more):
    from zhizao.apps.cockpit import reading

    return reading.paper(made.data, version=1, language=language, run="0123456789ab", **more)


def section(written, key):
    return next(section for section in written.sections if section.key == key)


def test_the_brief_says_in_both_languages_what_the_facts_are(made):
    zh, en = paper(made, "zh"), paper(made, "en")
    assert said(zh.headline) == "2024年1—6月，甲区工业总产值同口径增长10.0%，累计1757万元。"
    first = said(section(zh, "overall").paragraphs[0])
    assert first.startswith(
        "2024年1—6月，纳入月度监测的工业企业应报5家，已报5家。2024年6月当月完成工业总产值293万元，同口径增长10.0%；"
    )
    assert "拉动最大的是电子（增长10.0%，拉动7.5个百分点）、装备（增长10.0%，拉动2.5个百分点）。" in said(
        section(zh, "sectors").paragraphs[0]
    )
    assert "up 10.0% on a comparable basis" in said(en.headline)
    assert "Those that add most: 电子 (up 10.0%, +7.5 points)" in said(section(en, "sectors").paragraphs[0])
    assert said(section(zh, "warning").paragraphs[0]) == "景气信号灯未测算：当日所知数据不足，或没有测算运行。"
    assert zh.simulated and en.simulated  # the figures of these tests are simulated


def test_sources_are_numbered_as_they_come_and_each_number_is_in_the_annex(made):
    written = paper(made, "zh")
    numbers = [piece.source for piece in written.headline if piece.source]
    for part in written.sections:
        numbers += [piece.source for pieces in part.paragraphs for piece in pieces if piece.source]
        numbers += [cell.source for table in part.tables for line in table.rows for cell in line if cell.source]
    first = list(dict.fromkeys(numbers))
    assert first == list(range(1, len(first) + 1)) == [int(line[0]) for line in written.annex]
    assert written.annex[0][1:3] == ("工业总产值，2024年1—6月", "企业月报，5家合计")


def test_every_figure_opens_its_evidence(made, kept, analyst):
    from zhizao.apps.cockpit import reading
    from zhizao.base.evidence import queries as evidence

    written = reading.paper(reading.facts_of(kept), version=1, language="zh", run=kept.sha12)
    found = {piece.evidence for part in written.sections for pieces in part.paragraphs for piece in pieces}
    found |= {
        cell.evidence for part in written.sections for table in part.tables for line in table.rows for cell in line
    }
    found.discard("")
    assert len(found) > 20
    for reference in found:
        assert evidence.resolve(analyst, reference, as_of=AS_OF) is not None, reference


def test_no_figure_is_typed_in_a_sentence():
    from zhizao.apps.cockpit.template import templates

    for item in templates():
        sentences = [one for part in item.data["sections"] for lines in part["paragraphs"] for one in lines]
        for one in (*sentences, *item.data["headline"]):
            for words in [one["zh"], one["en"], *one.get("before", {}).values(), *one.get("after", {}).values()]:
                assert not re.search(r"\d", re.sub(r"\{[^}]*\}", "", words)), words


def test_the_public_version_tells_of_no_single_enterprise_and_hides_sectors_of_two(made):
    whole, public = paper(made, "zh"), paper(made, "zh", for_public=True)
    everything = json.dumps([said(p) for s in public.sections for p in s.paragraphs], ensure_ascii=False)
    everything += json.dumps(public.annex, ensure_ascii=False)
    everything += json.dumps([c.text for s in public.sections for t in s.tables for r in t.rows for c in r])
    assert "A厂" in json.dumps(whole.annex, ensure_ascii=False)
    assert not [name for name in ("A厂", "B厂", "C厂", "D厂", "E厂", "电子") if name in everything]
    assert "公开版不列单个企业" in everything and "为保护企业数据不予列出" in everything


def test_a_word_document_and_a_pdf_are_the_same_bytes_in_other_processes_with_another_hash_seed(made, tmp_path):
    from zhizao.base.evidence import canonical

    file = tmp_path / "facts.json"
    file.write_bytes(canonical.dumps(made.data))
    told = []
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        ran = subprocess.run(
            [sys.executable, "-c", IN_A_PROCESS, str(file)], env=environment, capture_output=True, text=True, check=True
        )
        told.append(ran.stdout)
    assert told[0] == told[1] and len(set(told[0].split("\n"))) == 5


def test_the_files_hold_the_text_the_pictures_and_the_numbers_of_their_sources(made):
    from zhizao.apps.cockpit import services

    written = paper(made, "zh")
    docx = services.file(written, "docx", on=AS_OF)
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        body = archive.read("word/document.xml").decode()
        assert "甲区工业经济运行简报" in body and "w:vertAlign" in body
        assert [name for name in archive.namelist() if name.startswith("word/media/")] == ["word/media/image1.png"]
    assert services.file(written, "pdf", on=AS_OF)[:5] == b"%PDF-"
    assert hashlib.sha256(services.file(written, "docx", on=AS_OF)).digest() == hashlib.sha256(docx).digest()


def test_names_cannot_become_markup_of_the_picture(made):
    from zhizao.apps.cockpit import picture
    from zhizao.apps.cockpit.text import Bars

    drawn = picture.svg(Bars("t", (('<b>&"', 1.0, "+1.0", 0.5), ("x", -2.0, "−2.0", None)), simulated=False), font="x")
    assert "&lt;b&gt;&amp;" in drawn and "<b>" not in drawn
    assert picture.png(drawn)[:4] == b"\x89PNG"
