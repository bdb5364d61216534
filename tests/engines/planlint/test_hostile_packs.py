"""Packs that somebody has written by hand, or to do harm: refused with the cell, or read, never half."""

from __future__ import annotations

import csv
import io
import itertools
import os
import shutil
import signal
import subprocess
import sys

import pytest
import yaml

from zhizao.engines.planlint import read_document, read_pack, write_pack
from zhizao.engines.planlint.checking import check
from zhizao.engines.planlint.facts import facts_of
from zhizao.engines.planlint.pack import recover
from zhizao.kernel.result import Refused

PLAN = """青禾区制造业发展规划（2026—2030年）
\t指标\n\t单位\n\t2025年\n\t2030年\n\t年均增长

\t工业总产值\n\t亿元\n\t{base}\n\t{target}\n\t{growth}

附件 重点项目库
\t序号\t项目名称\t建设单位\t总投资（万元）\t开工时间\t竣工时间
\t1\t齿轮线改造\t青禾齿轮厂\t{target}\t2026\t2027

到2030年，工业总产值达到{target}亿元，比2025年的{base}亿元年均增长{growth}。
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("written") / "pack"
    write_pack(read_document(PLAN.format(base="10", target="20", growth="14.9%").encode()), path)
    return path


@pytest.fixture
def pack(written, tmp_path):
    return shutil.copytree(written, tmp_path / "pack")


def refused(pack) -> list[str]:
    with pytest.raises(Refused) as refusal:
        read_pack(pack)
    return [problem.code for problem in refusal.value.problems]


def bomb() -> str:
    levels = "".join(
        f"{letter}: &{letter} [{', '.join([f'*{before}'] * 9)}]\n" for before, letter in itertools.pairwise("abcdefgh")
    )
    return f"a: &a [x, x, x, x, x, x, x, x, x]\n{levels}plan: {{id: x, title: *h}}\n"


@pytest.mark.parametrize(
    "descriptor",
    [bomb(), "plan: " + "[" * 600, "plan: &a\n  id: x\n  me: *a\n", "plan: !!python/object/apply:os.getcwd []\n"],
    ids=["references", "nesting", "a circle", "a tag"],
)
def test_a_descriptor_made_to_swell_to_nest_or_to_run_is_damaged(pack, descriptor):
    (pack / "datapackage.yaml").write_text(descriptor)
    assert refused(pack) == ["planlint.descriptor"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("period", "2026–2030"),
        ("period", {"start": -5, "end": 2030}),
        ("period", {"start": 2030, "end": 2026}),
        ("region", ["青禾区"]),
        ("region", "青禾区"),
        ("base_year", "NaN"),
        ("base_year", float("nan")),
        ("base_year", 10**30),
        ("issuer", 5),
        ("title", {"zh": "规划"}),
        ("parent_plans", {"a": 1}),
    ],
)
def test_a_value_that_the_plan_cannot_have_is_refused_by_its_name(pack, name, value):
    descriptor = yaml.safe_load((pack / "datapackage.yaml").read_text())
    descriptor["plan"][name] = value
    (pack / "datapackage.yaml").write_text(yaml.safe_dump(descriptor, allow_unicode=True))
    with pytest.raises(Refused) as refusal:
        read_pack(pack)
    (problem,) = refusal.value.problems
    assert (problem.code, problem.params["name"]) == ("planlint.descriptor_value", name)


def test_what_a_descriptor_does_not_say_is_unknown(pack):
    (pack / "datapackage.yaml").write_text("plan: {title: 规划}\n")
    plan = read_pack(pack)
    assert plan.meta["title"] == "规划"
    assert plan.meta["region"] is plan.meta["id"] is plan.meta["period"] is None
    check(facts_of(plan))


def test_a_pack_as_written_has_no_references(pack):
    assert read_pack(pack).meta["period"]["end"] == 2030
    assert "*id" not in (pack / "datapackage.yaml").read_text()


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("base_value", "1e400"),
        ("base_value", "1e-400"),
        ("target_value", "9.9E+999999"),
        ("growth_stated_pct", "1e300"),
        ("target_year", "1e999999"),
        ("target_year", "99999"),
        ("base_year", "-2025"),
        ("base_year", "0"),
        ("base_value", "Infinity"),
        ("line", "1e30"),
    ],
)
def test_a_figure_that_no_plan_has_is_refused_with_its_cell(pack, column, cell):
    rows = list(csv.reader(io.StringIO((pack / "indicators.csv").read_text(encoding="utf-8"))))
    rows[1][rows[0].index(column)] = cell
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    (pack / "indicators.csv").write_text(stream.getvalue(), encoding="utf-8")
    with pytest.raises(Refused) as refusal:
        read_pack(pack)
    (problem,) = refusal.value.problems
    assert (problem.code, problem.place.row, problem.place.column) == ("planlint.cell_type", 2, column)


ABSURD = [
    ("0." + "0" * 40 + "1", "9" * 40, "10%"),
    ("10", "9" * 5_000, "10%"),
    ("0." + "0" * 5_000 + "1", "20", "10%"),
    ("10", "20", "9" * 400 + "%"),
    ("9" * 20 + "万亿", "9" * 20 + "亿", "10%"),
    ("NaN", "Infinity", "1e400"),
    ("0", "-0", "-250%"),
]


@pytest.mark.parametrize(("base", "target", "growth"), ABSURD, ids=range(len(ABSURD)))
def test_a_document_with_absurd_figures_is_read_checked_written_and_read_back(tmp_path, base, target, growth):
    reading = read_document(PLAN.format(base=base, target=target, growth=growth).encode())
    check(facts_of(reading))
    write_pack(reading, tmp_path / "pack")
    check(facts_of(read_pack(tmp_path / "pack")))


def test_a_figure_that_is_not_taken_is_an_error_at_its_line():
    reading = read_document(PLAN.format(base="10", target="9" * 40, growth="10%").encode())
    assert [row["target_value"] for row in reading.rows["indicators"]] == [None]
    assert [row["total_wan_yuan"] for row in reading.rows["projects"]] == [None]
    lines = [problem.place.line for problem in reading.problems if problem.code == "planlint.figure_impossible"]
    assert {reading.rows["indicators"][0]["line"], reading.rows["projects"][0]["line"]} <= set(lines)


def test_an_interrupt_between_the_two_moves_leaves_the_old_pack(pack, monkeypatch):
    (pack / "corrections.csv").write_text("decided\n")
    rename, moves = type(pack).rename, []

    def interrupted(self, target):
        moves.append(self.name)
        if moves == ["pack", "new"]:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(type(pack), "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_pack(read_document(PLAN.format(base="10", target="30", growth="1%").encode()), pack)
    assert moves[:2] == ["pack", "new"]
    assert (pack / "corrections.csv").read_text() == "decided\n"
    assert str(read_pack(pack).rows["indicators"][0]["target_value"]) == "20"


KILLED = """
import os, signal, sys
from pathlib import Path
from zhizao.engines.planlint import read_pack, write_pack
rename, left = Path.rename, [int(sys.argv[2])]
def killed(self, target):
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    return rename(self, target)
Path.rename = killed
write_pack(read_pack(Path(sys.argv[1])), Path(sys.argv[1]))
"""


@pytest.mark.parametrize("moves", [0, 1])
def test_a_pack_whose_writing_was_killed_is_whole_when_it_is_next_used(pack, moves):
    (pack / "corrections.csv").write_text("decided\n")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    killed = subprocess.run([sys.executable, "-c", KILLED, str(pack), str(moves)], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    recover(pack)
    assert (pack / "corrections.csv").read_text() == "decided\n"
    assert str(read_pack(pack).rows["indicators"][0]["target_value"]) == "20"
    assert [entry.name for entry in pack.parent.iterdir()] == ["pack"]
