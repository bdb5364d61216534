"""How the economy stands, read back: groups with their lamps, coloured by the cut-offs that were known on the day.

A run holds figures; a colour follows from them by the pack's cut-offs and those that the region has set (``CutOff``),
the nearest area's last. So a new cut-off shows at once, and a day looked back to shows what was known of both then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from zhizao.apps.warning import runs, words
from zhizao.apps.warning.models import CutOff
from zhizao.base.accounts.models import Organisation
from zhizao.base.accounts.scoping import area_path
from zhizao.base.facts.models import Subject
from zhizao.base.facts.queries import instant
from zhizao.engines.warning import lamps as engine
from zhizao.engines.warning.lamps import CutOffs, Lamp
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import Area, User
    from zhizao.base.evidence.models import Run

    Actor = User | AnonymousUser | None

KINDS = ("region", "area", "sector", "chain", "park", "street", "division")
RISK, COMPOSITE = "risk", "composite"
"""Keys of cut-offs beside those of indicators: of the risk lamp, and of the classic lamp of the whole."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a group; ``None`` is unknown, of too few or not reported.

    ``percent`` are the points of the single lamps in per cent of the most, ``single`` each indicator's growth and
    colour; ``told`` is the row of the run.
    """

    span: Span
    lamp: Lamp | None
    percent: float | None
    known_lamps: int
    of_lamps: int
    risk: Lamp | None
    single: Mapping[str, tuple[float | None, Lamp | None]]
    told: Mapping[str, Any]

    @property
    def diffusion_200(self) -> float | None:
        """The diffusion index in its other form, neutral at 100."""
        found = self.told.get("diffusion")
        return None if found is None else 2 * found

    def __getattr__(self, name: str) -> Any:
        """A figure of the run's row."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self.told.get(name)


@dataclass(frozen=True, slots=True)
class Quarter:
    """The questionnaire of a quarter in a group."""

    span: Span
    index: float | None
    present: float | None
    expected: float | None
    answered: int
    asked: int


@dataclass(frozen=True, slots=True)
class Group:
    """Enterprises that are told together, as they stand in the last month."""

    kind: str
    key: str
    name: str
    of: int
    year_sum: float | None
    months: tuple[Month, ...] = field(repr=False)
    quarters: tuple[Quarter, ...] = field(repr=False)
    turns: tuple[tuple[Span, bool], ...]
    run: Run
    place: int
    simulated: bool

    @property
    def kind_word(self) -> str:
        return str(words.GROUPS[self.kind])

    @property
    def last(self) -> Month:
        return self.months[-1]

    @property
    def month(self) -> Span:
        return self.last.span

    @property
    def lamp(self) -> Lamp | None:
        return self.last.lamp

    @property
    def percent(self) -> float | None:
        return self.last.percent

    @property
    def risk(self) -> Lamp | None:
        return self.last.risk

    @property
    def risk_pct(self) -> float | None:
        return self.last.risk_pct

    @property
    def diffusion(self) -> float | None:
        return self.last.diffusion

    @property
    def diffusion_200(self) -> float | None:
        return self.last.diffusion_200

    @property
    def composite(self) -> float | None:
        return self.last.coincident

    @property
    def climate(self) -> float | None:
        """The climate index of the last quarter that was asked."""
        return self.quarters[-1].index if self.quarters else None

    @property
    def known(self) -> int:
        """Enterprises with a figure of the month."""
        return int(self.last.known or 0)

    @property
    def is_told(self) -> bool:
        """Whether there are enough of them to be told."""
        return self.last.risk_pct is not None

    def pointer(self, name: str) -> str:
        """What opens a figure of the last month in the run."""
        return f"{self.run.sha12}:/groups/{self.place}/months/{len(self.months) - 1}/{name}"


def lamps(actor: Actor, area: Area, *, as_of: date | None = None) -> list[Group]:
    """Every group that the actor may see, the whole region first; nothing where there is no run."""
    cuts = cut_off_rows(area, as_of=as_of)
    return [_group(*one, cuts) for one in _rows(actor, area, as_of)]


def group(actor: Actor, area: Area, key: str, *, as_of: date | None = None) -> Group | None:
    """One group; the whole, or the first that the actor may see, for an empty key."""
    found = _rows(actor, area, as_of)
    chosen = [one for one in found if one[2]["key"] == key] if key else found[:1]
    return _group(*chosen[0], cut_off_rows(area, as_of=as_of)) if chosen else None


def run_of(actor: Actor, area: Area, *, as_of: date | None = None) -> Run | None:
    """The run that a day's lamps are of, for one who may see warnings of the area; ``None`` is the system."""
    if actor is not None:
        path = area_path(actor)
        if path is None or not area.path.startswith(path) or not actor.has_perm("warning.view"):
            return None
    return runs.latest(None, area, part=runs.PROSPERITY, as_of=as_of)


def _rows(actor: Actor, area: Area, as_of: date | None) -> list[tuple[Run, int, Mapping[str, Any]]]:
    """Run, place and record of each group that is told and may be seen: a park's operator sees its park."""
    run = run_of(actor, area, as_of=as_of)
    if run is None:
        return []
    rows = [(run, place, one) for place, one in enumerate(runs.read(run)["groups"]) if one["months"]]
    if actor is None or actor.organisation.kind != Organisation.Kind.PARK:
        return rows
    seen = Subject.objects.visible_to(actor).filter(kind=Subject.Kind.PARK).values_list("key", flat=True)
    own = set(seen)
    return [one for one in rows if one[2]["key"] in own]


def _group(run: Run, place: int, record: Mapping[str, Any], rows: tuple[CutOff, ...]) -> Group:
    whole = runs.read(run)
    indicators = whole["lamps"]
    months = [_month(one, indicators, cuts_on(rows, Span.parse(one["span"]).last_day)) for one in record["months"]]
    return Group(
        **{name: record[name] for name in ("kind", "key", "name", "of", "year_sum")},
        months=tuple(months),
        quarters=tuple(_quarter(one, rows) for one in record["climate"]),
        turns=tuple((Span.parse(one["span"]), one["peak"]) for one in record["turns"]),
        run=run,
        place=place,
        simulated=whole["simulated"],
    )


def _month(told: Mapping[str, Any], indicators: Iterable[str], cuts: CutOffs) -> Month:
    values = {key: told.get(f"{key}_yoy_pct") for key in indicators}
    whole = engine.whole(values, cuts)
    return Month(
        span=Span.parse(told["span"]),
        lamp=whole.lamp,
        percent=whole.percent,
        known_lamps=whole.known,
        of_lamps=whole.of,
        risk=engine.risk_lamp(told["risk_pct"], cuts),
        single={key: (value, engine.lamp(value, cuts.indicators.get(key))) for key, value in values.items()},
        told=told,
    )


def _quarter(told: Mapping[str, Any], rows: tuple[CutOff, ...]) -> Quarter:
    span = Span.parse(told["span"])
    both = told["present"] is not None and told["expected"] is not None
    index = cuts_on(rows, span.last_day).climate_index(told["present"], told["expected"]) if both else None
    answered = min(told["present_answered"], told["expected_answered"])
    return Quarter(span, index, told["present"], told["expected"], answered, told["asked"])


# --- cut-offs


def cut_off_rows(area: Area, *, as_of: date | None = None) -> tuple[CutOff, ...]:
    """What an area and those above it have set, as known at the end of a day; what counts more comes later."""
    above, one = [], area
    while one is not None:
        above.append(one.pk)
        one = one.parent
    rows = CutOff.objects.filter(area__in=above, known_from__lte=instant(as_of)).select_related("area", "chosen_by")
    return tuple(sorted(rows, key=lambda row: (-above.index(row.area_id), row.effective_from, row.known_from, row.pk)))


def cuts_on(rows: tuple[CutOff, ...], day: date) -> CutOffs:
    """The cut-offs that hold on a day: the pack's, and in their place what the region has set."""
    shipped = _shipped(day)
    own = {row.key: row for row in rows if row.effective_from <= day}
    if not own:
        return shipped
    colours = {key: bounds(row.colours) for key, row in own.items()}
    return replace(
        shipped,
        risk=colours.pop(RISK, shipped.risk),
        composite=colours.pop(COMPOSITE, shipped.composite),
        indicators={**shipped.indicators, **colours},
    )


def bounds(colours: Mapping[str, Any]) -> dict[Lamp, float]:
    """Stored bounds, the hottest colour first.

    >>> bounds({"green": "2", "red": "9.5"})
    {<Lamp.RED: 'red'>: 9.5, <Lamp.GREEN: 'green'>: 2.0}
    """
    return {lamp: float(colours[lamp]) for lamp in Lamp if lamp in colours}


@lru_cache(maxsize=512)
def _shipped(day: date) -> CutOffs:
    return engine.cut_offs(day)
