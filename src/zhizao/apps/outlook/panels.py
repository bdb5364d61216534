"""From the ledger to the grids that forecasts need: months by enterprise, and their sums by sector.

Cumulative figures become months by the algebra of spans; January and February stay one figure. An enterprise is in
the sum from its first figure to its last; without a figure for some months it has left, with a younger one it is late.
The last month is one of which half of them tell: who is ahead of the others does not make them late.
With w the mean size of an enterprise's last twelve known months, a month of a sector is

    S(t) = Σ reported y(i, t) / r(t),      r(t) = Σ reported w(i) / Σ all that are there w(i)

known where r is at least what the pack says, and unknown below: late reporters stand in with their weight.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from zhizao.apps.ledger import queries as ledger
from zhizao.apps.ledger.queries import Basis
from zhizao.apps.outlook.conventions import conventions
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Membership, Subject

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from zhizao.base.accounts.models import Area
    from zhizao.engines.outlook.panel import Floats, Panel

MILLION = 1_000_000
SEPARATOR = "|"


@dataclass(frozen=True, eq=False)
class Months:
    """Months of enterprises, in the unit of each indicator.

    Attributes
    ----------
    subjects : keys, n of them
    sectors : the sector of each, empty where it has none
    first_month : of the grid, year × 12 + month − 1
    values : of each indicator, shape (n, T), NaN where unknown; months known only together hold equal parts
    joint : of each indicator, shape (T,): whether some enterprise gives the month only with its neighbour
    sha256 : of all that was read
    """

    subjects: tuple[str, ...]
    sectors: tuple[str, ...]
    first_month: int
    values: Mapping[str, Floats]
    joint: Mapping[str, Any]
    simulated: bool
    sha256: str

    @property
    def end_month(self) -> int:
        """The month after the last that anybody knows."""
        return self.first_month + next((array.shape[1] for array in self.values.values()), 0)

    def like(self, other: Months) -> Months:
        """These figures as far as the other ones were known: today's values of what was known then."""
        import numpy as np

        place = {subject: row for row, subject in enumerate(other.subjects)}
        values = {}
        for key, mine in self.values.items():
            known = np.zeros(mine.shape, dtype=bool)
            theirs = other.values.get(key)
            if theirs is not None:
                shift = other.first_month - self.first_month
                for row, subject in enumerate(self.subjects):
                    at = place.get(subject)
                    if at is not None:
                        cells = np.flatnonzero(np.isfinite(theirs[at])) + shift
                        known[row, cells[(cells >= 0) & (cells < mine.shape[1])]] = True
            values[key] = np.where(known, mine, np.nan)[:, : other.end_month - self.first_month]
        return replace(self, values=values, joint={key: m[: values[key].shape[1]] for key, m in self.joint.items()})


def months_of(area: Area, indicators: Sequence[str], *, as_of: date) -> Months:
    """Months of the area's enterprises as known at the end of a day."""
    import numpy as np
    import polars as pl

    within = Subject.objects.filter(kind=Subject.Kind.ENTERPRISE, area__path__startswith=area.path)
    rows = ledger.observations(None, subjects=within, indicators=indicators, basis=Basis(), as_of=as_of)
    frame = ledger.frame(rows).drop("known_from")
    kinds = {item.key: item.kind for item in ledger.indicators().filter(key__in=indicators)}
    pieces = ledger.months(frame, kinds).drop_nulls("value")
    digest = hashlib.sha256(frame.write_csv().encode()).hexdigest()
    simulated = bool((frame["status"] == int(ledger.Status.SIMULATED)).any())
    if pieces.is_empty():
        return Months((), (), 0, {}, {}, simulated, digest)
    end = _end(pieces)
    pieces = pieces.filter(pl.col("start_month") + pl.col("months") <= end)
    subjects = tuple(pieces["subject"].unique().sort())
    first = int(pieces["start_month"].min())  # type: ignore[arg-type]
    spread = pieces.with_columns(
        month=pl.int_ranges("start_month", pl.col("start_month") + pl.col("months")),
        value=pl.col("value").cast(pl.Float64) / MILLION / pl.col("months"),
        row=pl.col("subject").replace_strict({key: row for row, key in enumerate(subjects)}, return_dtype=pl.Int64),
    ).explode("month")
    values, joint = {}, {}
    for key in kinds:
        part = spread.filter(pl.col("indicator") == key)
        grid = np.full((len(subjects), end - first), np.nan)
        grid[part["row"].to_numpy(), part["month"].to_numpy() - first] = part["value"].to_numpy()
        values[key] = grid
        pairs = part.filter((pl.col("months") > 1) & (pl.col("start_month") % 12 == 0))["start_month"].unique()
        mask = np.zeros(end - first, dtype=bool)
        for start in pairs.to_list():
            mask[start - first : start - first + 2] = True
        joint[key] = mask
    return Months(subjects, _sectors(subjects, as_of), first, values, joint, simulated, digest)


def _end(pieces: pl.DataFrame) -> int:
    """The month after the last one of which half as many enterprises tell as of the fullest: early reports wait.

    One that is months ahead of the others would else make all of them look as if they had left.
    """
    import polars as pl

    ends = pieces.group_by(end=pl.col("start_month") + pl.col("months")).agg(told=pl.col("subject").n_unique())
    return int(ends.filter(2 * pl.col("told") >= pl.col("told").max())["end"].max())  # type: ignore[arg-type]


def _sectors(subjects: Sequence[str], as_of: date) -> tuple[str, ...]:
    keys = dict(Subject.objects.filter(key__in=subjects).values_list("pk", "key"))
    above = facts.parents(keys, tree=Membership.Tree.SECTOR, on=as_of, as_of=as_of)
    sector = {keys[pk]: parents[0].key for pk, parents in above.items()}
    return tuple(sector.get(subject, "") for subject in subjects)


def sector_names(area: Area, *, as_of: date) -> dict[str, str]:
    """Key and name of the sectors of an area; one without a name goes by its key."""
    found = dict(
        Subject.objects.filter(kind=Subject.Kind.SECTOR, area__path__startswith=area.path).values_list("pk", "key")
    )
    called = facts.names(found, on=as_of, as_of=as_of)
    return {key: called.get(pk, key.partition(":")[2]) for pk, key in sorted(found.items(), key=lambda pair: pair[1])}


def there(values: Floats) -> Any:
    """Whether each enterprise is there in each month, shape (n, T): from its first figure to its last, or still."""
    import numpy as np

    known = np.isfinite(values)
    cells = values.shape[1]
    first = np.where(known.any(axis=1), known.argmax(axis=1), cells)
    last = np.where(known.any(axis=1), cells - 1 - known[:, ::-1].argmax(axis=1), -1)
    still = last >= cells - conventions().left_after_months
    at = np.arange(cells)
    return (at >= first[:, None]) & (at <= np.where(still, cells - 1, last)[:, None])


def summed(values: Floats) -> Floats:
    """The sum over enterprises by month, shape (T,), NaN where too little of it is reported."""
    import numpy as np

    known, present = np.isfinite(values), there(values)
    weight = np.zeros(len(values))
    for row in np.flatnonzero(known.any(axis=1)):
        weight[row] = np.abs(values[row, known[row]][-12:]).mean()
    whole = weight @ present
    reported = weight @ (present & known)
    share = np.divide(reported, whole, out=np.zeros_like(whole), where=whole > 0)
    sums = np.where(known, values, 0.0).sum(axis=0)
    enough = share >= conventions().least_reported
    found = np.where(enough, np.divide(sums, share, out=np.zeros_like(sums), where=enough), np.nan)
    return np.where(present.any(axis=0), found, 0.0)  # where nobody is there, there is nothing


def name_of(indicator: str, of: str) -> str:
    """What a panel calls the series of an indicator and a sector or an enterprise."""
    return f"{indicator}{SEPARATOR}{of}"


def sector_panel(found: Months) -> Panel:
    """The sums by sector of every indicator."""
    rows, names, masks = [], [], []
    for key, values in found.values.items():
        for sector in sorted(set(found.sectors)):
            members = [row for row, own in enumerate(found.sectors) if own == sector]
            rows.append(summed(values[members]))
            names.append(name_of(key, sector))
            masks.append(found.joint[key])
    return _panel(names, rows, masks, found.first_month)


def enterprise_panel(found: Months) -> Panel:
    """The months of every enterprise that is still there."""
    rows, names, masks = [], [], []
    for key, values in found.values.items():
        still = there(values)[:, -1] if values.shape[1] else []
        for row, subject in enumerate(found.subjects):
            if still[row]:
                rows.append(values[row])
                names.append(name_of(key, subject))
                masks.append(found.joint[key])
    return _panel(names, rows, masks, found.first_month)


def _panel(names: Sequence[str], rows: Sequence[Floats], masks: Sequence[Any], first_month: int) -> Panel:
    """A panel in which the months that are known only together are one figure."""
    import numpy as np

    from zhizao.engines.outlook.panel import Joint, Panel

    values = np.array(rows, dtype=np.float64) if names else np.empty((0, 0))
    joint = []
    for row, mask in enumerate(masks):
        for cell in np.flatnonzero(mask):
            if (first_month + cell) % 12 == 0 and cell + 1 < values.shape[1]:
                together = float(values[row, cell] + values[row, cell + 1])
                values[row, cell : cell + 2] = np.nan
                if together == together:
                    joint.append(Joint(row, int(cell), 2, together))
    return Panel(tuple(names), first_month, 1, values, tuple(joint))
