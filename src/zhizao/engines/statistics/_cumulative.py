"""The common layout solved without a graph: nothing but year-to-date figures, each said once.

Then the figures of one series and year are a star about the cut of its January, and stars hang together where a year
is complete: its December ends where the next January starts. So there is no circle, nothing can contradict, and the
level of a cut is the sum of the complete years before it in its component plus its own figure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cuts:
    """The cuts in the order of component and month, one array each."""

    group: Ints
    cut: Ints
    component: Ints
    level: Ints


def solve_cumulative(group: Ints, start: Ints, months: Ints, value: Ints) -> Cuts | None:
    """The cuts and levels of year-to-date figures; None if there is any other span, or one twice.

    Parameters
    ----------
    group, start, months, value : int64 arrays of shape (n,)

    Examples
    --------
    >>> found = solve_cumulative(*(np.array(x) for x in ([0, 0, 0], [24300, 24300, 24312], [2, 12, 2], [5, 90, 7])))
    >>> found.cut.tolist(), found.component.tolist(), found.level.tolist()
    ([24300, 24302, 24312, 24314], [0, 0, 0, 0], [0, 5, 90, 97])
    """
    if not len(value) or (start % 12).any() or months.max() > 12:
        return None
    key = (group << 24 | start) << 4 | months  # months to the year 9999 take 17 bits
    if not _rises(key):
        order = np.argsort(key, kind="stable")
        group, start, months, value, key = group[order], start[order], months[order], value[order], key[order]
        if not _rises(key):
            return None
    first = np.flatnonzero(np.diff(key >> 4, prepend=-1))  # where each star begins
    last = np.append(first[1:], len(value)) - 1
    hangs = np.zeros(len(first), dtype=bool)
    hangs[1:] = (key[first[1:]] >> 4 == (key[first[:-1]] >> 4) + 12) & (months[last[:-1]] == 12)
    before = np.zeros(len(first), np.int64)
    before[1:] = np.where(hangs[1:], value[last[:-1]], 0)
    run = before.cumsum()  # whole numbers wrap and come back: a result that fits is right
    component = (~hangs).cumsum() - 1
    base = run - run[~hangs][component]
    size = last - first + 1
    roots = first[~hangs]
    return Cuts(
        np.insert(group, roots, group[roots]),
        np.insert(start + months, roots, start[roots]),
        np.insert(np.repeat(component, size), roots, component[~hangs]),
        np.insert(np.repeat(base, size) + value, roots, 0),
    )


def _rises(key: Ints) -> bool:
    return bool((key[1:] > key[:-1]).all())
