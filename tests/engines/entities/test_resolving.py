"""Names to entities: invented firms, 632 labelled names, and the names that the shipped plan uses for its firms.

``pairs.csv``: ``entity`` empty means that no firm of ``register.csv`` may be matched. The weights and words were looked
at with the half ``tune`` only; ``hold`` has places, trade names and industries of its own.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizao.engines.entities import CONFLICTS, REASONS, Conflict, Kind, resolve
from zhizao.engines.entities.parts import key
from zhizao.kernel.result import Refused

HERE = Path(__file__).parent
PACK = Path(__file__).parents[3] / "src/zhizao/packs/nanan"
REGISTER = pl.read_csv(HERE / "register.csv")
PAIRS = pl.read_csv(HERE / "pairs.csv")


def judged(queries: list[str], names: list[str]) -> list[tuple[str | None, str, str]]:
    """Name found, reason or conflict, decision, of the best row of each query."""
    register = pl.DataFrame({"entity": names, "name": names})
    best = resolve(queries, register).group_by("row", maintain_order=True).first()
    rows = best.select("entity", "reason", "against", "decision").rows()
    return [(entity, ",".join(against) or reason or "", decision) for entity, reason, against, decision in rows]


def precision_and_recall(register: pl.DataFrame, pairs: pl.DataFrame) -> tuple[float, float]:
    found = resolve(pairs["query"].to_list(), register).filter(pl.col("decision") == "match")
    joined = pairs.with_row_index("row").join(found.select("row", found="entity"), on="row", how="left")
    right = (joined["found"] == joined["entity"]).sum()
    return right / found.height, right / joined["entity"].drop_nulls().len()


@pytest.mark.parametrize("half", ["tune", "hold"])
def test_matches_are_right_and_most_names_are_matched(half: str) -> None:
    precision, recall = precision_and_recall(REGISTER, PAIRS.filter(pl.col("half") == half))
    assert precision >= 0.99
    assert recall >= 0.9


def test_no_firm_of_a_group_is_taken_for_another() -> None:
    """Every labelled name of a firm that the register has not: doubtful at most."""
    strangers = PAIRS.filter(pl.col("entity").is_null())
    assert strangers.height > 200
    found = resolve(strangers["query"].to_list(), REGISTER)
    assert found.filter(pl.col("decision") == "match")["query"].to_list() == []


def test_names_of_the_shipped_plan_are_matched() -> None:
    """The pack's aliases of confidence 0.75 and more are certain; those below are doubtful, and one firm at most is."""
    register = pl.read_csv(PACK / "enterprises.csv").select(entity="name", name="name")
    aliases = pl.read_csv(PACK / "aliases.csv").select("confidence", query="alias", entity="canonical")
    precision, recall = precision_and_recall(register, aliases.filter(pl.col("confidence") >= 0.75))
    assert precision >= 0.99
    assert recall >= 0.9
    doubtful = aliases.filter(pl.col("confidence") <= 0.4)["query"].unique().to_list()
    assert set(resolve(doubtful, register)["decision"]) == {"review"}


@pytest.mark.parametrize("half", [0, 1])
def test_firms_of_the_shipped_plan_that_the_register_has_not_are_not_taken_for_others(half: int) -> None:
    """Every second firm is left out of the register; its name and what the plan calls it then mean nobody."""
    names = pl.read_csv(PACK / "enterprises.csv")["name"].to_list()
    left_out = names[half::2]
    aliases = pl.read_csv(PACK / "aliases.csv").filter(pl.col("canonical").is_in(left_out))["alias"].to_list()
    known = names[1 - half :: 2]
    found = resolve([*left_out, *aliases], pl.DataFrame({"entity": known, "name": known}))
    assert len(aliases) > 30
    assert found.filter(pl.col("decision") == "match").height == 0


@pytest.mark.parametrize(
    ("query", "known", "reason", "decision"),
    [
        ("乙丙精密机械（集团）有限公司", "乙丙精密机械(集团) 有限公司", "name", "match"),
        ("乙丙精密机械有限责任公司", "乙丙精密机械有限公司", "core", "match"),
        ("乙丙精密", "乙丙精密机械有限公司", "head", "match"),
        ("乙丙机械", "乙丙精密机械有限公司", "abbreviation", "match"),
        ("乙丙股份", "乙丙精密机械股份有限公司", "head", "match"),
        ("乙丙股份", "乙丙精密机械有限公司", "form", "review"),
        ("已丙精密机械有限公司", "乙丙精密机械有限公司", "sound", "match"),
        ("乙丙精密机诫有限公司", "乙丙精密机械有限公司", "look", "match"),
        ("丙乙精密机械有限公司", "乙丙精密机械有限公司", "swap", "match"),
        ("乙丙精密机城有限公司", "乙丙精密机械有限公司", "character", "review"),
        ("乙丙精密密机械有限公司", "乙丙精密机械有限公司", "slip", "match"),
        ("Yibing Precision Machinery Co., Ltd.", "乙丙精密机械有限公司", "latin", "match"),
        ("Yibing Food Co., Ltd.", "乙丙精密机械有限公司", "trade", "review"),
        ("乙丙精密机械股份有限公司", "乙丙精密机械有限公司", "form", "review"),
        ("乙丙精密机械集团有限公司", "乙丙精密机械有限公司", "group", "review"),
        ("乙丙精密机械（重庆）有限公司", "乙丙精密机械（成都）有限公司", "place", "review"),
        ("乙丙精密机械有限公司", "乙丙精密机械（重庆）有限公司", "local", "review"),
        ("乙丙精密机械有限公司重庆分公司", "乙丙精密机械有限公司", "longer,branch", "none"),
        ("乙丙二厂精密机械有限公司", "乙丙一厂精密机械有限公司", "number", "review"),
        ("乙丙AB机械有限公司", "乙丙AC机械有限公司", "number", "review"),
        ("乙丙电器有限公司", "乙丙电气有限公司", "word", "review"),
        ("新乙丙机械有限公司", "乙丙机械有限公司", "longer", "review"),
        ("乙丙", "乙丙丁戊机械有限公司", "partial", "review"),
        ("己庚食品有限公司", "乙丙精密机械有限公司", "", "none"),
    ],
)
def test_each_kind_of_spelling_has_its_reason(query: str, known: str, reason: str, decision: str) -> None:
    name, why, decided = judged([query], [known])[0]
    assert decided == decision
    assert (name, why) == ((known, reason) if decision != "none" else (None, ""))


def test_a_name_that_fits_two_is_a_match_for_neither() -> None:
    register = pl.DataFrame({"entity": ["e1", "e2"], "name": ["乙丙门业有限公司", "乙丙印务有限公司"]})
    found = resolve(["乙丙"], register)
    assert found.select("entity", "decision").rows() == [("e1", "review"), ("e2", "review")]
    assert found["against"].to_list() == [["ambiguous"], ["ambiguous"]]
    assert found["score"].sum() < 1


def test_one_name_of_two_entities_is_doubtful() -> None:
    """The same registered name under two ids: a duplicate, or a former name that another firm took over."""
    register = pl.DataFrame(
        {"entity": ["e1", "e2"], "name": ["乙丙门业有限公司"] * 2, "kind": ["registered", "former"]}
    )
    assert set(resolve(["乙丙门业有限公司"], register)["decision"]) == {"review"}


def test_former_short_and_english_names_lead_to_the_entity() -> None:
    names = ["乙丙门业有限公司", "丁戊木器厂", "乙门", "YB Doors Co., Ltd."]
    register = pl.DataFrame({"entity": ["e1"] * 4, "name": names, "kind": ["registered", "former", "short", "english"]})
    found = resolve(["丁戊木器厂", "乙门", "YB DOORS CO. LTD"], register)
    assert found["entity"].to_list() == ["e1"] * 3
    assert found["kind"].to_list() == ["former", "short", "english"]
    assert set(found["decision"]) == {"match"}


def test_a_unit_is_found_by_its_own_name_and_is_not_the_company_above_it() -> None:
    unit = "重庆乙丙工业有限责任公司重庆卷烟厂"
    assert judged(["重庆卷烟厂", "重庆乙丙工业有限责任公司"], [unit]) == [
        (unit, "core", "match"),
        (None, "", "none"),
    ]


def test_names_without_a_trade_name_are_nobodys() -> None:
    found = resolve(["", " ", "有限公司", "集团", "重庆市", "1", "（）"], REGISTER)
    assert set(found["decision"]) == {"none"}
    assert found["row"].to_list() == list(range(7))


def test_the_answer_does_not_depend_on_other_names_asked() -> None:
    queries = PAIRS["query"].to_list()[::17]
    together = resolve(queries, REGISTER).drop("row")
    alone = pl.concat([resolve([query], REGISTER).drop("row") for query in queries])
    assert together.equals(alone)


def test_an_empty_register_has_none() -> None:
    empty = pl.DataFrame(schema={"entity": pl.String, "name": pl.String})
    assert resolve(["乙丙"], empty)["decision"].to_list() == ["none"]
    assert resolve([], REGISTER).height == 0


def test_a_register_with_faults_is_refused_with_every_place() -> None:
    bad = pl.DataFrame(
        {"entity": ["e1", "", "e3"], "name": ["乙丙", "丁戊", " "], "kind": ["registered", "short", "nick"]}
    )
    with pytest.raises(Refused) as refused:
        resolve(["乙丙"], bad)
    assert [(p.code, p.place.row) for p in refused.value.problems] == [
        ("entities.empty", 2),
        ("entities.empty", 3),
        ("entities.kind", 3),
    ]
    with pytest.raises(Refused, match="no column “entity”"):
        resolve(["乙丙"], pl.DataFrame({"name": ["乙丙"]}))


def test_every_reason_and_conflict_has_words() -> None:
    assert set(REASONS) == set(Kind)
    assert set(CONFLICTS) == set(Conflict)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_registered_name_is_its_own_entity_however_it_is_typed(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, REGISTER.height - 1))
    name, entity = REGISTER["name"][place], REGISTER["entity"][place]
    at = data.draw(st.integers(0, len(name)))
    typed = (name[:at] + data.draw(st.sampled_from([" ", "　", ""])) + name[at:]).replace("（", "(")
    assert key(typed) == key(name)
    assert resolve([typed], REGISTER).select("entity", "decision").rows() == [(entity, "match")]


def test_a_text_too_long_for_a_name_is_compared_with_none() -> None:
    found = resolve(
        ["有限公司" * 50_000, "乙丙门业有限公司"], pl.DataFrame({"entity": ["e"], "name": ["乙丙门业有限公司"]})
    )
    assert found["decision"].to_list() == ["none", "match"]
