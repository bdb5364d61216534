"""What people say of a finding: accepted, of another severity, no problem; and how the report counts then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from zhizao.apps.plan import checking
from zhizao.apps.plan.models import FindingDecision, PlanVersion
from zhizao.base.audit.services import record
from zhizao.base.jobs.problems import say
from zhizao.kernel.result import Place, Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.base.accounts.models import User
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
    decision, _created = FindingDecision.objects.update_or_create(version=version, finding=finding, defaults=values)
    details = {"version": version.number, "finding": finding, "verdict": verdict, "severity": severity}
    details |= {"reason": decision.reason, "before": before.verdict if before else ""}
    record(actor=actor, action="plan.finding.decide", target=version, area=version.plan.area, details=details)
    return decision


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
    found = FindingDecision.objects.filter(version=version).select_related("decided_by")
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
