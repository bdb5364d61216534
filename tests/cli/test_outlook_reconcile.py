"""``zhizao outlook reconcile``: what is written adds up; bad input is one line and exit code 2, nothing written."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from zhizao import cli

BASE = "series,span,mean,lo80,hi80\nall,2025-01,10,8,12\na,2025-01,4,3,5\nb,2025-01,3,1,5\n"
TREE = "child,parent\na,all\nb,all\n"
RESIDUALS = "series,span,residual\n" + "".join(
    f"{series},2024-{month:02},{value}\n"
    for series, values in {"all": (2, -2, 1, -1), "a": (1, 1, -1, -1), "b": (-1, 1, -1, 1)}.items()
    for month, value in enumerate(values, start=1)
)


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")

    def reconcile(*options: str, base=BASE, tree=TREE, residuals="") -> tuple[int, Path, str]:
        out = tmp_path / "out.csv"
        out.unlink(missing_ok=True)
        (tmp_path / "base.csv").write_text(base)
        (tmp_path / "tree.csv").write_text(tree)
        more = []
        if residuals:
            (tmp_path / "res.csv").write_text(residuals)
            more = ["--residuals", str(tmp_path / "res.csv")]
        files = [str(tmp_path / "base.csv"), "--tree", str(tmp_path / "tree.csv"), "--out", str(out)]
        with pytest.raises(SystemExit) as leaving:
            cli.main(["outlook", "reconcile", *files, *more, *options])
        return leaving.value.code or 0, out, capsys.readouterr().err

    return reconcile


def means(out: Path) -> dict[str, float]:
    frame = pl.read_csv(out)
    return dict(zip(frame["series"], frame["mean"], strict=True))


def test_without_residuals_the_weights_are_the_numbers_of_leaves_and_it_says_so(run):
    code, out, err = run()
    assert code == 0
    assert means(out) == {"all": 8.5, "a": 4.75, "b": 3.75}
    assert "number of leaves" in err


def test_bounds_move_with_the_mean_and_columns_stay(run):
    _, out, _ = run()
    frame = pl.read_csv(out)
    assert frame.columns == ["series", "span", "mean", "lo80", "hi80"]
    assert frame.row(0) == ("all", "2025-01", 8.5, 6.5, 10.5)


def test_with_residuals_the_result_adds_up(run):
    code, out, err = run(residuals=RESIDUALS)
    found = means(out)
    assert (code, err) == (0, "")
    assert found["all"] == pytest.approx(found["a"] + found["b"], rel=1e-11)
    assert found["all"] != 8.5


def test_the_same_input_gives_the_same_bytes(run):
    first = run(residuals=RESIDUALS)[1].read_bytes()
    assert run(residuals=RESIDUALS)[1].read_bytes() == first


def test_a_held_level_stays(run):
    assert means(run("--hold", "0")[1])["all"] == 10
    assert means(run("--hold", "1", residuals=RESIDUALS)[1]) == {"all": 7, "a": 4, "b": 3}


def test_chosen_weights_tell_every_way_and_its_score(run):
    code, out, err = run("--weights", "chosen", residuals=RESIDUALS)
    assert code == 0
    assert out.exists()
    assert len(err.splitlines()) == 5


def test_not_negative(run):
    base = BASE.replace("all,2025-01,10,8,12", "all,2025-01,1,0,2").replace("b,2025-01,3,1,5", "b,2025-01,-3,-4,1")
    assert means(run(base=base)[1])["b"] < 0
    assert means(run("--not-negative", base=base)[1])["b"] == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"tree": "child,parent\na,all\nb,all\nall,a\n"}, "own ancestors: all, a"),
        ({"tree": "child,parent\na,all\nb,all\nc,all\n"}, "not forecast: c"),
        ({"tree": "child,parent\na,all\n"}, "nowhere in the tree: b"),
        ({"tree": "child,parent\na,all\nb,\n"}, "tree.csv, row 3"),
        ({"tree": "child,parent\na,all\na,all\nb,all\n"}, "“a” under “all” stands twice"),
        ({"tree": "kid,parent\na,all\n"}, "Column child is missing"),
        ({"base": BASE.replace("a,2025-01,4,", "a,2025-01,,")}, "base.csv, row 3, column mean"),
        ({"base": BASE.replace("a,2025-01,4,", "a,2025-01,nan,")}, "“nan” is no finite number"),
        ({"base": BASE + "a,2025-01,4,3,5\n"}, "“a” has 2025-01 twice"),
        ({"base": BASE + "a,2025-02,4,3,5\n"}, "no figure for 2025-02"),
        ({"base": "series,span,value\n"}, "Column mean is missing"),
        ({"base": ""}, "empty"),
        ({"residuals": RESIDUALS.replace("b,", "c,")}, "no residuals: b"),
        ({"residuals": RESIDUALS + "x,2024-01,1\nx,2024-02,1\nx,2024-03,1\nx,2024-04,1\n"}, "no forecast: x"),
        ({"residuals": "series,span,residual\na,2024-01,1\nb,2024-01,1\nall,2024-01,1\n"}, "fewer than 2"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(run, changed, said):
    code, out, err = run(**changed)
    assert code == 2
    assert said in err
    assert "Traceback" not in err
    assert not out.exists()


def test_a_level_that_is_not_there_and_weights_without_residuals_are_refused(run):
    for options in (("--hold", "7"), ("--weights", "shrink"), ("--weights", "chosen")):
        code, out, _ = run(*options)
        assert code == 2
        assert not out.exists()
