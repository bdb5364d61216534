"""Lamps: the classic one (red overheated to blue cold), and one of risk (red is risk); cut-offs are dated data.

A single indicator has a colour by four cut-offs, worth 5 points (red), 4 (yellow), 3 (green), 2 (light blue), 1 (blue).
The whole is the sum of points in per cent of the most there could be, over the indicators that are known, and has a
colour by four cut-offs of its own. An indicator without cut-offs or without a value has no colour and no points: the
lamp is then of the others, and says of how many.

For a district "red is good" confuses: the risk lamp is the share of enterprises in distress, green, yellow or red.

Source: five states and ten indicators of the national warning index, 100 ideal: figures of the National Bureau of
Statistics reported by China News Service, 2008-05-30. Cut-offs of the whole 85/73/50/36 %: commonly cited, not official
(confidence M); no official cut-offs are known.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.rules.load import Mapped, read_mapping


class Lamp(StrEnum):
    """The colours, from the hottest to the coldest."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    LIGHT_BLUE = "light_blue"
    BLUE = "blue"


POINTS: Final = {Lamp.RED: 5, Lamp.YELLOW: 4, Lamp.GREEN: 3, Lamp.LIGHT_BLUE: 2, Lamp.BLUE: 1}
_CLASSIC: Final = (Lamp.RED, Lamp.YELLOW, Lamp.GREEN, Lamp.LIGHT_BLUE)
_RISK: Final = (Lamp.RED, Lamp.YELLOW)


@dataclass(frozen=True, slots=True)
class CutOffs:
    """What holds on a day; ``None`` is not set.

    Attributes
    ----------
    climate : weights of the present and of the expected state
    composite : colour to the per cent from which on it holds, hottest first
    risk : the same of the risk lamp
    indicators : key to the same of a single indicator
    """

    climate: tuple[float, float] | None
    composite: Mapping[Lamp, float] | None
    risk: Mapping[Lamp, float] | None
    indicators: Mapping[str, Mapping[Lamp, float]]

    def climate_index(self, present: float, expected: float) -> float | None:
        """The enterprise climate index of two indices of the questionnaire; None where no weights are set.

        >>> cut_offs(dt.date(2025, 1, 1)).climate_index(110.0, 120.0)
        116.0
        """
        if self.climate is None:
            return None
        return round(self.climate[0] * present + self.climate[1] * expected, 10)


@dataclass(frozen=True, slots=True)
class Whole:
    """The classic lamp of the whole.

    Attributes
    ----------
    lamp : its colour, None where nothing is known
    percent : points in per cent of the most there could be
    known, of : indicators with a colour, and all
    """

    lamp: Lamp | None
    percent: float | None
    known: int
    of: int


def lamp(value: float | None, cuts: Mapping[Lamp, float] | None, *, coldest: Lamp = Lamp.BLUE) -> Lamp | None:
    """The colour of a value; None where it or its cut-offs are unknown.

    Examples
    --------
    >>> cuts = {Lamp.RED: 15, Lamp.YELLOW: 11, Lamp.GREEN: 5, Lamp.LIGHT_BLUE: 2}
    >>> [lamp(value, cuts).value for value in (15, 14.9, 5, 2, 1.9)]
    ['red', 'yellow', 'green', 'light_blue', 'blue']
    >>> lamp(None, cuts), lamp(3.0, None)
    (None, None)
    """
    if value is None or cuts is None or math.isnan(value):
        return None
    return next((colour for colour, least in cuts.items() if value >= least), coldest)


def whole(values: Mapping[str, float | None], cuts: CutOffs) -> Whole:
    """The classic lamp of several indicators.

    Examples
    --------
    One green, one unknown: 3 of 5 points are 60 %.

    >>> day = cut_offs(dt.date(2025, 1, 1))
    >>> own = {"output": {Lamp.RED: 15, Lamp.YELLOW: 11, Lamp.GREEN: 5, Lamp.LIGHT_BLUE: 2}}
    >>> found = whole({"output": 6.0, "exports": None}, CutOffs(day.climate, day.composite, day.risk, own))
    >>> found.lamp.value, found.percent, found.known, found.of
    ('green', 60.0, 1, 2)
    """
    colours = [lamp(value, cuts.indicators.get(key)) for key, value in values.items()]
    points = [POINTS[colour] for colour in colours if colour is not None]
    percent = 100 * sum(points) / (POINTS[Lamp.RED] * len(points)) if points else None
    return Whole(lamp(percent, cuts.composite), percent, len(points), len(colours))


def risk_lamp(distress_pct: float | None, cuts: CutOffs) -> Lamp | None:
    """The risk lamp of a share of enterprises in distress: green, yellow or red.

    >>> [risk_lamp(share, cut_offs(dt.date(2025, 1, 1))).value for share in (2.9, 3.0, 8.0)]
    ['green', 'yellow', 'red']
    """
    return lamp(distress_pct, cuts.risk, coldest=Lamp.GREEN)


def cut_offs(day: dt.date, file: Path | None = None) -> CutOffs:
    """What holds on a day, of the file shipped or of another.

    Raises
    ------
    Refused
        ``warning.cut_off`` with the key that is wrong.
    """
    data = _shipped() if file is None else read_mapping(file)
    name = "cut-offs.yaml" if file is None else file.name
    if unknown := [key for key in data if key not in ("climate", "composite", "risk", "indicators")]:
        raise _refused(name, unknown[0])
    weights = _at(data.get("climate"), day, ("present", "expected"), name, "climate")
    indicators = data.get("indicators") or {}
    if not isinstance(indicators, Mapping):
        raise _refused(name, "indicators")
    found = {
        str(key): _colours(entries, day, _CLASSIC, name, f"indicators.{key}") for key, entries in indicators.items()
    }
    return CutOffs(
        climate=None if weights is None else (weights["present"], weights["expected"]),
        composite=_colours(data.get("composite"), day, _CLASSIC, name, "composite"),
        risk=_colours(data.get("risk"), day, _RISK, name, "risk"),
        indicators={key: cuts for key, cuts in found.items() if cuts is not None},
    )


@cache
def _shipped() -> Mapped:
    return read_mapping(Path(str(files("zhizao"))) / "packs" / "china" / "warning" / "prosperity" / "cut-offs.yaml")


def _colours(entries: Any, day: dt.date, colours: tuple[Lamp, ...], file: str, key: str) -> dict[Lamp, float] | None:
    values = _at(entries, day, colours, file, key)
    if values is None:
        return None
    found = {colour: values[colour] for colour in colours}
    if sorted(found.values(), reverse=True) != list(found.values()) or len(set(found.values())) < len(found):
        raise _refused(file, key)
    return found


def _at(entries: Any, day: dt.date, names: tuple[str, ...], file: str, key: str) -> dict[str, float] | None:
    """The figures of the last entry that holds; None before the first."""
    if entries is None:
        return None
    if not isinstance(entries, list):
        raise _refused(file, key)
    held: tuple[dt.date, Mapping[str, Any]] | None = None
    for entry in entries:
        since = entry.get("from") if isinstance(entry, Mapping) else None
        if not isinstance(since, dt.date) or set(entry) != {"from", *names}:
            raise _refused(file, key)
        if any(isinstance(entry[one], bool) or not isinstance(entry[one], int | Decimal) for one in names):
            raise _refused(file, key)
        if since <= day and (held is None or since >= held[0]):
            held = (since, entry)
    return None if held is None else {one: float(held[1][one]) for one in names}


def _refused(file: str, key: str) -> Refused:
    message = mark("The setting “%(key)s” is missing or has a value it cannot have.")
    remedy = mark("Compare the file with packs/china/warning/prosperity/cut-offs.yaml.")
    return Refused(Problem("warning.cut_off", message, Place(file=file), remedy, params={"key": key}))
