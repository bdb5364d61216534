"""``zhizao outlook target``: probabilities as of a day; later data are never read; bad input is one line."""

from __future__ import annotations

import math
from pathlib import Path

import polars as pl
import pytest

from zhizao import cli

HEAD = "target,kind,series,span,bound,value\n"
TARGETS = HEAD + "low,total,a,2024,ge,1000\nhigh,total,a,2024,ge,5000\nmiddle,total,a,2024,ge,1500\n"


def figures(*, last: str = "2024-12", series: tuple[str, ...] = ("a", "b")) -> str:
    rows = []
    for number, name in enumerate(series):
        for month in range(72):
            span = f"{2019 + month // 12}-{month % 12 + 1:02}"
            wave = 1 + 0.1 * math.sin(month / 12 * 2 * math.pi) + 0.03 * math.sin(month * (number + 2.3))
            if span <= last:
                rows.append(f"{name},{span},{100 * 1.004**month * wave:.6f}")
    return "series,span,value\n" + "\n".join(rows) + "\n"


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")

    def target(*options: str, panel="", targets=TARGETS, as_of="2024-06-30") -> tuple[int, Path, str]:
        out = tmp_path / "out.csv"
        out.unlink(missing_ok=True)
        (tmp_path / "panel.csv").write_text(panel or figures())
        (tmp_path / "targets.csv").write_text(targets)
        files = [str(tmp_path / "panel.csv"), "--targets", str(tmp_path / "targets.csv"), "--out", str(out)]
        with pytest.raises(SystemExit) as leaving:
            cli.main(["outlook", "target", *files, "--as-of", as_of, "--draws", "300", "--seed", "7", *options])
        return leaving.value.code or 0, out, capsys.readouterr().err

    return target


def test_each_target_has_its_probability_with_wilson_interval_and_counts(run):
    code, out, err = run()
    frame = pl.read_csv(out)
    assert code == 0
    assert frame.columns == ["target", "p", "p_lo", "p_hi", "hits", "draws"]
    assert frame["target"].to_list() == ["low", "high", "middle"]
    assert frame["p"].to_list()[:2] == [1, 0]
    assert (frame["p"] == frame["hits"] / frame["draws"]).all()
    assert (frame["p_lo"] <= frame["p"]).all()
    assert (frame["p"] <= frame["p_hi"]).all()
    assert "Not in it: revisions" in err


def test_what_is_later_than_the_day_is_never_read(run):
    full = run()[1].read_bytes()
    assert run(panel=figures(last="2024-06"))[1].read_bytes() == full
    spoilt = figures().replace("a,2024-09,", "a,2024-09,not a number ")
    assert run(panel=spoilt)[1].read_bytes() == full


def test_the_same_seed_gives_the_same_bytes_and_another_other_draws(run):
    first = run()[1].read_bytes()
    assert run()[1].read_bytes() == first
    middle = HEAD + "m,total,a,2024,ge,1560\n"
    p = [pl.read_csv(run("--seed", seed, targets=middle, as_of="2023-12-31")[1])["p"][0] for seed in ("1", "2")]
    assert abs(p[0] - p[1]) < 0.15


def test_the_joint_probability_of_a_pillar_is_told_after_its_targets(run):
    targets = HEAD.strip() + ",pillar\nx,total,a,2024,ge,1000,growth\ny,total,b,2024,ge,9000,growth\n"
    frame = pl.read_csv(run(targets=targets)[1])
    assert frame["target"].to_list() == ["x", "y", "pillar:growth"]
    assert frame["p"].to_list() == [1, 0, 0]


def test_the_outside_view_is_shown_with_its_weight(run):
    _, out, _ = run("--outside-view")
    row = pl.read_csv(out).row(0, named=True)
    mixed = (1 - row["weight_outside"]) * row["p"] + row["weight_outside"] * row["p_outside"]
    assert row["p_with_outside"] == pytest.approx(mixed, rel=1e-9)
    assert 0 < row["weight_outside"] < 1


def test_a_short_record_is_said(run):
    rows = figures().splitlines()
    short = "\n".join([rows[0], *(row for row in rows[1:] if row.split(",")[1] >= "2023-01")])
    _, _, err = run(panel=short)
    assert "The record is short" in err


def test_a_target_that_cannot_be_told_leaves_the_others_and_exit_code_1(run):
    code, out, err = run(targets=TARGETS + "old,total,a,2010,ge,1\n")
    assert code == 1
    assert "Target old cannot be told" in err
    assert "old" not in pl.read_csv(out)["target"].to_list()


def test_a_series_that_is_wrong_by_itself_is_named_and_the_others_done(run):
    code, out, err = run(panel=figures() + "c,2020-01,x\n")
    assert code == 0
    assert "Series c" in err
    assert out.exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"as_of": "soon"}, "“soon” is not a date"),
        ({"as_of": "2018-12-31"}, "had ended by 2018-12-31"),
        ({"targets": HEAD + "t,total,z,2024,ge,1\n"}, "targets.csv, row 2, column series"),
        ({"targets": HEAD + "t,sum,a,2024,ge,1\n"}, "“sum” is none of total"),
        ({"targets": HEAD + "t,growth,a,2024,ge,8\n"}, "Write 45% or 0.45."),
        ({"targets": "target,kind\nt,total\n"}, "Column series is missing"),
        ({"targets": ""}, "empty"),
        ({"panel": "series,span\na,2024-01\n"}, "Column value is missing"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(run, changed, said):
    code, out, err = run(**changed)
    assert code == 2
    assert said in err
    assert "Traceback" not in err
    assert not out.exists()
