"""What a brief of a past day lacks is computed for that day, from what was known at its end, and kept as a backtest.

Alarms and lamps where no run after the month stands for the day, risk of the chains where none does: seconds of work.
Forecasts take minutes and are not made here; where there is none, the brief says so. It also says what could not be
computed for want of data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from zhizao.apps.chain import risk_services as chain
from zhizao.apps.cockpit import helping, warnings
from zhizao.apps.warning import runs
from zhizao.apps.warning import services as warning
from zhizao.kernel.result import Refused, mark

if TYPE_CHECKING:
    from zhizao.apps.cockpit.book import Asked
    from zhizao.base.accounts.models import User


def prepare(*, actor: User | None, asked: Asked, step: Callable[[str], None]) -> None:
    """Make the runs that the brief of a day needs and that are not there; asked again it makes none."""
    if warnings.run_of(asked, runs.ALARMS) is None:
        step(mark("Looking for alarms as known that day"))
        _warning(actor, asked, step)
    if helping.run_of(asked) is None:
        step(mark("Computing the risk of the chains as known that day"))
        _chains(actor, asked)


def _warning(actor: User | None, asked: Asked, step: Callable[[str], None]) -> None:
    from zhizao.apps.warning import running  # the engine: only in the worker

    try:
        warning.keep(actor=actor, made=running.make(asked.area, asked.as_of, step=step))
    except Refused:
        return


def _chains(actor: User | None, asked: Asked) -> None:
    found = chain.basis(asked.area, asked.as_of)
    if not found.trade.firms:
        return
    try:
        risk = chain.compute_risk(found, progress=lambda done, total: None)
        chain.keep(actor=actor, found=found, risk=risk, gaps=chain.compute_gaps(found, risk))
    except Refused:
        return
