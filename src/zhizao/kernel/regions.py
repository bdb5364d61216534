"""Administrative divisions by their codes: parent, children, level, search.

The codes nest by pairs of digits: province, city, county; a county of a municipality hangs straight from it, as its
市辖区 is no division of its own. Every table ``gbt2260_*.csv`` of the packs is read: another province is another file.

Source: GB/T 2260-2007, with the changes published since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

from zhizao.kernel import text as texts
from zhizao.kernel.result import Problem, Refused, mark

Level = Literal["province", "city", "county"]


@dataclass(frozen=True, slots=True)
class Region:
    """A division.

    Parameters
    ----------
    code : str
        Six digits.
    name : str

    Examples
    --------
    >>> get("500108").level
    'county'
    """

    code: str
    name: str

    @property
    def level(self) -> Level:
        """Province, city or county, by the zeros at the end of the code.

        >>> get("500000").level
        'province'
        """
        return "province" if self.code.endswith("0000") else "city" if self.code.endswith("00") else "county"


class Regions:
    """A table of divisions.

    Parameters
    ----------
    regions : iterable of Region

    Examples
    --------
    >>> tree = Regions([Region("990000", "甲省"), Region("990100", "乙市"), Region("990101", "丙区")])
    >>> tree.parent(tree.get("990101")).name, [child.name for child in tree.children(tree.get("990000"))]
    ('乙市', ['乙市'])
    >>> tree.full_name(tree.get("990101"))
    '甲省乙市丙区'
    """

    def __init__(self, regions: Iterable[Region]) -> None:
        self._by_code = {region.code: region for region in sorted(regions, key=lambda region: region.code)}

    def __iter__(self) -> Iterator[Region]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def get(self, code: str) -> Region:
        """The division of a code; refused (``regions.unknown``) where the table has none."""
        region = self._by_code.get(texts.normalise(code))
        if region is None:
            message = mark("No region with the code “%(code)s” is known.")
            remedy = mark("Check the six digits, or add the table of that province.")
            raise Refused(Problem("regions.unknown", message, remedy=remedy, params={"code": code}))
        return region

    def parent(self, region: Region) -> Region | None:
        """The next division above that the table has."""
        for digits in (4, 2):
            code = region.code[:digits].ljust(6, "0")
            if code != region.code and code in self._by_code:
                return self._by_code[code]
        return None

    def children(self, region: Region) -> tuple[Region, ...]:
        """The divisions right below, by code."""
        return tuple(other for other in self._by_code.values() if self.parent(other) == region)

    def full_name(self, region: Region) -> str:
        """The names from the province down."""
        above = self.parent(region)
        return (self.full_name(above) if above else "") + region.name

    def find(self, name: str) -> tuple[Region, ...]:
        """The divisions of that name: full, short (without 区, 县, 市 …) or with those above it before it.

        Several divisions may share a short name.
        """
        wanted = "".join(texts.normalise(name).split())
        return tuple(
            region
            for region in self._by_code.values()
            if wanted in (region.name, short_name(region.name), self.full_name(region))
        )

    def search(self, text: str) -> tuple[Region, ...]:
        """The divisions whose name contains the text or whose code begins with it, by code."""
        wanted = "".join(texts.normalise(text).split())
        if not wanted:
            return ()
        return tuple(r for r in self._by_code.values() if wanted in r.name or r.code.startswith(wanted))


_ENDINGS = ("自治区", "自治州", "自治县", "自治旗", "地区", "林区", "特区", "省", "市", "区", "县", "旗", "盟")


def short_name(name: str) -> str:
    """A name without 省, 市, 区, 县 …, if two characters or more remain.

    >>> short_name("甲乙区"), short_name("丙县")
    ('甲乙', '丙县')
    """
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name.removesuffix(ending)
    return name


@cache
def table() -> Regions:
    """Every division that the packs have; read once.

    >>> len(table()), table().parent(get("500108")).code
    (39, '500000')
    """
    from zhizao.kernel import tables  # late: the tables take a second to import

    folder: Traversable = files("zhizao") / "packs" / "china" / "codes"
    regions: list[Region] = []
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.startswith("gbt2260_"):
            regions += [Region(code, name) for code, name in tables.read_csv(file).select("code", "name").rows()]
    return Regions(regions)


def get(code: str) -> Region:
    """The division of a code, from ``table``.

    >>> get("999999")
    Traceback (most recent call last):
    zhizao.kernel.result.Refused: No region with the code “999999” is known. Check the six digits, or add the table ...
    """
    return table().get(code)
