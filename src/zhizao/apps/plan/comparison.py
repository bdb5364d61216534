"""Two versions of a plan beside each other, a plan beside its parent, and the line on which the versions stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from django.utils.translation import gettext as _

from zhizao.apps.plan import checking, queries
from zhizao.apps.plan.models import Plan, PlanVersion, Target
from zhizao.apps.plan.sheets import SHEETS
from zhizao.base.evidence import canonical

if TYPE_CHECKING:
    from zhizao.engines.planlint.facts import Facts
    from zhizao.engines.planlint.versions.changes import Cell, Change, Diff

COUNTED_VERSIONS = 12
"""Of so many versions, the newest, the list says how much each has changed."""


def difference(old: PlanVersion, new: PlanVersion) -> Diff:
    """What changed from one version to another; worked out once for the rows as they are."""
    return _difference(_Said.by(old), _Said.by(new))


@dataclass(frozen=True, slots=True)
class _Said:
    """What a version says, told apart by its contents: a database that was restored may have given its keys anew."""

    sha256: str
    version: PlanVersion = field(compare=False)

    @classmethod
    def by(cls, version: PlanVersion) -> Self:
        rows = version.run.fingerprint if version.run else canonical.sha256(queries.tables(version))
        return cls(canonical.sha256([rows, checking.meta_of(version), version.absent]), version)


@lru_cache(maxsize=64)
def _difference(old: _Said, new: _Said) -> Diff:
    from zhizao.engines.planlint.versions.diff import diff

    return diff(_facts(old), _facts(new))


@lru_cache(maxsize=8)
def _facts(said: _Said) -> Facts:
    return checking.facts_of(said.version)


def before(version: PlanVersion, known: Sequence[PlanVersion]) -> PlanVersion | None:
    """The version that another is compared with: the one it was made from, else the one that it replaced."""
    by_key = {other.pk: other for other in known}
    base = by_key.get(version.based_on_id or 0)
    if base is not None:
        return base
    older = [other for other in known if other.number < version.number and not other.is_draft and other.known_from]
    return max(older, key=lambda other: other.number, default=None)


@dataclass(frozen=True, slots=True)
class Line:
    """A cell that changed, as the page lists it."""

    change: Change
    cell: Cell | None
    group: str
    table: str
    name: str
    sort: str
    column: str

    @property
    def old(self) -> str | None:
        return _side(self.cell, "old")

    @property
    def new(self) -> str | None:
        return _side(self.cell, "new")

    @property
    def is_number(self) -> bool:
        """Whether it is a figure, which stands at the right."""
        return self.cell is not None and any(isinstance(v, Decimal) for v in (self.cell.old, self.cell.new))


def _side(cell: Cell | None, side: str) -> str | None:
    from zhizao.engines.planlint.versions.changes import shown

    return shown(cell, side) if cell else None


def lines(found: Diff) -> list[Line]:
    """Every changed cell, table by table; of an added or removed row only that it was."""
    return [
        Line(change, cell, table_title(table), table, change.name, sort, column_title(table, cell))
        for table, changes in found.by_table().items()
        for change in changes
        for cell, sort in _told(change)
    ]


def _told(change: Change) -> list[tuple[Cell | None, str]]:
    if change.is_added or change.is_removed:
        return [(None, change.sorts[0].value)]
    from zhizao.engines.planlint.versions.changes import Sort, name_column

    def sort_of(cell: Cell) -> str:
        if cell.column == name_column(change.table):
            return Sort.RENAMED.value
        return (Sort.MONEY_MOVED if change.shift and cell.sort is Sort.MONEY else cell.sort).value

    return [(cell, sort_of(cell)) for cell in change.cells]


def table_title(table: str) -> str:
    """What a table is called on pages."""
    return SHEETS[table].title if table in SHEETS else _("The plan itself")


def column_title(table: str, cell: Cell | None) -> str:
    """What a column is called on pages."""
    if cell is None:
        return ""
    if table in SHEETS:
        for column in SHEETS[table].columns:
            if column.name == cell.column:
                return column.label
    from zhizao.engines.planlint.versions.diff_words import COLUMNS

    return _(COLUMNS[cell.column])


# --- the line of versions


@dataclass(frozen=True, slots=True)
class Stop:
    """A version on the line: where it stands, what it was made from, how much it changed."""

    version: PlanVersion
    before: PlanVersion | None
    place: int
    lane: int
    from_place: int | None
    from_lane: int
    counts: tuple[int, int, int] | None

    @property
    def is_open(self) -> bool:
        """Whether it is a draft."""
        return self.version.is_draft

    @property
    def is_discarded(self) -> bool:
        return self.version.status == PlanVersion.Status.DISCARDED


def stops(known: Sequence[PlanVersion]) -> list[Stop]:
    """The versions in the order in which they were made: published ones on the main line, each other on a lane."""
    order = sorted(known, key=lambda version: version.number)
    places = {version.pk: place for place, version in enumerate(order)}
    lanes: dict[int, int] = {}
    for version in order:
        off = version.status in (PlanVersion.Status.DRAFT, PlanVersion.Status.DISCARDED)
        lanes[version.pk] = 1 + max((lanes[pk] for pk in lanes), default=0) if off else 0
    counted = {version.pk for version in order[-COUNTED_VERSIONS:]}
    found = []
    for version in order:
        base = before(version, order)
        counts = _counts(base, version) if base and version.pk in counted else None
        at, lane = (places[base.pk], lanes[base.pk]) if base else (None, 0)
        found.append(Stop(version, base, places[version.pk], lanes[version.pk], at, lane, counts))
    return found


def _counts(old: PlanVersion, new: PlanVersion) -> tuple[int, int, int]:
    counts = difference(old, new).counts.values()
    return tuple(sum(getattr(count, name) for count in counts) for name in ("added", "removed", "changed"))


# --- the plan above


@dataclass(frozen=True, slots=True)
class Aligned:
    """A target beside the one of the plan above that means the same, or may."""

    target: Target | None
    above: Target | None
    near: bool = False


def aligned(version: PlanVersion, above: PlanVersion) -> list[Aligned]:
    """The targets of a plan beside those of the plan above, by what they measure; those without a partner behind."""
    from zhizao.engines.planlint.text.concepts import Index, Same, of_indicator

    ours, theirs = (list(queries.rows(one, Target)) for one in (version, above))

    def concept(target: Target, one: PlanVersion) -> Any:
        return of_indicator({"name": target.name, "unit": target.unit}, region=one.plan.area.name)

    index = Index([(concept(target, above), target) for target in theirs])
    matches = {target.pk: list(index.find(concept(target, version))) for target in ours}
    partner: dict[int, tuple[Target, bool]] = {}
    for exact in (True, False):  # who means the same comes before who is only near
        taken = {found.pk for found, _near in partner.values()}
        for target in ours:
            fits = [found for found, match in matches[target.pk] if (match.same is Same.YES) is exact]
            fits = [found for found in fits if found.pk not in taken]
            if target.pk not in partner and (len(fits) == 1 or (exact and fits)):
                partner[target.pk] = fits[0], not exact
                taken.add(fits[0].pk)
    met = [Aligned(target, *partner[target.pk]) for target in ours if target.pk in partner]
    taken = {found.pk for found, _near in partner.values()}
    alone = [Aligned(target, None) for target in ours if target.pk not in partner]
    return met + alone + [Aligned(None, target) for target in theirs if target.pk not in taken]


def possible_parents(actor: Any, plan: Plan) -> list[Plan]:
    """Plans that the actor sees and that do not stand below this one."""
    children: dict[int | None, list[int]] = {}
    everything = list(queries.plans(actor))
    for other in everything:
        children.setdefault(other.parent_id, []).append(other.pk)
    below, queue = {plan.pk}, [plan.pk]
    while queue:
        new = [pk for pk in children.get(queue.pop(), ()) if pk not in below]
        below.update(new)
        queue += new
    return [other for other in everything if other.pk not in below]
