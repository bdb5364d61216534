"""The part of a run that tells how the economy stands: groups and answers as known on a day, and what is told of them.

Worker only: it brings the engine. Colours are not in the record, they follow from dated cut-offs when it is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from zhizao.apps.registry import queries as register
from zhizao.apps.warning.standing import Answers, Grouped, series, tell
from zhizao.base.accounts.models import Area, Organisation
from zhizao.base.evidence import canonical
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Membership, Subject
from zhizao.base.forms.circle import Circle, subject_key
from zhizao.base.forms.models import Step
from zhizao.kernel import industries
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.apps.warning.gathering import Gathered
    from zhizao.engines.warning.running import Warnings

FORM = "climate"
NOW, AHEAD = "01.answer", "02.answer"
"""The cells of the questionnaire that ask for the state of this quarter and of the next."""
TREES = (
    ("sector", Membership.Tree.SECTOR),
    ("chain", Membership.Tree.CHAIN),
    ("park", Membership.Tree.PARK),
    ("street", Membership.Tree.GRID),
)
KINDS = {"chain": Subject.Kind.CHAIN, "park": Subject.Kind.PARK, "sector": Subject.Kind.SECTOR}


def record(gathered: Gathered, found: Warnings) -> dict[str, Any]:
    """What is told of every group of an area, from the alarms and from the figures that are not in doubt.

    ``sha256`` is of what was read beside the figures: who belongs where, the questionnaires, the choice of series.
    """
    area, day, chosen = gathered.area, gathered.as_of, series()
    groups, answers = groups_of(area, day, gathered.subjects), answers_of(area, day)
    beside = [
        [[one.kind, one.key, one.name, sorted(one.members)] for one in groups],
        [[str(one.span), sorted(one.asked), dict(one.now), dict(one.ahead)] for one in answers],
        asdict(chosen),
    ]
    return {
        "area": area.code,
        "as_of": day.isoformat(),
        "month": str(Span(gathered.month, 1)),
        "counted": chosen.counted,
        "lamps": list(chosen.lamps),
        "least_members": chosen.least_members,
        "simulated": bool(gathered.simulated),
        "sha256": canonical.sha256(beside),
        "groups": tell(found.figures, found.alarms, groups, answers, chosen),
    }


def groups_of(area: Area, as_of: date, subjects: Iterable[str]) -> list[Grouped]:
    """All that report, those of each area right below; members of each sector, chain, park, street and division."""
    everyone = frozenset(subjects)
    wanted = Subject.objects.filter(kind=Subject.Kind.ENTERPRISE, area__path__startswith=area.path)
    firms = {subject.pk: subject for subject in wanted.select_related("area")}
    groups = [Grouped("region", f"area:{area.code}", area.name, everyone)]
    for child in area.children.order_by("path"):
        own = frozenset(one.key for one in firms.values() if one.area.path.startswith(child.path))
        groups.append(Grouped("area", f"area:{child.code}", child.name, own & everyone))
    for kind, tree in TREES:
        groups += _of_tree(kind, tree, firms, as_of)
    return [*groups, *_divisions(area, as_of)]


def _of_tree(kind: str, tree: str, firms: Mapping[int, Subject], as_of: date) -> list[Grouped]:
    rows = Membership.objects.filter(tree=tree).select_related("parent")
    above: dict[int, list[Subject]] = defaultdict(list)
    for row in facts.facts_at(rows, on=as_of, as_of=as_of).order_by("parent__key"):
        above[row.subject_id].append(row.parent)
    members: dict[int, set[str]] = defaultdict(set)
    parents: dict[int, Subject] = {}
    for pk, firm in firms.items():
        level, seen = above.get(pk, []), set()
        while level:
            fresh = {one.pk: one for one in level if one.pk not in seen}
            seen |= fresh.keys()
            parents |= fresh
            level = [parent for one in fresh for parent in above.get(one, [])]
        for one in seen:
            members[one].add(firm.key)
    shown = {pk: one for pk, one in parents.items() if kind not in KINDS or one.kind == KINDS[kind]}
    called = facts.names(shown, on=as_of, as_of=as_of)
    found = [Grouped(kind, one.key, called.get(pk, one.id_part), frozenset(members[pk])) for pk, one in shown.items()]
    return sorted(found, key=lambda group: group.key)


def _divisions(area: Area, as_of: date) -> list[Grouped]:
    members: dict[industries.Industry, set[str]] = defaultdict(set)
    for key, code in register.attribute_by_key(area, "industry", register.view(as_of)).items():
        try:
            division = industries.get(code).at("division")
        except Refused:  # a code of an older classification: in no division, which the lamp's count shows
            continue
        members[division].add(key)
    ordered = sorted(members.items(), key=lambda pair: pair[0].code)
    return [Grouped("division", f"division:{one.code}", one.name, frozenset(own)) for one, own in ordered]


def answers_of(area: Area, as_of: date) -> list[Answers]:
    """The questionnaires that were handed in by the end of a day, by quarter; as they stood then."""
    steps = Step.objects.filter(
        submission__form=FORM, submission__area__path__startswith=area.path, at__lte=facts.instant(as_of)
    )
    stood = {step.submission_id: step for step in steps.select_related("submission").order_by("at", "pk")}
    by_span: dict[Span, list[Step]] = defaultdict(list)
    for step in stood.values():
        if step.state in step.submission.HANDED_IN:
            by_span[step.submission.period].append(step)
    if not by_span:
        return []
    within = Organisation.objects.filter(area__path__startswith=area.path, kind=Organisation.Kind.ENTERPRISE)
    reporters = list(within.filter(is_active=True).exclude(enterprise_key=None).order_by("pk"))
    circle = Circle(reporters)
    found = []
    for span in sorted(by_span):
        given = {step.submission.subject_key: step.cells for step in by_span[span]}
        asked = {subject_key(one) for one in reporters if circle.includes(one, span.last_day)}
        now, ahead = ({key: cells[at] for key, cells in given.items() if cells.get(at)} for at in (NOW, AHEAD))
        found.append(Answers(span, frozenset(asked | given.keys()), now, ahead))
    return found
