"""A report in words: figures as people write them, the rule of the score, and the same bytes for the same report."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from zhizao.engines.planlint.checking import NotRun, Report, Rule
from zhizao.engines.planlint.finding import Finding, Mention, Number, Severity
from zhizao.engines.planlint.report import present_pdf, stored
from zhizao.engines.planlint.report.present import Heading, Judgement, figure, present, text
from zhizao.engines.planlint.report.present_docx import docx, letter
from zhizao.engines.planlint.report.present_html import html
from zhizao.kernel.result import Refused

HEADING = Heading("青禾县规划", "第1版", "2026-01-02", source="来源")


def rule(name, *needs):
    return Rule(name, f"title of {name}", needs, lambda facts: ())


def finding(name="growth.stated", severity=Severity.ERROR, key="a", line=7):
    numbers = (
        Number("stated", Decimal("100"), "%"),
        Number("from the end points", Decimal("14.869835"), "%", "(120÷60)^(1/5)−1"),
    )
    places = (Mention(line, "年均增长100%", "indicators", 0),)
    return Finding(name, severity, "%(name)s: <wrong>", key, {"name": "甲"}, numbers, places, "Correct %(name)s.")


REPORT = Report(
    findings=(finding(), finding("growth.share", Severity.WARNING, "b", 9), finding("units.mixed", Severity.INFO)),
    ran=(rule("growth.stated"), rule("growth.share"), rule("growth.total"), rule("units.mixed")),
    not_run=(NotRun(rule("parents.lower", "parents"), ("parents",)),),
)


def test_a_kept_report_reads_back_as_it_was():
    again = stored.load(stored.dump(REPORT))
    assert again.findings == REPORT.findings
    assert [one.id for one in again.ran] == [one.id for one in REPORT.ran]
    assert again.not_run[0].missing == ("parents",)
    assert stored.dump(again) == stored.dump(REPORT)


def test_the_score_is_the_share_of_rules_that_found_nothing_wrong():
    shown = present(REPORT)
    growth = next(one for one in shown.families if one.family == "growth")
    # three rules: one with an error counts 0, one with a warning ½, one clean 1
    assert (growth.score, growth.rules, growth.errors, growth.warnings) == (50, 3, 1, 1)
    assert next(one for one in shown.families if one.family == "units").score == 100
    assert shown.whole.score == 63  # (0 + ½ + 1 + 1) ÷ 4 = 62.5


def test_a_finding_judged_no_problem_lowers_no_score_and_is_still_listed():
    judged = present(REPORT, judgements={REPORT.findings[0].id: Judgement("not a problem", "named", dismissed=True)})
    growth = next(one for one in judged.families if one.family == "growth")
    assert (growth.score, growth.errors) == (83, 0)
    assert len(judged.items) == 3


def test_a_finding_takes_the_severity_that_a_person_gave_it():
    judged = present(REPORT, judgements={REPORT.findings[0].id: Judgement("judged otherwise", severity=Severity.INFO)})
    assert judged.items[0].severity is Severity.INFO
    assert judged.items[0].shape == "○"


def test_a_family_without_a_rule_run_has_no_score():
    shown = present(Report((finding(),), (), ()))
    assert [one.score for one in shown.families] == [None]


def test_many_findings_of_one_rule_cost_no_more_than_one():
    many = Report(tuple(finding(key=str(n)) for n in range(50)), REPORT.ran, ())
    growth = next(one for one in present(many).families if one.family == "growth")
    assert (growth.errors, growth.score) == (50, 67)


@pytest.mark.parametrize(
    ("value", "unit", "computed", "written"),
    [
        ("176.0", "家", False, "176.0"),
        ("14.869835", "%", True, "14.9"),
        ("-0.5", "%", False, "−0.5"),
        ("12345.6", "亿元", True, "12,346"),
        ("0.004567", "亿元/亩", True, "0.00457"),
        ("350.000", "亿元", True, "350"),
        ("0", "", True, "0"),
    ],
)
def test_figures_stand_as_people_write_them(value, unit, computed, written):
    assert figure(Decimal(value), unit, computed=computed) == written


def test_every_form_holds_title_numbers_arithmetic_and_places():
    shown = present(REPORT, agreed=19)
    page = html(shown, HEADING, language="zh-Hans")
    word = io.BytesIO(docx(shown, HEADING, on=date(2026, 1, 2)))
    with zipfile.ZipFile(word) as archive:
        inside = archive.read("word/document.xml").decode()
    for form, power in ((page, "(120÷60)<sup>1/5</sup>−1"), (inside, "superscript"), (text(shown, HEADING), "→")):
        for words in ("青禾县规划", "第1版", "14.9%", power, "line 7", "19 figures"):
            assert words in form, words
    assert "<wrong>" not in page
    assert "&lt;wrong&gt;" in page
    assert "<script" not in page
    assert "http" not in page


def test_the_same_report_gives_the_same_docx_and_pdf():
    shown = present(REPORT)
    assert docx(shown, HEADING, on=date(2026, 1, 2)) == docx(shown, HEADING, on=date(2026, 1, 2))
    try:
        first = present_pdf.pdf(shown, HEADING)
    except Refused as refused:
        pytest.skip(str(refused))
    assert first.startswith(b"%PDF-")
    assert first == present_pdf.pdf(shown, HEADING)


def test_without_a_chinese_font_the_pdf_is_refused_with_a_remedy(monkeypatch):
    monkeypatch.setattr(present_pdf, "_families", lambda: frozenset({"DejaVu Sans"}))
    with pytest.raises(Refused) as caught:
        present_pdf.pdf(present(REPORT), HEADING)
    assert caught.value.problems[0].code == "planlint.no_font"
    assert "fonts-noto-cjk" in caught.value.problems[0].remedy


def test_words_of_a_plan_never_become_code_of_the_pdf():
    try:
        present_pdf.font()
    except Refused as refused:
        pytest.skip(str(refused))
    hostile = Finding("units.mixed", Severity.INFO, '#panic("x") $ ] \\ "', key="h")
    assert present_pdf.pdf(present(Report((hostile,), (), ())), HEADING).startswith(b"%PDF-")


def test_the_letter_names_whom_it_goes_to_and_each_accepted_finding():
    items = present(REPORT).items[:1]
    data = letter(items, HEADING, to="某某局", sender="某某委", on=date(2026, 1, 2))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        inside = archive.read("word/document.xml").decode()
    for words in ("To 某某局:", "某某委", "2026-1-2", "甲: &lt;wrong&gt;", "Correct 甲."):
        assert words in inside, words


def test_control_characters_of_a_damaged_plan_do_not_break_the_docx():
    odd = Finding("units.mixed", Severity.INFO, "a\x00b\x0bc", key="o")
    assert docx(present(Report((odd,), (), ())), HEADING)[:2] == b"PK"
