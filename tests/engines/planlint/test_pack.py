"""A plan pack on disk: round trip, same bytes, all or nothing, refusals that name every fault."""

from __future__ import annotations

import shutil
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from zhizao.engines.planlint import Reading, read_document, read_pack, write_pack
from zhizao.engines.planlint.schema import OPTIONAL, TABLES
from zhizao.kernel.result import Refused

DATA = (Path(__file__).parent / "qinghe.txt").read_bytes()


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read_document(DATA, file="qinghe.txt")


@pytest.fixture(scope="module")
def written(reading: Reading, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("written") / "pack"
    write_pack(reading, path)
    return path


@pytest.fixture
def pack(written: Path, tmp_path: Path) -> Path:
    return shutil.copytree(written, tmp_path / "pack")


def content(path: Path) -> dict[str, bytes]:
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


def codes(path: Path) -> set[str]:
    with pytest.raises(Refused) as refused:
        read_pack(path)
    return {problem.code for problem in refused.value.problems}


def test_a_pack_read_back_equals_the_reading(reading, pack):
    back = read_pack(pack)
    filled = {
        name: [{field.name: row.get(field.name) for field in TABLES[name]} for row in rows]
        for name, rows in reading.rows.items()
    }
    assert back.rows == filled
    assert back.meta == reading.meta
    assert all(back.tables[name].equals(frame) for name, frame in reading.tables.items())


def test_two_readings_give_the_same_bytes(pack, tmp_path):
    write_pack(read_document(DATA, file="qinghe.txt"), tmp_path / "again")
    assert content(pack) == content(tmp_path / "again")


def test_columns_are_those_of_the_issue_and_first(pack):
    first = {
        "indicators": "id,category,name,unit,base_year,base_value,target_year,target_value,bound,"
        "growth_stated_pct,nature,line",
        "projects": "sector,serial,name,owner,responsible_unit,nature,total_wan_yuan,before_wan_yuan,plan_wan_yuan,"
        "after_wan_yuan,start,finish,line",
        "enterprises": "serial,name,tier,industry,line",
        "land": "table,enterprise,land_mu,idle_mu,building_m2,demand_min_mu,demand_max_mu,line",
        "suppliers": "sector,enterprise,total,local,share_stated_pct,line",
        "chain_members": "chain,stage,node,member,line",
    }
    for name, columns in first.items():
        header = (pack / f"{name}.csv").read_text().split("\n", 1)[0]
        assert header.startswith(f"{columns},confidence"), name


@pytest.mark.parametrize("which", ["invented", "shipped"])
def test_a_pack_is_a_valid_frictionless_package(which, pack, monkeypatch):
    from frictionless import Package

    path = pack if which == "invented" else Path(str(files("zhizao") / "packs" / "nanan"))
    monkeypatch.chdir(path)
    descriptor = yaml.safe_load((path / "datapackage.yaml").read_text())
    package = Package.from_descriptor(descriptor)
    for resource in package.resources:
        report = resource.validate()
        assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])


def test_columns_of_the_newer_tables_are_those_of_the_issue_and_first(pack):
    first = {
        "claims": "subject,indicator,value,unit,span,kind,bound,section,quote,line",
        "aliases": "canonical,alias,line",
        "tasks": "id,section,task,lead_unit,indicator_ids,line",
    }
    for name, columns in first.items():
        assert (pack / f"{name}.csv").read_text().split("\n", 1)[0].startswith(f"{columns},"), name


@pytest.mark.parametrize("name", sorted(OPTIONAL))
def test_a_table_that_a_pack_may_lack_is_absent_and_not_empty(pack, name):
    (pack / f"{name}.csv").unlink()
    back = read_pack(pack)
    assert (back.rows[name], back.absent) == ([], {name})


def test_without_quotes_the_claims_say_the_same_and_no_clause_travels(reading, pack, tmp_path):
    write_pack(reading, tmp_path / "bare", quotes=False)
    with_quotes, without = (read_pack(path).rows["claims"] for path in (pack, tmp_path / "bare"))
    assert {row["quote"] for row in without} == {None} and all(row["quote"] for row in with_quotes)
    assert [row | {"quote": None} for row in with_quotes] == without


def test_the_descriptor_says_on_which_line_each_page_begins(tmp_path):
    reading = read_document(DATA, file="qinghe.txt")
    assert "source_pages" not in reading.meta
    paged = replace(reading, meta={**reading.meta, "source_pages": [1, 40]})
    write_pack(paged, tmp_path / "paged")
    assert read_pack(tmp_path / "paged").meta["source_pages"] == [1, 40]


def test_the_id_of_a_plan_is_the_same_in_its_next_version(reading):
    amended = read_document(DATA.replace(b"2.02", b"2.5"))
    assert amended.document.sha256 != reading.document.sha256
    assert amended.meta["id"] == reading.meta["id"]


def test_rows_by_the_thousand_are_written_and_read_back_in_order(reading, tmp_path):
    row = reading.rows["enterprises"][0]
    many = [{**row, "serial": number, "name": f"第{number}厂"} for number in range(3_000)]
    write_pack(replace(reading, rows={**reading.rows, "enterprises": many}), tmp_path / "many")
    assert [row["serial"] for row in read_pack(tmp_path / "many").rows["enterprises"]] == list(range(3_000))


def test_other_files_of_a_pack_survive_a_new_reading(reading, pack):
    (pack / "corrections.csv").write_text("id,field,value\n")
    write_pack(reading, pack)
    assert (pack / "corrections.csv").read_text() == "id,field,value\n"
    assert [path.name for path in pack.parent.iterdir()] == ["pack"]


def test_a_directory_with_something_else_in_it_is_left_alone(reading, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("dear")
    with pytest.raises(Refused, match="something other than a plan pack"):
        write_pack(reading, tmp_path / "letters")
    assert content(tmp_path) == {"letters/a.txt": b"dear"}


def test_a_failure_in_mid_writing_leaves_the_old_pack_whole(reading, pack, monkeypatch):
    before = content(pack)
    monkeypatch.setattr(
        "zhizao.engines.planlint.pack.yaml.safe_dump", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "full"))
    )
    with pytest.raises(Refused, match="cannot be written: full"):
        write_pack(reading, pack)
    assert content(pack.parent) == {f"pack/{name}": data for name, data in before.items()}


def test_a_missing_directory_is_refused(tmp_path):
    assert codes(tmp_path / "nowhere") == {"planlint.no_pack"}


def test_every_fault_of_a_pack_is_told_at_once(pack):
    (pack / "land.csv").unlink()
    for name, old, new in (("projects", "total_wan_yuan", "money"), ("suppliers", ",48,", ",many,")):
        file = pack / f"{name}.csv"
        file.write_text(file.read_text().replace(old, new, 1))
    (pack / "enterprises.csv").write_bytes(b'serial,name\n1,"open\n')
    (pack / "indicators.csv").write_text((pack / "indicators.csv").read_text().replace(",le,", ",about,"))
    assert codes(pack) == {
        "planlint.table_missing",
        "planlint.columns_missing",
        "planlint.cell_type",
        "tables.quotes",
    }


@pytest.mark.parametrize("descriptor", ["", "plan: [", "name: x", "plan: 3", "- a"])
def test_a_damaged_descriptor_is_refused(pack, descriptor):
    (pack / "datapackage.yaml").write_text(descriptor)
    assert codes(pack) == {"planlint.descriptor"}


def test_a_pack_moved_elsewhere_is_the_same_pack(pack, tmp_path):
    shutil.move(pack, tmp_path / "other")
    assert read_pack(tmp_path / "other").name == "other"
