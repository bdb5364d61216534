"""What the packs define: indicators, scopes and price bases; the nation's first, then each region's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from zhizao.kernel.result import Place, Problem, Refused, mark

FILE: Final = "indicators.yaml"
NATION: Final = "china"
QUALITY: Final = ("verified", "source", "accuracy", "limits", "remedy")
"""The five statements without which a figure's quality is not told (GAO-15-788)."""


@dataclass(frozen=True, slots=True)
class Definitions:
    """All that the packs define; each word with its names by language."""

    indicators: Mapping[str, Mapping[str, Any]]
    scopes: Mapping[str, Mapping[str, str]]
    price_bases: Mapping[str, Mapping[str, str]]
    publication: Mapping[str, Any]
    quality: Mapping[str, Mapping[str, Any]]  # statements that several indicators share, by name


@cache
def definitions() -> Definitions:
    """Read every pack that defines indicators.

    Raises
    ------
    Refused : a key is defined twice, a quality statement is missing, or a formula names what is not there.
    """
    indicators: dict[str, Mapping[str, Any]] = {}
    scopes: dict[str, Mapping[str, str]] = {}
    price_bases: dict[str, Mapping[str, str]] = {}
    publication: dict[str, Any] = {}
    quality: dict[str, Mapping[str, Any]] = {}
    for path in _paths():
        data = _read(path)
        quality |= data.get("quality", {})
        for key, body in data.get("indicators", {}).items():
            if key in indicators:
                raise _refusal(mark("The indicator “%(key)s” is defined twice."), path, key)
            indicators[key] = _whole(key, body, quality, path)
        scopes |= data.get("scopes", {})
        price_bases |= data.get("price_bases", {})
        publication |= data.get("publication", {})
    return Definitions(indicators, scopes, price_bases, publication, quality)


def said(text: str | Mapping[str, str], language: str) -> str:
    """A text of a definition in a language; a plan's words stay in their own.

    >>> said({"zh": "税务机关", "en": "Tax authority"}, "en"), said("甲区政府", "en")
    ('Tax authority', '甲区政府')
    """
    return text if isinstance(text, str) else text["en" if language.startswith("en") else "zh"]


def _paths() -> Iterator[Traversable]:
    packs = sorted((files("zhizao") / "packs").iterdir(), key=lambda path: (path.name != NATION, path.name))
    return (path / FILE for path in packs if path.is_dir() and (path / FILE).is_file())


def _read(path: Traversable) -> Mapping[str, Any]:
    import yaml  # late: only where definitions are read

    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _whole(key: str, body: Mapping[str, Any], shared: Mapping[str, Any], path: Traversable) -> Mapping[str, Any]:
    quality = body["quality"]
    quality = shared.get(quality) if isinstance(quality, str) else quality
    if not quality or set(QUALITY) - set(quality):
        raise _refusal(mark("The indicator “%(key)s” lacks a statement of its quality."), path, key)
    return {**body, "quality": quality}


def _refusal(message: str, path: Traversable, key: str) -> Refused:
    remedy = mark("Correct the pack's definitions.")
    return Refused(Problem("ledger.definition", message, Place(file=path.name), remedy, params={"key": key}))
