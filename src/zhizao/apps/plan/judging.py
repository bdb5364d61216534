"""What people say of a finding: accepted, of another severity, no problem; and how the report counts then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from zhizao.apps.plan import checking
from zhizao.apps.plan.models import FindingDecision, PlanVersion
from zhizao.base.audit.services import record
from zhizao.base.jobs.problems import say
from zhizao.kernel.result import Place, Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.base.accounts.models import User
    from zhizao.engines.planlint.finding import Finding
    from zhizao.engines.planlint.report.present import Presentation

Verdict = FindingDecision.Verdict


@transaction.atomic
def decide(
    *, actor: User, version: PlanVersion, finding: str, verdict: str, severity: str = "", reason: str = ""
) -> FindingDecision:
    """Say what is to become of a finding; a later word takes the place of an earlier, which stays in the audit log.

    Raises
    ------
    Refused : the last check has no such finding, or a word is missing (``severity`` to judge otherwise, ``reason``
        for anything but accepting).
    PermissionDenied : the actor may not decide in this plan's area.
    """
    if not actor.has_perm("plan.decide", version):
        raise PermissionDenied("plan.decide")
    checked = checking.checked(version)
    if checked is None or all(one.id != finding for one in checked.report.findings):
        raise Refused(
            Problem(
                "plan.finding_gone",
                mark("The last check no longer has this finding."),
                remedy=mark("Reload the page."),
                params={"finding": finding[:80]},
            )
        )
    _check_words(verdict, severity, reason)
    severity = severity if verdict == Verdict.JUDGED else ""
    before = FindingDecision.objects.select_for_update().filter(version=version, finding=finding).first()
    values = {"verdict": verdict, "severity": severity, "reason": reason.strip(), "decided_by": actor}
    values |= {"decided_at": timezone.now(), "carried_from": None}
    decision, _created = FindingDecision.objects.update_or_create(version=version, finding=finding, defaults=values)
    details = {"version": version.number, "finding": finding, "verdict": verdict, "severity": severity}
    details |= {"reason": decision.reason, "before": before.verdict if before else ""}
    record(actor=actor, action="plan.finding.decide", target=version, area=version.plan.area, details=details)
    return decision


@transaction.atomic
def carry(version: PlanVersion) -> int:
    """Take over what people said of a finding in the version before, where its figures are the same; gives how many.

    A word of this version's own stands above one that is carried. Each check carries anew: a figure that has changed
    since is to be looked at again.
    """
    source = _before(version)
    then, now = source and checking.checked(source), checking.checked(version)
    if source is None or then is None or now is None:
        return 0
    FindingDecision.objects.filter(version=version, carried_from__isnull=False).delete()
    own = decisions(version)
    old, new = ({one.id: _figures(one) for one in shown.report.findings} for shown in (then, now))
    carried = [
        FindingDecision(
            version=version,
            finding=one.finding,
            verdict=one.verdict,
            severity=one.severity,
            reason=one.reason,
            decided_by=one.decided_by,
            decided_at=one.decided_at,
            carried_from=one.carried_from or source,
        )
        for one in decisions(source).values()
        if one.finding not in own and one.finding in new and new[one.finding] == old.get(one.finding)
    ]
    if carried:
        FindingDecision.objects.bulk_create(carried)
        details = {"version": version.number, "from": source.number, "findings": [one.finding for one in carried]}
        record(actor=None, action="plan.finding.carry", target=version, area=version.plan.area, details=details)
    return len(carried)


def _before(version: PlanVersion) -> PlanVersion | None:
    """The version of the same plan that this one was made from; of a document read anew, the last that was checked."""
    if base := version.based_on:
        return base if base.plan_id == version.plan_id else None
    earlier = version.plan.versions.filter(number__lt=version.number, check_run__isnull=False)
    kept = earlier.exclude(status=PlanVersion.Status.DISCARDED)
    return kept.select_related("plan", "check_run").order_by("-number").first()


def _figures(finding: Finding) -> object:
    """What a finding stands on: its arithmetic, or the words of one that has none."""
    return [(one.value, one.unit, one.expression) for one in finding.numbers] or dict(finding.params)


def _check_words(verdict: str, severity: str, reason: str) -> None:
    problems = []
    if verdict not in Verdict.values:
        raise PermissionDenied("no such verdict")
    if verdict != Verdict.ACCEPTED and not reason.strip():
        message = mark("Say why: the reason stands beside the finding.")
        problems.append(Problem("plan.reason_missing", message, Place(column="reason")))
    if len(reason.strip()) > 500:
        message = mark("The reason is too long; at most 500 characters fit.")
        problems.append(Problem("plan.reason_long", message, Place(column="reason")))
    if verdict == Verdict.JUDGED and severity not in FindingDecision.Severity.values:
        message = mark("Choose the severity that it has.")
        problems.append(Problem("plan.severity_missing", message, Place(column="severity")))
    if problems:
        raise Refused(*problems)


def decisions(version: PlanVersion) -> dict[str, FindingDecision]:
    """What was said of each finding of a version."""
    found = FindingDecision.objects.filter(version=version).select_related("decided_by", "carried_from")
    return {one.finding: one for one in found}


def presentation(
    version: PlanVersion, checked: checking.Checked, known: dict[str, FindingDecision] | None = None
) -> Presentation:
    """The report of a version in the reader's language, with what people have said of it."""
    from zhizao.engines.planlint.finding import Severity
    from zhizao.engines.planlint.report.present import Judgement, present

    known = decisions(version) if known is None else known
    judgements = {
        one.finding: Judgement(
            words=one.get_verdict_display(),
            reason=one.reason,
            severity=Severity(one.severity) if one.severity else None,
            dismissed=one.verdict == Verdict.DISMISSED,
        )
        for one in known.values()
    }
    return present(checked.report, say=say, agreed=len(checked.agreed), judgements=judgements)
