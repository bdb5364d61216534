"""Codes and remarks of the reader in words."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from zhizao.apps.plan.wording import note_words, word


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("decrease; against 2015", "降幅；与2015年相比"),
        ("period from the section; annual mean", "时期依所在章节推定；各年平均"),
        ("of which: 规上工业企业", "其中项，总体为规上工业企业"),
        ("names of the list: 甲公司、乙公司", "列举名称：甲公司、乙公司"),
        ("a note in words of its own", "a note in words of its own"),
    ],
)
def test_notes_are_said_in_chinese_and_what_is_unknown_stays(note, said):
    with override("zh-hans"):
        assert note_words(note) == said


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("span", "2016-01..2020-12", "2016—2020年"),
        ("span", "2025", "2025年"),
        ("span", None, None),
        ("bound", "eq", "等于"),
        ("member_type", "enterprise", "企业"),
        ("span", "2025-01..05", "2025年1—5月"),
        ("span", "no span", "no span"),
        ("kind", "target", "目标"),
        ("bound", "gt", "超过"),
        ("name", "target", "target"),
    ],
)
def test_codes_are_said_in_chinese(column, value, said):
    with override("zh-hans"):
        assert word(column, value) == said


def test_every_note_of_the_shipped_packs_has_its_words():
    from importlib.resources import files

    from zhizao.apps.plan.wording import _NOTES
    from zhizao.engines.planlint.pack import read_pack

    packs = [path for path in files("zhizao.packs").iterdir() if path.joinpath("indicators.csv").is_file()]
    records = [row for path in packs for rows in read_pack(path).rows.values() for row in rows]
    notes = {str(row["note"]) for row in records if row.get("note")}
    assert notes
    parts = {part for note in notes for part in note.split("; ")}
    assert {part for part in parts if not any(pattern.fullmatch(part) for pattern, _words in _NOTES)} == set()
