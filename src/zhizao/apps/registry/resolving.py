"""Names from outside resolved to enterprises by the engine, and what people decide of the doubtful ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from zhizao.apps.registry import queries
from zhizao.apps.registry.models import NamePair
from zhizao.apps.registry.services import add_name, allow
from zhizao.base.accounts.models import Area
from zhizao.base.audit.services import record
from zhizao.base.facts.models import Name, Subject
from zhizao.kernel import names as kernel_names

if TYPE_CHECKING:
    from zhizao.apps.registry.queries import View
    from zhizao.base.accounts.models import User

NAMES_A_QUERY = 500
LONGEST_NAME = 200

# Names that people gave stand beside former ones: the engine knows the kinds of the register of companies.
KINDS = {Name.Kind.ALIAS: Name.Kind.FORMER}


@dataclass(frozen=True, slots=True)
class Found:
    """A name, and an enterprise that it means or may mean; ``reason`` and ``against`` are codes of the engine."""

    name: str
    decision: str
    subject: Subject | None = None
    called: str = ""
    score: float | None = None
    reason: str = ""
    against: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The reason and what speaks against it, in the reader's language."""
        return reason_words((self.reason, *self.against))


def resolve(actor: User, names: Sequence[str], seen: View) -> list[Found]:
    """Find the enterprises of the actor's areas that some names mean; what people refused is not proposed again."""
    known = register(Name.objects.visible_to(actor), seen)
    if not known:
        return [Found(name, "none") for name in names]
    rows = _engine(names, known)
    keys = {row["entity"] for row in rows if row["entity"]}
    subjects = {subject.key: subject for subject in Subject.objects.filter(key__in=keys).select_related("area")}
    called = queries.parent_names(subjects.values(), seen)
    refused = _refused(actor, names)
    found = [
        Found(
            row["query"],
            row["decision"],
            subjects[row["entity"]],
            called[subjects[row["entity"]].pk],
            row["score"],
            row["reason"],
            tuple(row["against"] or ()),
        )
        if row["entity"] and (kernel_names.normalise(row["query"]), row["entity"]) not in refused
        else Found(row["query"], "none")
        for row in rows
    ]
    return [item for item in found if item.subject or not _proposed(item.name, found)]


def _proposed(name: str, found: Sequence[Found]) -> bool:
    return any(item.subject and item.name == name for item in found)


def register(names: QuerySet[Name], seen: View) -> list[tuple[str, str, str]]:
    """Key, name and kind of every name of enterprises among some names, as the engine takes them."""
    rows = names.filter(subject__kind=Subject.Kind.ENTERPRISE)
    known = queries.facts_at(rows, **seen.at).values_list("subject__key", "text", "kind")
    return [(key, text, KINDS.get(kind, kind)) for key, text, kind in known]


def _engine(names: Sequence[str], known: list[tuple[str, str, str]]) -> list[dict[str, Any]]:
    import polars as pl  # heavy: only when a list is resolved

    from zhizao.engines import entities

    frame = pl.DataFrame(known, schema=["entity", "name", "kind"], orient="row")
    return entities.resolve(names, frame).to_dicts()


def _refused(actor: User, names: Sequence[str]) -> set[tuple[str, str]]:
    wanted = [kernel_names.normalise(name) for name in names]
    rows = NamePair.objects.visible_to(actor).filter(state=NamePair.State.REFUSED)
    if len(wanted) <= NAMES_A_QUERY:
        rows = rows.filter(name__in=wanted)
    return set(rows.values_list("name", "candidate__key"))


@transaction.atomic
def keep_doubtful(*, actor: User, area: Area, found: Sequence[Found]) -> int:
    """Put the doubtful names on the list to be decided; those that are on it stay as they are. Returns how many new."""
    allow(actor, "registry.edit", area)
    doubtful = [item for item in found if item.decision == "review" and item.subject is not None]
    before = NamePair.objects.count()
    NamePair.objects.bulk_create(
        [
            NamePair(
                area=item.subject.area,
                name=kernel_names.normalise(item.name)[:LONGEST_NAME],
                candidate=item.subject,
                score=Decimal(str(round(item.score or 0, 4))),
                reason=",".join((item.reason, *item.against)),
            )
            for item in doubtful
        ],
        ignore_conflicts=True,
    )
    added = NamePair.objects.count() - before
    if added:
        record(actor=actor, action="registry.pairs", area=area, details={"names": added})
    return added


@transaction.atomic
def decide(*, actor: User, pair: NamePair, state: NamePair.State) -> NamePair:
    """Say whether a name means the enterprise: if so it becomes an alias, if not it is not proposed again."""
    allow(actor, "registry.edit", pair.candidate)
    pair = NamePair.objects.select_for_update(of=("self",)).select_related("candidate__area", "area").get(pk=pair.pk)
    if pair.state != NamePair.State.OPEN:
        return pair
    pair.state, pair.decided_by, pair.decided_at = state, actor, timezone.now()
    pair.save(update_fields=["state", "decided_by", "decided_at"])
    details = {"name": pair.name, "candidate": pair.candidate.key, "state": state.value}
    record(actor=actor, action="registry.pair.decide", target=pair, area=pair.area, details=details)
    if state == NamePair.State.ACCEPTED:
        source = gettext("Decided from a list of names: %(reason)s") % {"reason": reason_words(pair.reason.split(","))}
        add_name(actor=actor, subject=pair.candidate, kind=Name.Kind.ALIAS, text=pair.name, source=source)
        # One name means one enterprise: what else it might have meant needs no answer any more.
        others = NamePair.objects.filter(name=pair.name, area=pair.area, state=NamePair.State.OPEN)
        others.update(state=NamePair.State.REFUSED, decided_by=actor, decided_at=timezone.now())
    return pair


def reason_words(codes: Sequence[str]) -> str:
    """The engine's codes in the reader's words."""
    from zhizao.engines.entities import CONFLICTS, REASONS

    said = {**REASONS, **CONFLICTS}
    return "；".join(gettext(said[code]) if code in said else code for code in codes if code)
