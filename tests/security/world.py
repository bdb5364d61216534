"""A small world in which every address of the site has something to show: the demonstration, and one row of each kind.

A builder of a new page adds what its address needs to ``examples``; a row to ``matrix.csv`` says who may open it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

PUBLIC = "public"


def build() -> dict[str, Any]:
    """Load the world; gives the value of each part of an address, by ``url_name.part`` or by ``part`` alone."""
    from tests.apps.assist.alarming import alarm as an_alarm
    from tests.apps.cockpit import told as cockpit
    from tests.apps.outlook import told
    from tests.apps.warning import scored
    from tests.apps.warning import told as warned

    from zhizao.apps.assist import notes_services, visits_services
    from zhizao.apps.assist import services as assist
    from zhizao.apps.chain import queries as chains
    from zhizao.apps.chain import risk_queries, risk_services, what_if_run
    from zhizao.apps.ledger import published
    from zhizao.apps.ledger.models import Batch, Indicator, Series
    from zhizao.apps.plan.models import PlanVersion, Target
    from zhizao.apps.registry.models import NamePair
    from zhizao.base.accounts import administration, invitations, scopes, services
    from zhizao.base.accounts.models import Organisation, User
    from zhizao.base.evidence import canonical
    from zhizao.base.evidence.services import record_run
    from zhizao.base.facts.models import Name
    from zhizao.base.files.models import StoredFile
    from zhizao.base.files.store import put
    from zhizao.base.flow import procedures
    from zhizao.base.flow import services as cases
    from zhizao.base.forms.models import Submission
    from zhizao.base.jobs.models import Job
    from zhizao.base.messages.models import Notice, Todo
    from zhizao.kernel.span import Span
    from zhizao.site import demo

    demo.load(say=lambda text: None)
    people = {user.username: user for user in User.objects.select_related("organisation__area")}
    Authenticator.objects.bulk_create(
        Authenticator(user=user, type=Authenticator.Type.TOTP, data={"secret": "unused"}) for user in people.values()
    )
    for user in people.values():
        RecoveryCodes.activate(user)
    analyst = people["analyst"]
    area = analyst.organisation.area
    somebody, _password = administration.create_user(
        actor=None, username="somebody", name="Somebody", organisation=analyst.organisation
    )
    department = Organisation.objects.filter(area=area, kind="department").first()
    every_scope = list(scopes.all_scopes())
    month = timezone.now() + timedelta(days=30)
    token, text = services.create_api_token(actor=analyst, name="n", scopes=every_scope, expires_at=month)
    _invitation, link = invitations.invite(
        actor=people["department_staff"], area=area, enterprise_key="enterprise:world", enterprise_name="World"
    )
    report = Submission.objects.create(
        area=area,
        organisation=people["enterprise_reporter"].organisation,
        subject_key="enterprise:demo",
        form="output",
        edition="2023",
        start_month=2025 * 12 + 2,
        months=1,
        state=Submission.State.RETURNED,
        submitted_at=timezone.now(),
    )
    job = Job.objects.create(kind="tests.none", owner=analyst, area=area, parameters={})
    file = StoredFile.objects.create(
        sha256=put(b"a,b\n"), name="a.csv", size=4, media_type="text/csv", area=area, uploaded_by=analyst
    )
    run = record_run(
        actor=None,
        area=area,
        engine="tests",
        engine_version="1",
        inputs={},
        parameters={},
        seed=None,
        as_of=None,
        output=canonical.dumps({"total": 1}),
    )
    target = Target.objects.first()
    version = PlanVersion.objects.select_related("plan").first()
    name = Name.objects.select_related("subject").filter(kind="registered", subject__simulated=False).first()
    told.keep(area, target=target.key, firm=name.subject.key)
    pair = NamePair.objects.create(area=area, name="world", candidate=name.subject)
    todo = Todo.objects.create(to=analyst, title="t", url="/", area=area, asked_by=people["department_staff"])
    notice = Notice.objects.create(to=analyst, title="t")
    figures = Series.objects.exclude(subject__key="enterprise:demo").select_related("subject").first()
    indicator = Indicator.objects.get(key="gross_output")
    table = published.publish(actor=None, area=area, indicator=indicator, span=Span.of_year(2024))
    chain = chains.chains(analyst)[0]
    risk_services.compute_now(actor=None, area=area)
    firm = risk_queries.risk(analyst).data["firms"][0]["subject"]
    stop = what_if_run.Scenario(stops={firm: 100.0}, regions={}, lost=(), second=None, days=30)
    basis = risk_services.basis(area)
    lost = what_if_run.make(basis.trade, basis.chains, stop)
    what_if = risk_services.keep_what_if(actor=analyst, found=basis, scenario=stop, output=lost)
    waiting = Job.objects.create(kind="chain.what_if", owner=analyst, area=area, parameters={})
    staff, today = people["department_staff"], timezone.localdate()
    visit = visits_services.record_visit(actor=staff, subject=name.subject, done_on=today, findings="w")
    note = notes_services.write_note(actor=staff, subject=name.subject, text="w")
    case = cases.open_case(actor=analyst, area=area, kind="assist.alarm", title="w", subject=name.subject)
    part = cases.ask_part(actor=analyst, case=case, unit=department, what="w", due_on=None, version=case.version)
    paper = cases.attach(actor=analyst, case=case, upload=SimpleUploadedFile("w.pdf", b"%PDF-1.4"))
    alarm = an_alarm(area, name.subject)
    scored.keep(area, "outcomes", scored.record())
    help_case = assist.open_for_alarm(actor=None, alarm=alarm)
    done = assist.note_help(actor=staff, case=help_case, measure="visit", hours=None, taken_on=today)
    seen = warned.alarm(area, name.subject, run=warned.run(area, as_of=date(2026, 8, 20)))
    warned.lamps(area, as_of=date(2026, 8, 20))
    return {
        "bearer": text,
        "accounts:token_revoke.pk": token.pk,
        "accounts:invitation.token": link,
        "accounts:organisation.pk": department.pk,
        "accounts.pk": somebody.pk,
        "ui:gallery_chart.kind": "line",
        "ui:gallery_error.status": 404,
        "jobs.pk": job.pk,
        "forms.pk": report.pk,
        "forms.form": "output",
        "forms.period": "2025-03",
        "api-v1.form": "output",
        "ledger:indicator.key": indicator.key,
        "ledger:indicator_data.key": indicator.key,
        "ledger:monitor_indicator.key": indicator.key,
        "ledger:contributions_data.key": indicator.key,
        "ledger:subject.key": figures.subject.key,
        "ledger:batch.pk": Batch.objects.first().pk,
        "ledger:open_file.pk": table.pk,
        "files.pk": file.pk,
        "evidence.sha12": run.sha12,
        "evidence.reference": f"{run.sha12}:/total",
        "plan.number": version.number,
        "plan:target.key": target.key,
        "plan:target_data.key": target.key,
        "plan:finding.finding": "growth.stated-00000000",
        "plan:project.number": 1,
        "plan:chain.number": 1,
        "plan:chain_data.number": 1,
        "plan.name": "indicators",
        "plan.position": 1,
        "chain.key": chain.id,
        "chain.node": chain.nodes[0].id,
        "chain:risk_firm.key": firm.partition(":")[2],
        "chain:what_if_wait.pk": waiting.pk,
        "chain.sha12": what_if.sha12,
        "chain:end_member.pk": chain.nodes[0].members[0].fact.pk,
        "chain:end_edge.pk": 404,
        "chain:end_leader.pk": chains.leaders(analyst, chain)[0].pk,
        "chain:close_matter.pk": chains.matters(analyst, chain)[0].pk,
        "api-v1.chain": chain.id,
        "cockpit.pk": cockpit.brief(area).pk,
        "cockpit.form": "docx",
        "cockpit.month": "2025-06",
        "cockpit.chart": "sectors",
        "outlook:target.key": target.key,
        "outlook:target_data.key": target.key,
        "outlook:target_data.chart": "fan",
        "outlook:enterprise.key": name.subject.id_part,
        "outlook:enterprise_data.key": name.subject.id_part,
        "outlook:enterprise_data.indicator": "gross_output",
        "warning:alarm.pk": seen.pk,
        "warning:alarm_data.pk": seen.pk,
        "warning:lamps_data.chart": "risk",
        "warning:judge.pk": alarm.pk,
        "warning.rule": "warning.distress",
        "warning.parameter": "most_false_pct",
        "assist.key": name.subject.id_part,
        "assist:open_case.pk": alarm.pk,
        "assist:note_help.pk": help_case.pk,
        "assist:duty_preview.pk": file.pk,
        "assist:visit.pk": visit.pk,
        "assist:report_visit.pk": visit.pk,
        "assist:correct_visit.pk": visit.pk,
        "assist:correct_help.pk": done.pk,
        "assist:cancel_visit.pk": visit.pk,
        "assist:visit_case.pk": visit.pk,
        "assist:note_case.pk": note.pk,
        "assist:file_note.pk": note.pk,
        "registry.key": name.subject.id_part,
        "registry.what": "patents",
        "registry.model": "name",
        "registry.pk": pair.pk,
        "registry:take_back.pk": name.pk,
        "api-v1.slug": version.plan.slug,
        "api-v1.key": name.subject.id_part,
        "flow.key": "alarm",
        "flow.pk": case.pk,
        "flow:act.act": "opine",
        "flow:step.step": case.steps.get().pk,
        "flow:part.part": part.pk,
        "flow:case_file.attachment_pk": paper.pk,
        "flow:procedure_file.version": procedures.in_force(area, "alarm").pk,
        "close_todo.pk": todo.pk,
        "read_notice.pk": notice.pk,
    }
