"""The picture of a procedure: every element and flow is in it, where a case stands is marked, nothing in it runs."""

from __future__ import annotations

import pytest
from django.utils import translation
from lxml import etree
from tests.base.flow.bpmn_texts import CHOICE, PARALLEL_LOOP, PLAIN, flow, text, timer

from zhizao.base.flow.bpmn import read
from zhizao.base.flow.drawing import draw, places
from zhizao.base.flow.procedures import shipped


def svg(content: bytes, **marked: object) -> etree._Element:
    return etree.fromstring(draw(read(content, "x"), **marked)).find("svg[@class='procedure']")  # type: ignore[arg-type]


def classes(picture: etree._Element) -> list[str]:
    return [group.get("class") for group in picture.iter("g")]


@pytest.mark.parametrize("key", sorted(shipped()))
def test_every_element_and_flow_of_a_shipped_procedure_is_drawn_inside_the_picture(key):
    content = shipped()[key].encode()
    diagram, picture = read(content, key), svg(content)
    assert len(classes(picture)) == len(diagram.nodes) + len(diagram.flows)
    left, top, width, height = map(float, picture.get("viewBox").split())
    for points in picture.iter("polyline"):
        for point in points.get("points").split():
            x, y = map(float, point.split(","))
            assert left <= x <= left + width
            assert top <= y <= top + height


@pytest.mark.parametrize("body", [PLAIN, CHOICE, PARALLEL_LOOP, PLAIN + timer("t", "a", days="1") + flow("t", "e")])
def test_what_has_no_drawing_is_laid_out_and_no_two_elements_cover_each_other(body):
    diagram = read(text(body), "x")
    boxes = [box for name, box in places(diagram).items() if not diagram.nodes[name].attached_to]
    for n, a in enumerate(boxes):
        for b in boxes[n + 1 :]:
            apart = a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
            assert apart


def test_where_the_case_stands_and_what_it_has_passed_is_marked():
    picture = svg(text(CHOICE), current={"b"}, done={"s", "a", "x"})
    assert sorted(classes(picture)) == sorted(
        ["flow done"] * 3 + ["flow"] * 2 + ["start done", "step done", "gate done", "step current", "end"]
    )
    assert len(list(picture.iter("circle"))) == 3  # start, end, and the dot at the current step


def test_the_picture_has_a_role_and_a_name_for_who_does_not_see_it():
    picture = svg(text(PLAIN), title="甲 <乙>")
    assert (picture.get("role"), picture.get("aria-label")) == ("img", "甲 <乙>")


def test_names_of_a_file_are_text_and_nothing_else():
    hostile = PLAIN.replace('name="A"', 'name="&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&quot;x"')
    drawn = draw(read(text(hostile), "x"))
    assert "<script" not in drawn
    assert "&lt;script" in drawn
    picture = etree.fromstring(drawn)
    assert {name for element in picture.iter() for name in element.attrib} <= {
        *(
            "class",
            "role",
            "aria-label",
            "aria-hidden",
            "width",
            "height",
            "viewBox",
            "points",
            "x",
            "y",
            "rx",
            "cx",
            "cy",
            "r",
            "d",
        )
    }


def test_a_long_name_is_set_in_three_lines_at_most():
    picture = svg(text(PLAIN.replace('name="A"', f'name="{"很长的名称" * 10}"')))
    step = next(group for group in picture.iter("g") if group.get("class") == "step")
    assert len(list(step.iter("text"))) == 3


def test_a_picture_fits_its_room_down_to_three_quarters_of_its_size():
    drawn = etree.fromstring(draw(read(text(PLAIN), "x")))
    least, picture = drawn
    assert (drawn.get("class"), least.get("height")) == ("fits", "0")
    assert float(least.get("width")) == 0.75 * float(picture.get("width"))
    assert picture.get("viewBox").split()[2:] == [picture.get("width"), picture.get("height")]


def test_the_picture_speaks_the_language_of_the_reader():
    named = PLAIN.replace('name="A"', 'name="核实" zz:en="Verify"').replace(
        'id="s_a"', 'id="s_a" name="开始" zz:en="go"'
    )
    words = {"zh-hans": ["开始", "核实"], "en": ["Verify", "go"]}
    for language, expected in words.items():
        with translation.override(language):
            assert sorted(one.text for one in svg(text(named)).iter("text")) == expected
    with translation.override("en"):
        unnamed = svg(text(PLAIN.replace('name="A"', 'name="核实"')))
    assert [one.text for one in unnamed.iter("text")] == ["核实"]  # without an English name the Chinese one


@pytest.mark.parametrize("key", sorted(shipped()))
def test_a_shipped_procedure_has_no_chinese_word_in_its_english_picture(key):
    with translation.override("en"):
        words = [one.text for one in svg(shipped()[key].encode()).iter("text")]
    assert words
    assert not [word for word in words if any("\u4e00" <= sign <= "\u9fff" for sign in word)]


def test_the_words_of_a_step_stand_over_the_timers_that_hang_on_it():
    def height(body: str) -> float:
        step = next(group for group in svg(text(body)).iter("g") if group.get("class") == "step")
        return float(step.find("text").get("y")) - float(step.find("rect").get("y"))

    assert height(PLAIN + timer("t", "a", days="1") + flow("t", "e")) == height(PLAIN) - 9
