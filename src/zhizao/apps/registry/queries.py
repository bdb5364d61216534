"""What is asked of the register, on a day as known at an instant; read-only, scoped to the actor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from zhizao.apps.registry.models import Absorption, Attribute, Certificate, CreditCode, NamePair
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Link, Membership, Name, Subject
from zhizao.base.facts.queries import facts_at
from zhizao.kernel import industries
from zhizao.kernel import text as texts
from zhizao.kernel.result import Refused

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import Area, User

    Actor = User | AnonymousUser

ENTERPRISE = Subject.Kind.ENTERPRISE
OUTSIDE = ".outside"
"""The end of the key of the subject that stands for all suppliers and buyers outside of an area."""
TREES = (Membership.Tree.SECTOR, Membership.Tree.PARK, Membership.Tree.GRID, Membership.Tree.GROUP)


@dataclass(frozen=True, slots=True)
class View:
    """The day that is looked at, and the instant as known at which."""

    on: date
    as_of: date | None = None

    @property
    def at(self) -> dict[str, Any]:
        """For the functions that take ``on`` and ``as_of``."""
        return {"on": self.on, "as_of": self.as_of}


def view(as_of: date | None = None) -> View:
    """The register as it stood at the end of a day, by default as it stands now."""
    return View(as_of or facts.today(), as_of)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed by; empty text narrows nothing."""

    text: str = ""
    tier: str = ""
    sector: str = ""
    industry: str = ""
    certificate: str = ""
    above_scale: str = ""
    absorbed: bool = False


@dataclass(slots=True)
class Line:
    """An enterprise as the list shows it."""

    subject: Subject
    name: str
    code: str = ""
    code_simulated: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    parents: dict[str, list[str]] = field(default_factory=dict)
    certificates: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.subject.id_part

    def get(self, name: str) -> str | None:
        """An attribute; None if it is unknown."""
        return self.attributes.get(name)


def enterprise(actor: Actor, id_part: str) -> Subject | None:
    """The enterprise of an id that the actor may see."""
    found = Subject.objects.visible_to(actor).filter(key=f"{ENTERPRISE}:{id_part}")
    return found.select_related("area").first()


def visible(actor: Actor, subjects: Iterable[Subject]) -> set[int]:
    """The primary keys of those of the subjects that the actor may see."""
    keys = [subject.pk for subject in subjects]
    return set(Subject.objects.visible_to(actor).filter(pk__in=keys).values_list("pk", flat=True))


def enterprises(actor: Actor, wanted: Wanted, seen: View) -> QuerySet[Name]:
    """The registered names of the enterprises that are wanted, by pinyin: one row for each."""
    # As a set of subjects: the database looks it through once, not the subject of every name.
    firms = Subject.objects.visible_to(actor).filter(kind=ENTERPRISE).order_by().values("pk")
    rows = Name.objects.filter(kind=Name.Kind.REGISTERED, subject__in=firms)
    if wanted.text.strip():
        rows = rows.filter(subject__in=called(wanted.text))
    for name, value in (("tier", wanted.tier), ("above_scale", wanted.above_scale)):
        if value:
            rows = rows.filter(subject__in=_with(Attribute.objects.filter(name=name, value=value), seen))
    if wanted.industry:
        of_class = Attribute.objects.filter(name="industry", value__startswith=_code_of(wanted.industry))
        rows = rows.filter(subject__in=_with(of_class, seen))
    if wanted.sector:
        members = Membership.objects.filter(tree=Membership.Tree.SECTOR, parent__key=wanted.sector)
        rows = rows.filter(subject__in=_with(members, seen))
    if wanted.certificate:
        rows = rows.filter(subject__in=_with(Certificate.objects.filter(kind=wanted.certificate), seen))
    absorbed = _with(Absorption.objects.all(), seen)
    rows = rows.filter(subject__in=absorbed) if wanted.absorbed else rows.exclude(subject__in=absorbed)
    return facts_at(rows, **seen.at).order_by("pinyin", "text", "pk")


def _code_of(industry: str) -> str:
    """A code of GB/T 4754 with its section; what is no code is found nowhere."""
    try:
        return industries.get(industry).code
    except Refused:
        return industry


def _with(rows: QuerySet, seen: View) -> QuerySet:
    return facts_at(rows, **seen.at).order_by().values("subject")


def called(text: str) -> QuerySet:
    """Subjects that have or had a name with the text in it, in its pinyin or its initials; or the credit code."""
    text = texts.normalise(text).replace("\x00", "").strip()  # which no database takes
    if not text:
        return Subject.objects.none().values("pk")
    latin = text.lower().replace(" ", "")
    match = Q(text__icontains=text)
    if latin.isascii():
        match |= Q(pinyin__contains=latin) | Q(initials__contains=latin)
    named = Name.objects.filter(match, withdrawn=False).order_by().values("subject")
    coded = CreditCode.objects.filter(code=text.upper()).order_by().values("subject")
    return Subject.objects.filter(Q(pk__in=named) | Q(pk__in=coded)).order_by().values("pk")


def read(keys: Sequence[int]) -> list[Name]:
    """The registered names of these keys, in their order."""
    rows = Name.objects.select_related("subject").in_bulk(keys)
    return [rows[key] for key in keys]


def lines(names: Iterable[Name], seen: View) -> list[Line]:
    """What the list shows of some enterprises; the number of queries does not depend on how many there are."""
    found = {name.subject_id: Line(name.subject, name.text) for name in names}
    keys = list(found)
    for row in facts_at(CreditCode.objects.filter(subject__in=keys), **seen.at):
        found[row.subject_id].code, found[row.subject_id].code_simulated = row.code, row.simulated
    for row in facts_at(Attribute.objects.filter(subject__in=keys), **seen.at):
        found[row.subject_id].attributes[row.name] = row.value
    for row in facts_at(Certificate.objects.filter(subject__in=keys), **seen.at).order_by("kind"):
        found[row.subject_id].certificates.append(row.kind)
    memberships = Membership.objects.filter(subject__in=keys, tree__in=TREES)
    rows = list(facts_at(memberships, **seen.at).select_related("parent").order_by("parent__key"))
    called = parent_names({row.parent for row in rows}, seen)
    for row in rows:
        found[row.subject_id].parents.setdefault(row.tree, []).append(called[row.parent_id])
    return list(found.values())


def parent_names(subjects: Iterable[Subject], seen: View) -> dict[int, str]:
    """What sectors, parks and groups are called: their name, or what their key says."""
    known = list(subjects)
    found = facts.names([subject.pk for subject in known], **seen.at)
    return {subject.pk: found.get(subject.pk, subject.id_part) for subject in known}


def tiers(actor: Actor) -> list[str]:
    """The tiers that are or were recorded in the actor's areas."""
    # Every value by the index alone, then one row of each that the actor may see: not all rows of 50,000 enterprises.
    values = Attribute.objects.filter(name="tier").order_by().values_list("value", flat=True).distinct()
    visible = Attribute.objects.visible_to(actor).filter(name="tier", withdrawn=False).order_by()
    return sorted(value for value in values if visible.filter(value=value).exists())


def attribute_by_key(area: Area, name: str, seen: View) -> dict[str, str]:
    """One attribute of every enterprise of an area that has it, by the enterprise's key."""
    rows = Attribute.objects.filter(name=name, subject__kind=ENTERPRISE, subject__area__path__startswith=area.path)
    return dict(facts_at(rows, **seen.at).order_by().values_list("subject__key", "value"))


def sectors(actor: Actor, seen: View) -> list[tuple[str, str]]:
    """The sectors of the actor's areas as key and name."""
    found = list(Subject.objects.visible_to(actor).filter(kind=Subject.Kind.SECTOR))
    called = parent_names(found, seen)
    return sorted(((subject.key, called[subject.pk]) for subject in found), key=lambda pair: pair[1])


def survivor(subject: Subject, seen: View) -> Subject | None:
    """The record in which this one goes on, followed to its end; None if it stands for itself."""
    path = {subject.pk}
    current = subject
    while row := facts_at(Absorption.objects.filter(subject=current), **seen.at).select_related("survivor").first():
        if row.survivor_id in path:
            break
        path.add(row.survivor_id)
        current = row.survivor
    return None if current == subject else current


def survivors(seen: View) -> dict[int, int]:
    """Of every record that goes on in another one (by primary key) the record at the end; one in a circle has none."""
    into = dict(facts_at(Absorption.objects.all(), **seen.at).order_by().values_list("subject", "survivor"))
    found = {}
    for start in into:
        path, current = {start}, into[start]
        while current in into and current not in path:
            path.add(current)
            current = into[current]
        if current not in path:
            found[start] = current
    return found


def absorbed(subject: Subject, seen: View) -> list[Subject]:
    """The records that go on in this one directly."""
    rows = facts_at(Absorption.objects.filter(survivor=subject), **seen.at).select_related("subject")
    return [row.subject for row in rows]


def known_names(subject: Subject, seen: View) -> set[str]:
    """Every name that the enterprise has or had, as known then."""
    rows = Name.objects.filter(subject=subject, withdrawn=False, known_from__lte=facts.instant(seen.as_of))
    return set(rows.values_list("text", flat=True))


def links(actor: Actor, seen: View) -> QuerySet[Link]:
    """The links of suppliers and buyers that hold, of which the actor may see at least one end."""
    return facts_at(Link.objects.visible_to(actor), **seen.at).select_related("subject", "buyer")


def open_pairs(actor: Actor) -> QuerySet[NamePair]:
    """Pairs that wait for a decision, the likeliest first."""
    rows = NamePair.objects.visible_to(actor).filter(state=NamePair.State.OPEN)
    return rows.select_related("candidate")
