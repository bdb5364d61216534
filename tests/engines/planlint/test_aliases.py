"""Other names of listed enterprises: who may be meant by a name, and that two legal entities are never one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.planlint.work import calls

from zhizao.engines.planlint import aliases
from zhizao.engines.planlint.document import load
from zhizao.engines.planlint.schema import Record, Rows
from zhizao.kernel import names

REGION = {"region": {"name": "云岭州青禾县"}}
LISTED = (
    "云岭维禾移动通信有限公司",
    "云岭山茶制冷设备有限公司",
    "云岭山茶通用制冷设备有限公司",
    "云岭泉工机床（集团）有限责任公司",
    "云岭烟草工业有限责任公司青禾卷烟厂",
    "云岭市丰友乳品二厂有限公司",
    "博林电气股份有限公司",
    "云岭华霜天成混凝土有限公司",
    "青禾竹心·麦林门业有限公司",
)


def listed(*more: str) -> list[Record]:
    return [{"name": name, "line": line} for line, name in enumerate((*LISTED, *more), start=100)]


def resolved(text: str = "", *, more: tuple[str, ...] = (), **tables: list[Record]) -> dict[str, list[tuple[str, str]]]:
    """For each alias the enterprises that it may mean, with the confidence."""
    rows: dict[str, list[Record]] = {"enterprises": listed(*more), **tables}
    document = load(text.encode()) if text else None
    found: dict[str, list[tuple[str, str]]] = {}
    for row in aliases.read(rows, REGION, document):
        found.setdefault(str(row["alias"]), []).append((str(row["canonical"]), str(row["confidence"])))
    return found


def in_cell(*printed: str, more: tuple[str, ...] = ()) -> dict[str, list[tuple[str, str]]]:
    return resolved(more=more, land=[{"enterprise": name, "line": line} for line, name in enumerate(printed, start=1)])


@pytest.mark.parametrize(
    ("printed", "confidence"),
    [
        ("青禾竹心.麦林门业有限公司", "1"),
        ("青禾竹心‧麦林门业有限公司", "1"),
        ("云岭泉工机床(集团)有限责任公司", "1"),
        ("维禾移动通信（云岭）公司", "0.95"),
        ("维禾移动通信有限公司", "0.95"),
        ("维禾移动通信（云岭公司）", "0.95"),
        ("云岭泉工机床集团", "0.95"),
        ("博林电气公司", "0.95"),
        ("博林电气有限公司", "0.7"),
        ("云岭泉工机床有限责任公司", "0.7"),
        ("维禾移动", "0.9"),
        ("麦林门业", None),
        ("维禾通信", "0.75"),
        ("博林电器", "0.6"),
        ("云岭丰友乳品", "0.6"),
        ("维禾", "0.5"),
        ("青禾卷烟厂", "0.8"),
    ],
)
def test_a_name_in_a_cell_is_as_sure_as_what_it_shares(printed, confidence):
    found = in_cell(printed).get(printed)
    assert (found[0][1] if found else None) == confidence


@pytest.mark.parametrize(
    "other",
    [
        "云岭山茶电器有限公司",  # the same brand, another company
        "北江山茶制冷设备有限公司",  # the same words, of another place
        "云岭烟草工业有限责任公司",  # the parent of a listed branch
        "云岭烟草工业有限责任公司甘溪卷烟厂",  # a branch beside it
        "云岭维禾移动通信有限公司第一分公司",  # a branch of a listed company
        "维禾移动通信软件有限公司",  # a longer name
        "山茶",  # of nobody alone
    ],
)
def test_two_legal_entities_are_never_one(other):
    assert not [row for row in in_cell(other).get(other, []) if Decimal(row[1]) >= aliases.SURE]


def test_members_of_one_group_stay_apart():
    found = in_cell("山茶制冷", "山茶通用")
    assert found == {
        "山茶制冷": [("云岭山茶制冷设备有限公司", "0.9")],
        "山茶通用": [("云岭山茶通用制冷设备有限公司", "0.9")],
    }


def test_a_group_names_every_member_it_may_mean_and_is_none_of_them():
    rows = {"enterprises": listed(), "land": [{"enterprise": "山茶集团", "line": 7}]}
    found = aliases.read(rows, REGION)
    assert [(row["canonical"], row["confidence"]) for row in found] == [
        ("云岭山茶制冷设备有限公司", Decimal("0.4")),
        ("云岭山茶通用制冷设备有限公司", Decimal("0.4")),
    ]
    assert "or 云岭山茶通用制冷设备有限公司" in str(found[0]["note"])
    assert "山茶集团" not in aliases.known_names({**rows, "aliases": found})


def test_two_listed_companies_with_the_same_own_words_make_their_short_name_doubtful():
    found = in_cell("博林电气", more=("博林电气有限公司",))["博林电气"]
    assert [confidence for _, confidence in found] == ["0.4", "0.4"]


def test_owners_of_a_joint_project_are_told_apart():
    owner = "维禾移动通信公司、博林电气公司、外地公司"
    assert list(resolved(projects=[{"owner": owner, "line": 3}])) == ["维禾移动通信公司", "博林电气公司"]


def test_names_in_running_text_are_found_with_their_first_line():
    text = "以维禾移动通信、山茶制冷为代表。\n\n云岭维禾移动通信有限公司产值增长；维禾通信、维禾等企业带动。\n"
    rows = aliases.read({"enterprises": listed()}, REGION, load(text.encode()))
    assert {(row["alias"], row["line"], str(row["confidence"])) for row in rows} == {
        ("维禾移动通信", 1, "0.95"),
        ("山茶制冷", 1, "0.9"),
        ("维禾通信", 3, "0.75"),
        ("维禾", 3, "0.8"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "发展高档数控机床、工业机床产业。",
        "建设混凝土、乳品、门业基地。",
        "山茶制冷剂研究院落户。",
        "引进维禾移动通信软件公司总部。",
        "华霜天气影响产量。",
        "推广博林电气化改造公司经验。",
    ],
)
def test_words_of_another_sense_and_longer_names_are_no_aliases(text):
    assert resolved(text) == {}


def test_two_characters_alone_are_believed_only_beside_a_longer_name():
    members = [{"member": "华霜", "member_type": "enterprise", "line": 9}]
    assert resolved(chain_members=members)["华霜"] == [("云岭华霜天成混凝土有限公司", "0.5")]
    assert resolved("华霜天成产能提升。", chain_members=members)["华霜"][0][1] == "0.8"


def test_a_product_that_is_all_of_a_name_is_followed_only_behind_its_place():
    found = resolved("支持云岭茶油等企业发展，做大竹炭、茶油、竹笋。", more=("云岭茶油有限公司",))
    assert found == {"云岭茶油": [("云岭茶油有限公司", "0.95")], "茶油": [("云岭茶油有限公司", "0.5")]}


def test_a_shop_or_a_base_in_a_chain_graph_is_no_enterprise():
    assert resolved(chain_members=[{"member": "山茶制冷", "member_type": "channel", "line": 9}]) == {}


def test_without_a_list_of_enterprises_the_longest_other_list_gives_the_names():
    rows: Rows = {
        "enterprises": [],
        "land": [{"enterprise": name, "line": 1} for name in LISTED[:3]],
        "suppliers": [{"enterprise": "维禾移动通信公司", "line": 8}],
    }
    assert [row["canonical"] for row in aliases.read(rows, REGION)] == [LISTED[0]]


def test_nothing_is_said_where_nothing_is_listed():
    assert aliases.read({"enterprises": [], "land": []}, {}) == []


PIECES = st.sampled_from(
    ["云岭", "维禾", "山茶", "制冷", "移动", "通信", "设备", "（集团）", "有限公司", "公司", "二厂", "分公司"]
)
NAMES = st.lists(PIECES, min_size=1, max_size=5).map("".join)


@given(st.lists(NAMES, min_size=1, max_size=8), st.lists(NAMES, max_size=8), st.lists(NAMES, max_size=4))
def test_every_alias_is_of_the_list_and_a_name_of_two_says_so(registered, printed, spoken):
    rows: dict[str, list[Record]] = {
        "enterprises": [{"name": name, "line": 1} for name in registered],
        "land": [{"enterprise": name, "line": 2} for name in printed],
    }
    found = aliases.read(rows, REGION, load(("、".join(["本地企业", *spoken]) + "等。\n").encode()))
    meant: dict[str, set[Any]] = {}
    for row in found:
        assert row["canonical"] in registered
        assert row["alias"] != row["canonical"]
        meant.setdefault(names.normalise(str(row["alias"])), set()).add(row["canonical"])
    own = {names.normalise(name): name for name in registered}
    for row in found:
        alias = names.normalise(str(row["alias"]))
        if len(meant[alias]) > 1:
            assert "or " in str(row["note"]) and row["confidence"] < aliases.SURE
        if alias in own:
            assert names.normalise(str(row["canonical"])) == alias


def test_twice_the_names_are_twice_the_work():
    syllables = "安博昌达恩方光海宏嘉金科立明能普启瑞盛泰"

    def work(count: int) -> int:
        made = ["".join(syllables[(number // 20**place) % 20] for place in range(4)) for number in range(count)]
        rows: dict[str, list[Record]] = {
            "enterprises": [{"name": f"云岭{name}机械有限公司", "line": 1} for name in made],
            "suppliers": [{"enterprise": f"{name}机械公司", "line": 2} for name in made],
        }
        text = "\n".join(f"支持{name}机械、{name}等企业发展。" for name in made)
        found: list[Record] = []
        names.normalise.cache_clear()
        counted = calls(lambda: found.extend(aliases.read(rows, REGION, load(text.encode()))))
        assert sum(str(row["alias"]).endswith("机械公司") for row in found) == count
        assert len({row["canonical"] for row in found}) == count
        return counted

    assert work(800) < 2.2 * work(400)
