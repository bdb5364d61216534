"""``zhizao chain risk``: figures in full precision, what was noticed on stderr, one clear line for what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

import zhizao.cli

FIRMS = "firm,sector\na,01\nb,02\nc,03\n"
LINKS = "supplier,buyer,amount\na,b,10\nb,c,7\nb,c,3\n"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.delenv("ZHIZAO_LANG", raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    def call(firms: str = FIRMS, links: str = LINKS, *options: str, **files: str) -> tuple[int, str, str]:
        arguments = ["chain", "risk", "--out", str(tmp_path / "out.csv"), *options]
        for name, text in {"firms": firms, "links": links, **files}.items():
            path = tmp_path / f"{name}.csv"
            path.write_text(text, encoding="utf-8")
            arguments += [f"--{name}", str(path)]
        with pytest.raises(SystemExit) as left:
            zhizao.cli.main(arguments)
        out = tmp_path / "out.csv"
        return int(left.value.code or 0), out.read_text() if out.exists() else "", capsys.readouterr().err

    return call


def test_every_firm_has_a_row_in_full_precision(run):
    code, out, err = run()
    assert code == 0
    assert out == ("firm,esri,esri_down,esri_up,iterations\na,1.0,1.0,0.5,3\nb,1.0,0.5,1.0,2\nc,1.0,0.0,1.0,3\n")
    assert "closed economy" in err
    assert "1 links were given again" in err


def test_figures_are_written_as_python_reads_them_back(run):
    _code, out, _err = run("firm,sector,weight\na,1,1\nb,2,2\nc,3,4\n")
    assert out.splitlines()[2].split(",")[:4] == ["b", "1.0", repr((2 + 4) / 7), repr((1 + 2) / 7)]


def test_an_open_economy_is_not_called_closed(run):
    _code, out, err = run("firm,sector,revenue,cost\na,1,20,20\nb,2,20,20\nc,3,20,20\n")
    assert "closed" not in err
    assert out.splitlines()[1] == "a,0.75,0.75,0.5,3"


def test_a_joint_shock_writes_one_row(run):
    code, out, _err = run(shock="firm,down,up\nc,0,1\na,0.5,0\n")
    assert code == 0
    assert out.splitlines()[1:] == ["scenario,1.0,0.5,1.0,3"]


def test_pairs_that_the_table_leaves_out_are_essential_and_others_as_it_says(run):
    table = "supplier_sector,buyer_sector,essential\n01,02,0\n"
    assert run(essential=table)[1].splitlines()[1].startswith("a,0.5,0.5,0.5,")
    sevens = "supplier_sector,buyer_sector,essential\n1,2,0\n"  # 1 is not 01
    code, out, err = run(essential=sevens)
    assert (code, out.splitlines()[1][:4]) == (0, "a,1.")
    assert "2 sectors of the table of importance are those of no firm: 1, 2." in err


def test_stop_rules_and_market_are_options(run):
    links = LINKS + "a,c,1\n"
    firms = "firm,sector,market\na,01,x\nb,02,x\nc,03,x\n"
    assert run(firms, links, "--no-market", "--eps", "0.01", "--stop", "2")[0] == 0
    code, _out, err = run(FIRMS, LINKS, "--stop", "3")
    assert (code, err) == (2, "zhizao: The stop rule is 1 or 2. 1: greatest fall, 2: growth of the total.\n")
    assert run(FIRMS, LINKS, "--eps", "nan")[0] == 2


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"links": LINKS + "a,d,1\n"}, "links.csv, row 5, column buyer: “d” is not in the list of firms."),
        ({"links": LINKS + "a,b,-1\n"}, "links.csv, row 5, column amount: “-1” is below 0."),
        ({"links": LINKS + "a,b,nan\n"}, "links.csv, row 5, column amount: “nan” is not a number."),
        ({"links": LINKS + "a,b,many\n"}, "“many” is not a number."),
        ({"links": LINKS + "a,b\n"}, "links.csv, row 5, column amount: The cell is empty."),
        ({"links": LINKS + "a,b,1,1\n"}, "links.csv, row 5: The row has 4 cells, the header has 3."),
        ({"links": "supplier,buyer\na,b\n"}, "The column “amount” is missing; there are: supplier, buyer."),
        ({"links": "supplier,buyer,amount\n"}, "No firm has a weight"),
        ({"links": ""}, "links.csv: The file is empty."),
        ({"firms": FIRMS + "a,01\n"}, "firms.csv, row 5, column firm: “a” stands in row 2 already."),
        ({"firms": FIRMS + "Ａ,01\n"}, "firms.csv, row 5, column firm: “Ａ” is “a” of row 2, written in another way."),
        ({"firms": FIRMS + "d,\n"}, "firms.csv, row 5, column sector: The cell is empty."),
        (
            {"firms": "firm,sector,revenue\na,1,5\nb,2,\nc,3,5\n"},
            "firms.csv, row 3, column revenue: The cell is empty.",
        ),
        ({"firms": "firm,sector,weight\na,1,0\nb,2,0\nc,3,0\n"}, "No firm has a weight"),
        ({"firms": "firm,sector,weight\na,1,-1\nb,2,0\nc,3,0\n"}, "firms.csv, row 2, column weight: “-1” is below 0."),
        ({"essential": "supplier_sector,buyer_sector,essential\n01,02,3\n"}, "row 2, column essential: The importance"),
        ({"essential": "supplier_sector,buyer_sector,essential\n01,02,1\n01,02,0\n"}, "two different importances"),
        ({"shock": "firm,down,up\nx,1,1\n"}, "shock.csv, row 2, column firm: “x” is not in the list of firms."),
        ({"shock": "firm,down,up\na,1,1\na,1,1\n"}, "shock.csv, row 3, column firm: “a” stands here twice."),
        (
            {"shock": "firm,down,up\na,1.5,1\n"},
            "row 2, column firm: The loss of “a” is not between 0 and 1.",
        ),
    ],
)
def test_what_is_wrong_is_refused_with_its_place_and_nothing_is_written(run, files, said):
    code, out, err = run(**{"firms": FIRMS, "links": LINKS, **files})
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_amounts_of_nought_are_left_out_and_counted_and_self_loops_stay(run):
    code, out, err = run(links=LINKS + "c,a,0\na,a,10\n")
    assert code == 0
    assert "1 links of amount 0 were left out." in err
    assert out.splitlines()[1] == "a,1.0,1.0,0.6666666666666666,3"  # a sells 20 of 30: the loop counts


def test_a_file_that_is_not_there_is_named(run, tmp_path):
    code, _out, err = run(FIRMS, LINKS, "--essential", str(tmp_path / "none.csv"))
    assert (code, err) == (2, f"zhizao: {tmp_path / 'none.csv'}: No such file or directory\n")


def test_the_encodings_of_offices_are_read(run, tmp_path):
    for name, text in (("f", FIRMS.replace("a,", "甲,")), ("l", LINKS.replace("a,", "甲,"))):
        (tmp_path / f"{name}.csv").write_bytes(text.encode("gb18030"))
    with pytest.raises(SystemExit) as left:
        zhizao.cli.main(
            f"chain risk --firms {tmp_path / 'f.csv'} --links {tmp_path / 'l.csv'} --out {tmp_path / 'out.csv'}".split()
        )
    assert not left.value.code
    assert (tmp_path / "out.csv").read_text().splitlines()[1].startswith("甲,1.0")


def test_many_links_are_read_at_once_and_one_that_is_wrong_is_found_at_its_line(run):
    """Ten million go the same way, measured by hand: no Python object for each cell."""
    count, links = 3_000, 20_000
    firms = "firm,sector\n" + "".join(f"f{i},{i % 40:02}\n" for i in range(count))
    rows = [f"f{i * 7 % count},f{i * i % count},{1 + i % 9}000" for i in range(links)]
    head = "supplier,buyer,amount\n"
    code, out, err = run(firms, head + "\n".join(rows), "--eps", "0.01")
    assert (code, len(out.splitlines())) == (0, count + 1)
    assert "closed economy" in err
    code, out, err = run(firms, head + "\n".join([*rows, "f1,nobody,5"]))
    assert code == 2
    assert f"links.csv, row {links + 2}, column buyer: “nobody” is not in the list of firms." in err
