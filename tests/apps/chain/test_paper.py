"""The meeting paper: the same file gives the same bytes; it says what is known, what is not, and what is simulated."""

from __future__ import annotations

import io
from datetime import timedelta

import docx
import pytest
from django.urls import reverse
from django.utils.translation import override
from tests.apps.chain.drawn import draw, sell

from zhizao.apps.chain import services
from zhizao.apps.chain.file_data import chain_file
from zhizao.apps.chain.map_data import Known, chain_map
from zhizao.apps.chain.paper import paper
from zhizao.apps.registry import queries as registry
from zhizao.base.facts.queries import today

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def drawn(area):
    return draw(area)


@pytest.fixture
def made(drawn, office):
    """``made(known)``: the paper's bytes."""

    def make(known: Known | None = None) -> bytes:
        seen = registry.view()
        known = known or Known()
        file = chain_file(office, chain_map(office, drawn.view(), seen, known), seen)
        return paper(file, known, source="source")

    return make


def read(data: bytes) -> tuple[list[str], list[list[list[str]]]]:
    """The paragraphs and the tables of a document."""
    file = docx.Document(io.BytesIO(data))
    return [line.text for line in file.paragraphs], [
        [[cell.text for cell in row.cells] for row in table.rows] for table in file.tables
    ]


def test_the_same_file_gives_the_same_bytes(made):
    assert made() == made()


def test_every_node_stands_in_the_table_and_unknown_risk_is_no_zero(made, drawn):
    _lines, tables = read(made(Known(nodes={drawn.nodes["模组"].key: (0.123, "run:/1")})))
    rows = {row[0]: row[1:] for row in tables[0][1:]}
    assert next(iter(rows)) == "模组"
    assert rows["模组"] == ["Midstream", "3", "2（甲区乙模组有限公司, 甲区丙模组有限公司）", "several", "0.12"]
    assert rows["天线"] == ["Upstream", "1", "0", "nobody here", "—unknown"]
    assert rows["门店"][2] == "—"


def test_enterprises_stand_by_risk(made, drawn):
    firms = drawn.firms
    known = Known(firms={firms["甲区甲芯片有限公司"].pk: 0.1, firms["甲区丁整机有限公司"].pk: 0.3})
    _lines, tables = read(made(known))
    assert [row[1:] for row in tables[1][1:]] == [["甲区丁整机有限公司", "0.30"], ["甲区甲芯片有限公司", "0.10"]]


def test_what_no_open_matter_names_is_to_be_decided(made, drawn, office):
    services.open_matter(actor=office, chain=drawn.chain, title="为天线找厂", owner="张三", due_on=today())
    lines, _tables = read(made())
    asked = [line for line in lines if line.endswith("who looks after it, by when?")]
    assert [line.split(" ")[1] for line in asked] == ["芯片", "整机"]


def test_an_overdue_matter_is_said_to_be(made, drawn, office):
    services.open_matter(
        actor=office, chain=drawn.chain, title="为天线找厂", owner="张三", due_on=today() - timedelta(days=3)
    )
    _lines, tables = read(made())
    assert tables[-1][1][:2] == ["为天线找厂", "张三"]
    assert tables[-1][1][3] == "overdue"


def test_a_paper_with_simulated_figures_says_so(made, drawn):
    assert "simulated" not in read(made())[0][1]
    sell(drawn.firms["甲区甲芯片有限公司"], drawn.firms["甲区乙模组有限公司"], simulated=True)
    assert read(made())[0][1].endswith("with simulated figures")


def test_a_chain_without_leader_or_matter_says_so(made):
    lines, _tables = read(made())
    assert "No leader is recorded." in lines
    assert "No matter is recorded." in lines


def test_the_download_is_a_word_document_named_by_chain_and_day(drawn, office, browse):
    answer = browse(office).get(reverse("chain:paper", args=[drawn.chain.id_part]))
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    assert ".docx" in answer["Content-Disposition"]
    assert read(answer.content)[0][0]
