"""What is done to the ledger: indicators are loaded, observations come in."""

from __future__ import annotations

from collections.abc import Iterable
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

    from zhizao.apps.ledger.reading import Cells
    from zhizao.base.accounts.models import Area, User

SCOPE_OF_KIND = {"enterprise": "enterprise"}
"""The scope of a figure that names none, by the kind of its subject; ``all`` for the others."""


@transaction.atomic
def load_indicators() -> int:
    """Bring the table of indicators to what the packs define; returns how many are new or changed.

    Raises
    ------
    Refused : the unit or kind of an indicator that has figures would change.
    """
    there = {indicator.key: indicator for indicator in Indicator.objects.all()}
    changed = 0
    for position, (key, body) in enumerate(definitions().indicators.items()):
        values = _values(body) | {"position": position}
        indicator = there.get(key)
        if indicator is None:
            indicator = Indicator(key=key)
        elif all(getattr(indicator, name) == value for name, value in values.items()):
            continue
        elif (indicator.unit, indicator.kind) != (values["unit"], values["kind"]):
            _refuse_if_used(indicator)
        for name, value in values.items():
            setattr(indicator, name, value)
        indicator.save()
        audit.record(actor=None, action="ledger.indicator.define", target=indicator, details={"key": key})
        changed += 1
    return changed


def _values(body: Any) -> dict[str, Any]:
    rest = {name: body.get(name, "") for name in ("scope", "frequency", "owner", "deadline")}
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
    if Series.objects.filter(indicator=indicator).exists():
        message = mark("“%(key)s” has figures: its unit and kind cannot change.")
        remedy = mark("Define an indicator of another key.")
        raise Refused(Problem("ledger.indicator_in_use", message, remedy=remedy, params={"key": indicator.key}))


def import_file(*, actor: User | None, area: Area, data: bytes, name: str) -> tuple[Batch, bool]:
    """Check a file of observations and store it whole; returns the import and whether it is new.

    ``actor`` is ``None`` for the system. Only subjects of the area, and of those the ones that the actor may see, can
    be written.

    Raises
    ------
    PermissionDenied : the actor may not import into the area.
    Refused : the file has problems; nothing is stored.
    """
    from zhizao.apps.ledger.reading import read

    if actor is not None and not rules.has_perm("ledger.import", actor, area):
        raise PermissionDenied
    digest = sha256(data).hexdigest()
    if (batch := Batch.objects.filter(area=area, sha256=digest).first()) is not None:
        return batch, False
    return record(actor=actor, area=area, cells=read(data, file=name), name=name, digest=digest)


def import_frame(*, actor: User | None, area: Area, frame: pl.DataFrame, name: str) -> tuple[Batch, bool]:
    """Store observations that are at hand as a frame of text with the columns of a file (forms, simulation).

    The caller has asked for the right. Raises ``Refused`` as ``import_file`` does.
    """
    from zhizao.apps.ledger.reading import from_frame

    digest = sha256(frame.write_csv().encode()).hexdigest()
    return record(actor=actor, area=area, cells=from_frame(frame, name=name), name=name, digest=digest)


def record(*, actor: User | None, area: Area, cells: Cells, name: str, digest: str) -> tuple[Batch, bool]:
    """Check cells and store them."""
    from zhizao.apps.ledger import storing
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
        subjects=_subjects(area, cells.frame["subject"].unique().drop_nulls().to_list()),
        indicators=indicators,
        scopes=frozenset(words.scopes),
        price_bases=frozenset(words.price_bases),
        default_scopes=SCOPE_OF_KIND,
        now=timezone.now(),
    )
    frame, problems = check(cells, known)
    act = storing.Act(actor=actor, area=area, name=name, sha256=digest)
    return storing.store(frame, problems, act=act, definitions=indicators)


def _subjects(area: Area, keys: Iterable[str]) -> dict[str, int]:
    from zhizao.apps.ledger.bulk import chunks

    inside = Subject.objects.filter(area__path__startswith=area.path)
    return {key: pk for part in chunks(keys) for key, pk in inside.filter(key__in=part).values_list("key", "pk")}
