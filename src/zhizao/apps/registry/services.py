"""What is done to the register: each verb checks the right, adds facts, writes its audit row and tells its event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from zhizao.apps.registry import attributes, certificates, queries
from zhizao.apps.registry.models import Absorption, Attribute, Certificate, CreditCode, Institution, Patent
from zhizao.base.audit.services import record
from zhizao.base.events.services import publish
from zhizao.base.facts import painting
from zhizao.base.facts import services as facts
from zhizao.base.facts.models import DatedFact, Membership, Name, Subject
from zhizao.kernel import credit_code
from zhizao.kernel import names as kernel_names
from zhizao.kernel.result import Problem, Refused, Severity, mark

if TYPE_CHECKING:
    from zhizao.base.accounts.models import Area, User

ENTERPRISE = Subject.Kind.ENTERPRISE
IDS_A_QUERY = 500
ONE_NAME = ("subject", "kind")
ONE_PARENT = ("subject", "tree")


def allow(actor: User | None, permission: str, target: object) -> None:
    """Raise ``PermissionDenied`` unless the actor has the permission there; the system has every one."""
    if actor is not None and not actor.has_perm(permission, target):
        raise PermissionDenied(permission)


def done(
    actor: User | None, action: str, subject: Subject, added: Sequence[DatedFact], **details: Any
) -> Sequence[DatedFact]:
    """Record an act on an enterprise and tell it; nothing if it added nothing."""
    if added:
        details |= {"subject": subject.key, "facts": [f"{type(fact).__name__}:{fact.pk}" for fact in added]}
        record(actor=actor, action=f"registry.{action}", target=subject, area=subject.area, details=details)
        publish(name=f"registry.{action}", area=subject.area, subject=subject.key, payload=details)
    return added


@transaction.atomic
def enter(
    *, actor: User | None, area: Area, name: str, valid_from: date | None, source: str, simulated: bool = False
) -> Subject:
    """Enter an enterprise under its registered name; it keeps the id that this name gives it for good.

    Raises
    ------
    Refused : the name is empty, or an enterprise of the area bears it.
    """
    allow(actor, "registry.edit", area)
    text = kernel_names.normalise(name)
    if not text or len(text) > Name._meta.get_field("text").max_length:
        raise Refused(Problem("registry.no_name", mark("An enterprise is entered under its registered name.")))
    same = Name.objects.filter(text=text, kind=Name.Kind.REGISTERED, withdrawn=False, subject__area=area)
    if same.exists():
        raise Refused(
            Problem(
                "registry.known",
                mark("“%(name)s” is in the register."),
                remedy=mark("Open its file and state there what is new."),
                params={"name": text},
            )
        )
    (subject,) = new_subjects(area=area, names_at_entry=[text], simulated=simulated)
    added = facts.state(first_facts(subject, text, area=area_subject(area), valid_from=valid_from, source=source))
    done(actor, "enter", subject, added, name=text, source=source)
    return subject


def new_subjects(*, area: Area, names_at_entry: Sequence[str], simulated: bool = False) -> list[Subject]:
    """New enterprises. The id is that of the name at first entry, with a number where another has it already."""
    firsts = [kernel_names.stable_id(name) for name in names_at_entry]
    taken: set[str] = set()
    for start in range(0, len(firsts), IDS_A_QUERY):
        part = firsts[start : start + IDS_A_QUERY]
        keys = [f"{ENTERPRISE}:{first}" for first in part]
        known = list(Subject.objects.filter(key__in=keys).values_list("key", flat=True))
        for key in known:
            taken |= set(Subject.objects.filter(key__startswith=key).values_list("key", flat=True))
    subjects = []
    for first in firsts:
        key = next(k for k in _keys(first) if k not in taken)
        taken.add(key)
        subjects.append(Subject(key=key, kind=ENTERPRISE, area=area, simulated=simulated))
    return Subject.objects.bulk_create(subjects, batch_size=IDS_A_QUERY)


def _keys(first: str) -> Iterator[str]:
    yield f"{ENTERPRISE}:{first}"
    for number in count(2):
        yield f"{ENTERPRISE}:{first}-{number}"


def area_subject(area: Area) -> Subject:
    """The area itself as a subject, under its name."""
    return named(facts.subject(kind=Subject.Kind.AREA, id_part=area.code, area=area), area.name)


def named(subject: Subject, name: str) -> Subject:
    """The subject, which is given this name if it has none yet."""
    if not Name.objects.filter(subject=subject).exists():
        facts.state([facts.name(subject, Name.Kind.SHORT, name)])
    return subject


def first_facts(subject: Subject, name: str, *, area: Subject, **fact: Any) -> list[DatedFact]:
    """Its registered name, and the area that it belongs to."""
    return [
        facts.name(subject, Name.Kind.REGISTERED, name, **fact),
        Membership(subject=subject, parent=area, tree=Membership.Tree.AREA, **fact),
    ]


@transaction.atomic
def rename(*, actor: User | None, subject: Subject, name: str, since: date, source: str) -> Sequence[DatedFact]:
    """Give an enterprise another registered name from a day on; the one before becomes a former name."""
    allow(actor, "registry.edit", subject)
    fact = {"valid_from": since, "source": source}
    before = Name.objects.filter(subject=subject, kind=Name.Kind.REGISTERED)
    old = queries.facts_at(before, on=since - timedelta(days=1)).first()
    new = facts.name(subject, Name.Kind.REGISTERED, name, **fact)
    if not new.text:
        raise Refused(Problem("registry.no_name", mark("An enterprise is entered under its registered name.")))
    added: list[DatedFact] = [*facts.replace(new, among=ONE_NAME)]
    if old is not None and added and old.text != new.text:
        added += facts.state([facts.name(subject, Name.Kind.FORMER, old.text, **fact)])
    return done(actor, "rename", subject, added, name=new.text, source=source)


@transaction.atomic
def add_name(*, actor: User | None, subject: Subject, kind: str, text: str, source: str) -> Sequence[DatedFact]:
    """Add a name by which the enterprise is or was known."""
    allow(actor, "registry.edit", subject)
    added = facts.state([facts.name(subject, kind, text, source=source)])
    return done(actor, "name", subject, added, kind=kind, name=text, source=source)


@transaction.atomic
def set_attribute(
    *,
    actor: User | None,
    subject: Subject,
    name: str,
    value: str,
    source: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Sequence[DatedFact]:
    """State an attribute for some days, in place of what was recorded for them.

    Raises
    ------
    Refused : the value cannot be read.
    """
    allow(actor, "registry.edit", subject)
    read = attributes.read(name, value)
    fact = Attribute(subject=subject, name=name, value=read, source=source, valid_from=valid_from, valid_to=valid_to)
    # What a contact is called stands in the fact, where only those who deal with the enterprise see it.
    said = {} if name in attributes.CONTACTS else {"value": read}
    return done(actor, "attribute", subject, facts.state([fact]), name=name, source=source, **said)


@transaction.atomic
def set_code(
    *,
    actor: User | None,
    subject: Subject,
    code: str,
    source: str,
    valid_from: date | None = None,
    simulated: bool = False,
) -> Sequence[DatedFact]:
    """State the credit code.

    Raises
    ------
    Refused : the code is no code, or another enterprise has it.
    """
    allow(actor, "registry.edit", subject)
    if wrong := [problem for problem in credit_code.problems(code) if problem.severity is Severity.ERROR]:
        raise Refused(*wrong)
    text = str(credit_code.parse(code))
    if (other := holder_of(text, besides=subject)) is not None:
        raise Refused(code_taken(text, other))
    fact = CreditCode(subject=subject, code=text, simulated=simulated, source=source, valid_from=valid_from)
    return done(actor, "code", subject, facts.state([fact]), code=text, source=source)


def holder_of(code: str, *, besides: Subject) -> Subject | None:
    """Another enterprise that has or had the code."""
    others = CreditCode.objects.filter(code=code).exclude(subject=besides).select_related("subject")
    for other in {row.subject for row in others}:
        rows = CreditCode.objects.filter(subject=other)
        if any(piece.row is not None and piece.row.code == code for piece in painting.history(rows)):
            return other
    return None


def code_taken(code: str, other: Subject) -> Problem:
    """The problem of a code that another enterprise has."""
    return Problem(
        "registry.code_taken",
        mark("The credit code %(code)s belongs to enterprise %(other)s."),
        remedy=mark("Compare it with the licence; merge the two records if they are one enterprise."),
        params={"code": code, "other": other.id_part},
    )


PARENT_KINDS = {
    Membership.Tree.SECTOR: Subject.Kind.SECTOR,
    Membership.Tree.PARK: Subject.Kind.PARK,
    Membership.Tree.GRID: Subject.Kind.AREA,
    Membership.Tree.GROUP: Subject.Kind.GROUP,
}


def parent_subject(*, tree: str, name: str, area: Area) -> Subject:
    """The sector, park, street or group of this name in an area, entered if it is new."""
    kind, text = PARENT_KINDS[Membership.Tree(tree)], kernel_names.normalise(name)
    id_part = text if tree == Membership.Tree.SECTOR else f"{area.code}.{text}"
    other = Subject.objects.filter(key=f"{kind}:{id_part}").exclude(area=area).exists()
    return named(facts.subject(kind=kind, id_part=f"{area.code}.{text}" if other else id_part, area=area), text)


@transaction.atomic
def join(
    *,
    actor: User | None,
    subject: Subject,
    tree: str,
    parent: str,
    source: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Sequence[DatedFact]:
    """Put an enterprise into a sector, park, street or group, in place of the one it was in on those days."""
    allow(actor, "registry.edit", subject)
    into = parent_subject(tree=tree, name=parent, area=subject.area)
    fact = Membership(subject=subject, parent=into, tree=tree, source=source, valid_from=valid_from, valid_to=valid_to)
    added = facts.replace(fact, among=ONE_PARENT)
    return done(actor, "membership", subject, added, tree=tree, parent=into.key, source=source)


@transaction.atomic
def certify(*, actor: User | None, certificate: Certificate) -> Sequence[DatedFact]:
    """Record a certificate, with its days; the kind is one of ``certificates.kinds``.

    Raises
    ------
    Refused : there is no such kind.
    """
    subject = certificate.subject
    allow(actor, "registry.edit", subject)
    certificate.kind = certificates.read(certificate.kind)
    said = {"kind": certificate.kind, "number": certificate.number, "source": certificate.source}
    return done(actor, "certificate", subject, facts.state([certificate]), **said)


@transaction.atomic
def possess(*, actor: User | None, fact: Institution | Patent) -> Sequence[DatedFact]:
    """Record an R&D institution or a patent of an enterprise."""
    allow(actor, "registry.edit", fact.subject)
    said = {"what": str(fact), "source": fact.source}
    return done(actor, type(fact).__name__.lower(), fact.subject, facts.state([fact]), **said)


@transaction.atomic
def take_back(*, actor: User | None, fact: DatedFact, reason: str, last_day: date | None = None) -> Sequence[DatedFact]:
    """Say that a fact never held, or with ``last_day`` that it holds no longer after it."""
    allow(actor, "registry.edit", fact.subject)
    if last_day is None:
        added = facts.withdraw(fact, source=reason)
    else:
        added = facts.end(fact, last_day=last_day, source=reason)
    said = {"fact": f"{type(fact).__name__}:{fact.pk}", "reason": reason}
    return done(actor, "end" if last_day else "withdraw", fact.subject, added, **said)


@transaction.atomic
def merge(
    *, actor: User | None, absorbed: Subject, survivor: Subject, reason: str, since: date | None = None
) -> Sequence[DatedFact]:
    """Let a record go on in another: from a day on (a merger), or from ever (two records of one enterprise).

    Nothing of either is touched; the id that is given up still opens and leads on.

    Raises
    ------
    Refused : the two are one record, the survivor goes on in the other, or the record goes on in another already.
    """
    for subject in (absorbed, survivor):
        allow(actor, "registry.edit", subject)
    Subject.objects.select_for_update().filter(pk__in=(absorbed.pk, survivor.pk)).order_by("pk").first()
    seen = queries.view()
    last = queries.survivor(survivor, seen) or survivor
    if last == absorbed:
        raise Refused(
            Problem(
                "registry.circle",
                mark("Enterprise %(survivor)s goes on in %(absorbed)s itself."),
                remedy=mark("Choose another record, or undo that merge first."),
                params={"survivor": survivor.id_part, "absorbed": absorbed.id_part},
            )
        )
    now = queries.survivor(absorbed, seen)
    if now is not None and now != last:
        raise Refused(
            Problem(
                "registry.absorbed",
                mark("Enterprise %(absorbed)s goes on in %(survivor)s already."),
                remedy=mark("Undo that merge first."),
                params={"absorbed": absorbed.id_part, "survivor": now.id_part},
            )
        )
    fact = Absorption(subject=absorbed, survivor=survivor, valid_from=since, source=reason)
    said = {"survivor": survivor.key, "since": since and since.isoformat(), "reason": reason}
    return done(actor, "merge", absorbed, facts.state([fact]), **said)


@transaction.atomic
def split(*, actor: User | None, absorbed: Subject, reason: str, since: date | None = None) -> Sequence[DatedFact]:
    """Undo a merge: with a day the record stands for itself from that day, without one the merge was an error."""
    allow(actor, "registry.edit", absorbed)
    rows = Absorption.objects.filter(subject=absorbed)
    fact = queries.facts_at(rows, **queries.view().at).first()
    if fact is None:
        raise Refused(
            Problem(
                "registry.not_absorbed",
                mark("Enterprise %(absorbed)s stands for itself."),
                params={"absorbed": absorbed.id_part},
            )
        )
    if since is not None and fact.valid_from is not None and since <= fact.valid_from:
        since = None  # ends before it began: it never held
    if since is None:
        added = facts.withdraw(fact, source=reason)
    else:
        added = facts.end(fact, last_day=since - timedelta(days=1), source=reason)
    return done(
        actor, "split", absorbed, added, survivor=fact.survivor.key, since=since and since.isoformat(), reason=reason
    )
