"""What is done to the ledger: indicators are loaded, observations come in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from zhizao.apps.ledger.definitions import definitions
from zhizao.apps.ledger.models import Batch, Indicator, Series
from zhizao.base.audit import services as audit
from zhizao.base.facts.models import Subject
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    import polars as pl

    from zhizao.apps.ledger.problems import Problems
    from zhizao.apps.ledger.reading import Cells
    from zhizao.base.accounts.models import Area, User


@dataclass(frozen=True, slots=True)
class Act:
    """Who brings observations, whence."""

    actor: User | None
    area: Area
    name: str
    sha256: str


SCOPE_OF_KIND = {"enterprise": "enterprise"}
"""The scope of a figure that names none, by the kind of its subject; ``all`` for the others."""


FROZEN = ("name", "name_en", "unit", "kind", "formula")
"""What stands in sheets and reports: once there are figures, a change of it needs an indicator of another key."""


@transaction.atomic
def load_indicators() -> int:
    """Bring the table of indicators to what packs and plans in force define; returns how many are new or changed.

    An indicator of a plan's target is defined once: what a later version says of the target stands in the plan.

    Raises
    ------
    Refused : what an indicator that has figures is would change (``FROZEN``).
    """
    from zhizao.apps.ledger import targets

    there = {indicator.key: indicator for indicator in Indicator.objects.all()}
    words = definitions()
    wanted = dict(words.indicators)
    for key, body in targets.definitions():
        if key not in there:
            wanted.setdefault(key, {**body, "quality": words.quality[targets.QUALITY]})
    changed = 0
    for position, (key, body) in enumerate(wanted.items()):
        indicator = there.get(key) or Indicator(key=key, position=max(position, len(there)))
        values = _values(body) | ({"position": position} if key in words.indicators else {})
        old = {name: getattr(indicator, name) for name, value in values.items() if getattr(indicator, name) != value}
        if not old:
            continue
        if indicator.pk and not old.keys().isdisjoint(FROZEN):
            _refuse_if_used(indicator)
        for name in old:
            setattr(indicator, name, values[name])
        details = {"key": key, "before": old if indicator.pk else {}}
        indicator.save()
        audit.record(actor=None, action="ledger.indicator.define", target=indicator, details=details)
        changed += 1
    return changed


def _values(body: Any) -> dict[str, Any]:
    rest = {name: body.get(name, "") for name in ("scope", "frequency", "owner", "deadline", "nature")}
    checks = {"step_down": body.get("step_down", "none"), "below_zero": body.get("below_zero", "none")}
    return {
        "name": body["name"]["zh"],
        "name_en": body["name"].get("en", ""),
        "unit": body["unit"],
        "kind": body["kind"],
        "formula": body.get("formula", ""),
        "definition": {**rest, **checks, "quality": body["quality"]},
    }


def _refuse_if_used(indicator: Indicator) -> None:
    from zhizao.apps.ledger.deriving import inputs  # polars: only where a formula is read

    keys = [indicator.key]
    if indicator.is_derived:  # never stored: its figures are those of what it is computed from
        keys = inputs(indicator, frozenset(Indicator.objects.values_list("key", flat=True)))
    if Series.objects.filter(indicator__key__in=keys).exists():
        message = mark("“%(key)s” has figures: its name, unit, kind and formula cannot change.")
        remedy = mark("Define an indicator of another key.")
        raise Refused(Problem("ledger.indicator_in_use", message, remedy=remedy, params={"key": indicator.key}))


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that has been read and checked by columns; what is wrong with it, it carries along."""

    act: Act
    frame: pl.DataFrame | None = None
    problems: Problems | None = None
    definitions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def import_file(*, actor: User | None, area: Area, data: bytes, name: str) -> tuple[Batch, bool]:
    """Check a file of observations and store it whole; returns the import and whether it is new.

    ``actor`` is ``None`` for the system. Only subjects of the area can be written.

    Raises
    ------
    PermissionDenied : the actor may not import into the area.
    Refused : the file has problems; nothing is stored.
    """
    return store_checked(checked(actor=actor, area=area, data=data, name=name))


def import_frame(
    *, actor: User | None, area: Area, frame: pl.DataFrame, name: str, explained: bool = False
) -> tuple[Batch, bool]:
    """Store observations that are at hand as a frame with the columns of a file (forms, simulation).

    The caller has asked for the right. ``explained``: whoever reported a year-to-date figure below the one before has
    said why, so that it is a warning and no error. Raises ``Refused`` as ``import_file`` does.
    """
    from zhizao.apps.ledger.reading import from_frame

    digest = sha256(frame.write_csv().encode()).hexdigest()
    act = Act(actor=actor, area=area, name=name, sha256=digest)
    if _is_known(act):
        return store_checked(Checked(act))
    checked = _check(act, from_frame(frame, name=name))
    if explained:
        softer = {"error": "warning"}
        rules = {
            key: {**item, "step_down": softer.get(item["step_down"], item["step_down"])}
            for key, item in checked.definitions.items()
        }
        checked = replace(checked, definitions=rules)
    return store_checked(checked)


def checked(*, actor: User | None, area: Area, data: bytes, name: str) -> Checked:
    """Read and check a file, outside of the transaction that stores it; a file that is known is not read again."""
    from zhizao.apps.ledger.reading import read

    if actor is not None and not rules.has_perm("ledger.import", actor, area):
        raise PermissionDenied
    act = Act(actor=actor, area=area, name=name, sha256=sha256(data).hexdigest())
    return Checked(act) if _is_known(act) else _check(act, read(data, file=name))


def store_checked(checked: Checked) -> tuple[Batch, bool]:
    """Store what was checked, in one transaction."""
    from zhizao.apps.ledger.storing import store

    if checked.frame is None or checked.problems is None:
        return Batch.objects.get(area=checked.act.area, sha256=checked.act.sha256), False
    return store(checked.frame, checked.problems, act=checked.act, definitions=checked.definitions)


def _is_known(act: Act) -> bool:
    return Batch.objects.filter(area=act.area, sha256=act.sha256).exists()


def _check(act: Act, cells: Cells) -> Checked:
    from zhizao.apps.ledger.checking import Known, check

    load_indicators()
    indicators = {
        indicator.key: {
            "id": indicator.pk,
            "unit": indicator.unit,
            "formula": indicator.formula,
            "step_down": indicator.definition["step_down"],
            "below_zero": indicator.definition["below_zero"],
        }
        for indicator in Indicator.objects.all()
    }
    words = definitions()
    known = Known(
        subjects=_subjects(act.area, cells.frame["subject"].unique().drop_nulls().to_list()),
        indicators=indicators,
        scopes=frozenset(words.scopes),
        price_bases=frozenset(words.price_bases),
        default_scopes=SCOPE_OF_KIND,
        now=timezone.now(),
    )
    frame, problems = check(cells, known)
    return Checked(act, frame, problems, indicators)


def _subjects(area: Area, keys: Iterable[str]) -> dict[str, int]:
    from zhizao.apps.ledger.bulk import chunks

    inside = Subject.objects.filter(area__path__startswith=area.path)
    return {key: pk for part in chunks(keys) for key, pk in inside.filter(key__in=part).values_list("key", "pk")}
