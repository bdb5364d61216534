"""100,000 written names against 100,000 registered ones: ours against a brute-force search by edit similarity.

The peer is RapidFuzz: every name with every name (``cdist``, all cores), the best one taken from a similarity of 90 on.
It is timed on a part of the names and multiplied up, which is said; it knows no places, legal forms or sounds.
Run: ``python -m bench.entities [names]``.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from zhizao.engines.entities import resolve
from zhizao.engines.entities.evidence import sound
from zhizao.engines.entities.parts import trade_words
from zhizao.kernel import names

NAMES = 100_000
BUDGET_SECONDS = 60.0
PEER_QUERIES = 500
PEER_CUTOFF = 90.0
CHARACTERS = (
    "安邦宝博昌长成诚驰创达大德鼎东方飞丰福富高冠光广国海汉航浩和恒弘宏鸿华辉惠佳嘉建江杰捷金锦京晶精景巨聚凯康科"
    "坤兰力利立联隆龙禄绿伦罗马迈美民明铭南宁欧鹏普奇启强庆全仁荣瑞润森山上盛世双顺思泰腾天通同万威维伟文新信兴星"
    "旭轩雅阳耀亿毅益银永友宇玉元远悦云运泽展振正志智中众卓"
)
PLACES = ("重庆", "成都", "武汉", "长沙", "西安", "贵阳", "昆明", "南京", "杭州", "合肥")
FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司")


def invented(count: int, draw: np.random.Generator) -> list[tuple[str, str, str, str]]:
    """Place, trade name, trade, legal form of so many firms, no two with the same trade name and trade."""
    trades = sorted({word for word, _ in trade_words() if len(word) > 1} - {"销售"})
    found: dict[tuple[str, str], tuple[str, str, str, str]] = {}
    while len(found) < count:
        length = 2 if draw.random() < 0.4 else 3
        trade_name = "".join(draw.choice(list(CHARACTERS), length))
        trade = "".join(dict.fromkeys(draw.choice(trades, 2)))
        place, form = draw.choice(PLACES, p=[0.55, *[0.05] * 9]), str(draw.choice(FORMS))
        found.setdefault((trade_name, trade), (str(place), trade_name, trade, form))
    return list(found.values())


def written(firm: tuple[str, str, str, str], kind: str, draw: np.random.Generator, others: dict[str, str]) -> str:
    """A firm's name as someone writes it."""
    place, trade_name, trade, form = firm
    if kind == "sound":
        at = int(draw.integers(len(trade_name)))
        other = others.get(trade_name[at], trade_name[at])
        return f"{place}{trade_name[:at]}{other}{trade_name[at + 1 :]}{trade}{form}"
    if kind == "swap":
        return f"{place}{trade_name}{trade[1]}{trade[0]}{trade[2:]}{form}"
    return {
        "registered": f"{place}{trade_name}{trade}{form}",
        "place left out": f"{trade_name}{trade}{form}",
        "form left out": f"{place}{trade_name}{trade}",
        "short": f"{trade_name}{trade[:2]}",
        "pinyin": f"{names.pinyin(trade_name + trade).replace(' ', '').title()} Co., Ltd.",
        "stranger": f"{place}{trade_name[::-1]}号{trade}{form}",
    }[kind]


KINDS = ("registered", "place left out", "form left out", "short", "sound", "swap", "pinyin", "stranger")
SHARES = (0.3, 0.15, 0.15, 0.1, 0.1, 0.05, 0.05, 0.1)


def main() -> int:
    """Compare; 1 if the budget is passed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else NAMES
    draw = np.random.default_rng(1)
    firms = invented(count, draw)
    by_sound: dict[str, list[str]] = {}
    for character in CHARACTERS:
        by_sound.setdefault(sound(character), []).append(character)
    others = {a: b for group in by_sound.values() for a, b in zip(group, group[1:] + group[:1], strict=True) if a != b}
    kinds = draw.choice(KINDS, count, p=SHARES)
    queries = [written(firms[i], kinds[i], draw, others) for i in range(count)]
    register = pl.DataFrame({"entity": [str(i) for i in range(count)], "name": ["".join(firm) for firm in firms]})
    cpu, wall = time.process_time(), time.perf_counter()
    found = resolve(queries, register)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    told(found, queries, kinds)
    peer_cpu, peer_wall, part = brute_force(queries, register["name"].to_list())
    print(f"resolve, {count:,} × {count:,} (budget {BUDGET_SECONDS:.0f} s): {cpu:.1f} s CPU, {wall:.1f} s wall")
    print(f"rapidfuzz cdist, {part} names timed, × {count // part}: {peer_cpu:.0f} s CPU, {peer_wall:.0f} s wall")
    print(f"peer / ours: {peer_cpu / cpu:.1f} by CPU, {peer_wall / wall:.1f} by wall")
    return int(cpu > BUDGET_SECONDS)  # it runs on one core: on a free one the wall says the same


def told(found: pl.DataFrame, queries: list[str], kinds: np.ndarray) -> None:
    """Precision, recall and reviews, in all and by kind; a stranger has no right entity."""
    asked = pl.DataFrame({"row": range(len(queries)), "kind": kinds}, schema_overrides={"row": pl.UInt32})
    matches = found.filter(pl.col("decision") == "match").select("row", "entity")
    reviews = found.filter(pl.col("decision") == "review").select("row").unique().with_columns(review=True)
    joined = asked.join(matches, on="row", how="left").join(reviews, on="row", how="left")
    own = pl.col("entity") == pl.col("row").cast(pl.String)
    right = (own & (pl.col("kind") != "stranger")).fill_null(value=False)
    wrong = pl.col("entity").is_not_null() & ~right
    table = joined.group_by("kind", maintain_order=True).agg(
        pl.len(), right.sum().alias("right"), wrong.sum().alias("wrong"), pl.col("review").sum()
    )
    print(table.sort("kind"))
    rights, wrongs = joined.select(right.sum().alias("r"), wrong.sum().alias("w")).row(0)
    positives = joined.filter(pl.col("kind") != "stranger").height
    print(f"precision {rights / (rights + wrongs):.4f}, recall {rights / positives:.4f}")


def brute_force(queries: list[str], registered: list[str]) -> tuple[float, float, int]:
    """CPU and wall seconds of the peer for all names, from a part of them; and how many were timed."""
    part = min(PEER_QUERIES, len(queries))
    cpu, wall = time.process_time(), time.perf_counter()
    process.cdist(
        queries[:part], registered, scorer=fuzz.ratio, score_cutoff=PEER_CUTOFF, workers=-1, dtype=np.uint8
    ).argmax(axis=1)
    times = len(queries) / part
    return (time.process_time() - cpu) * times, (time.perf_counter() - wall) * times, part


if __name__ == "__main__":
    sys.exit(main())
