"""Names of organisations: one form for one name, a permanent short id, the core that two spellings share, and pinyin.

``normalise`` only removes differences of typing, so that two names it makes equal are one name; ids rest on it.
``core`` also drops the legal form and the region; two firms may share a core, so that it only proposes a match.

Source: 《企业名称登记管理规定》 (国务院令第734号), article 6: a name is region, trade name, industry, legal form; the
legal forms of companies: Company Law (2023), article 7.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from hashlib import sha256
from types import ModuleType
from typing import Final

from zhizao.kernel import text as texts

_BRACKETS: Final = str.maketrans(
    {"(": "（", ")": "）", "[": "（", "]": "）", "【": "（", "】": "）", "〔": "（", "〕": "）"}
)
_DOTS: Final = re.compile("[·•・‧∙⋅.．。]")
_BLANKS: Final = re.compile(r"\s+")
_FORMS: Final = (
    "集团股份有限公司",
    "股份有限责任公司",
    "有限责任公司",
    "股份有限公司",
    "集团有限公司",
    "有限公司",
    "集团公司",
    "总公司",
    "股份公司",
    "公司",
    "合伙企业（有限合伙）",
    "合伙企业（普通合伙）",
    "合伙企业",
    "个人独资企业",
    "集团",
)
_FORM: Final = re.compile(f"(?:{'|'.join(map(re.escape, _FORMS))})")
_IN_BRACKETS: Final = re.compile("（([^（）]*)）")
_ID_LENGTH: Final = 12


@lru_cache(maxsize=1 << 14)
def normalise(name: str) -> str:
    """A name in one form: half-width letters and digits, full-width brackets, no blanks, one kind of dot, capitals.

    >>> normalise(" ＡＢ 科技(集团)有限公司") == normalise("ab科技（集团）有限公司")
    True
    >>> normalise("甲乙•丙门业有限公司")
    '甲乙·丙门业有限公司'
    """
    folded = _BLANKS.sub("", texts.normalise(name)).translate(_BRACKETS)
    return _DOTS.sub("·", folded).upper()


def stable_id(name: str) -> str:
    """A permanent id of a name, 12 hexadecimal digits of the SHA-256 of its normalised form.

    Two of 100,000 names share one with a probability of 2 × 10⁻⁵: whoever stores ids keeps them unique all the same.

    >>> stable_id("甲乙（集团）有限公司"), stable_id("甲乙(集团) 有限公司") == stable_id("甲乙（集团）有限公司")
    ('2017cfedb4b8', True)
    """
    return sha256(normalise(name).encode()).hexdigest()[:_ID_LENGTH]


def core(name: str, *, places: Iterable[str] = ()) -> str:
    """The part of a name that tells its owner from others: without legal form, places, brackets and dots.

    Parameters
    ----------
    name : str
    places : iterable of str
        Names of regions that may stand at the beginning or in brackets, with and without 省, 市, 区, 县: those of
        ``regions.table`` for the area at hand (``place_names``). A name made of nothing else is kept whole.

    Examples
    --------
    >>> [core(name, places=["甲省"]) for name in ("甲省乙丙制冷(集团)有限公司", "乙丙制冷（甲省）股份有限公司")]
    ['乙丙制冷', '乙丙制冷']
    >>> core("甲省有限公司", places=["甲省"])
    '甲省'
    """
    whole = normalise(name)
    known = tuple(sorted({normalise(place) for place in places}, key=len, reverse=True))
    kept = _IN_BRACKETS.sub(lambda found: "" if found[1] in known or _FORM.fullmatch(found[1]) else found[1], whole)
    branch = _FORM.sub("", kept).replace("·", "")
    return _without_places(branch, known) or _FORM.sub("", whole) or whole


def _without_places(name: str, places: tuple[str, ...]) -> str:
    for place in places:
        if place and name.startswith(place):
            return _without_places(name.removeprefix(place), places)
    return name


def place_names(code: str) -> tuple[str, ...]:
    """The names that ``core`` may drop for the area of a region code: of the region and those above, full and short.

    >>> len(place_names("500108"))
    4
    """
    from zhizao.kernel import regions  # late: the table takes a second to load

    table = regions.table()
    names: list[str] = []
    region: regions.Region | None = table.get(code)
    while region is not None:
        names += [region.name, regions.short_name(region.name)]
        region = table.parent(region)
    return tuple(dict.fromkeys(names))


@lru_cache(maxsize=4096)
def pinyin(name: str) -> str:
    """The name in pinyin without tones, a syllable a word; other characters stay together.

    >>> pinyin("长城重型机械"), pinyin("AB科技2号"), pinyin("目的")
    ('chang cheng zhong xing ji xie', 'ab ke ji 2 hao', 'mu di')
    """
    syllables = _pypinyin().lazy_pinyin(normalise(name))
    return " ".join(syllable.strip().lower() for syllable in syllables if syllable.strip())


def initials(name: str) -> str:
    """The first letter of each syllable, digits and Latin letters as they are.

    >>> initials("长城重型机械"), initials("AB科技2号")
    ('cczxjx', 'abkj2h')
    """
    library = _pypinyin()
    letters = library.lazy_pinyin(normalise(name), style=library.Style.FIRST_LETTER)
    return "".join("".join(letters).split()).lower()


@cache
def _pypinyin() -> ModuleType:
    import pypinyin  # late: 0.3 s to import, and only searching and sorting need it

    # a name has no particles: where no word says otherwise 的 is dì, as its owners and their customers say it
    pypinyin.load_single_dict({ord("的"): "dì,de"})
    return pypinyin


def sort_key(name: str) -> tuple[str, str]:
    """Order by pinyin, names of one sound by their characters; the same on every database.

    >>> sorted(["乙", "丙", "甲"], key=sort_key)
    ['丙', '甲', '乙']
    """
    return pinyin(name), normalise(name)
