"""A small region with its offices, an enterprise, and a procedure of the tests' own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

KIND = "tests.help"

BPMN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zz="http://zhizao.org/bpmn"
id="definitions" targetNamespace="t">
<process id="tests" name="求助" isExecutable="true" zz:en="Help" zz:facts="power 缺电: yes_no?">
<startEvent id="begin"><outgoing>a</outgoing></startEvent>
<userTask id="ask" name="企业说明" zz:role="subject" zz:days="2" zz:form="note 说明: text">
<incoming>a</incoming><outgoing>b</outgoing></userTask>
<userTask id="check" name="核实" zz:role="owner" zz:days="3" zz:form="result 结果: choice(real 属实|false 不属实)">
<incoming>b</incoming><outgoing>c</outgoing></userTask>
<exclusiveGateway id="which" name="缺电？" default="e">
<incoming>c</incoming><outgoing>d</outgoing><outgoing>e</outgoing></exclusiveGateway>
<userTask id="power" name="协调供电" zz:role="leader"><incoming>d</incoming><outgoing>f</outgoing></userTask>
<userTask id="visit" name="走访" zz:role="owner"><incoming>e</incoming><outgoing>g</outgoing></userTask>
<endEvent id="end1"><incoming>f</incoming></endEvent>
<endEvent id="end2"><incoming>g</incoming></endEvent>
<sequenceFlow id="a" sourceRef="begin" targetRef="ask"/>
<sequenceFlow id="b" sourceRef="ask" targetRef="check"/>
<sequenceFlow id="c" sourceRef="check" targetRef="which"/>
<sequenceFlow id="d" sourceRef="which" targetRef="power"><conditionExpression>power</conditionExpression></sequenceFlow>
<sequenceFlow id="e" sourceRef="which" targetRef="visit"/>
<sequenceFlow id="f" sourceRef="power" targetRef="end1"/>
<sequenceFlow id="g" sourceRef="visit" targetRef="end2"/>
</process></definitions>
"""


def build(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Units, people, an enterprise with a reporter, and the kind ``tests.help`` with its procedure in the area.

    The kind is there for one test only: it would let more roles open cases by hand than the installation's do.
    """
    from allauth.mfa.models import Authenticator

    from zhizao.base.accounts.models import Area, Organisation, RoleGrant, User
    from zhizao.base.facts.models import Subject
    from zhizao.base.flow import kinds
    from zhizao.base.flow.models import Procedure

    area = Area.objects.create(code="flow-a", name="甲区", path="flow-a/")
    other = Area.objects.create(code="flow-b", name="乙区", path="flow-b/")

    def unit(name: str, kind: str = "department", in_area: Area = area, parent: Any = None) -> Organisation:
        return Organisation.objects.create(area=in_area, kind=kind, name=name, parent=parent, path=f"{name}/")

    def person(name: str, role: str, of: Organisation) -> User:
        user = User.objects.create(username=name, name=name, organisation=of)
        RoleGrant.objects.create(user=user, role=role)
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "unused"})
        return user

    firm = Subject.objects.create(key="enterprise:flowfirm", kind="enterprise", area=area)
    bureau = unit("经信局")
    office = unit("运行科", parent=bureau)
    power = unit("供电所")
    park = unit("园区", kind="park")
    company = unit("某厂", kind="enterprise")
    Organisation.objects.filter(pk=company.pk).update(enterprise_key=firm.key)
    company.refresh_from_db()
    abroad = unit("外区局", in_area=other)
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.case_kind(KIND, "求助", procedure="tests", working_days=5, may_open="flow.act")
    procedure = Procedure(area=area, key="tests", version=1, name="求助", content=BPMN, sha256="0" * 64)
    procedure.save()
    return SimpleNamespace(
        area=area,
        other=other,
        firm=firm,
        bureau=bureau,
        office=office,
        power=power,
        park=park,
        company=company,
        procedure=procedure,
        analyst=person("分析员", "analyst", bureau),
        owner=person("承办人", "department_staff", office),
        colleague=person("同事", "department_staff", office),
        helper=person("供电员", "department_staff", power),
        operator=person("园区员", "park_operator", park),
        leader=person("区领导", "leader", unit("区政府")),
        auditor=person("审计员", "auditor", unit("审计局")),
        reporter=person("厂办", "enterprise_reporter", company),
        stranger=person("外人", "analyst", abroad),
    )


def open_case(place: SimpleNamespace) -> Any:
    """An open case of the owner about the enterprise, which sees it."""
    from zhizao.base.flow import services

    return services.open_case(
        actor=place.owner,
        area=place.area,
        kind=KIND,
        title="缺电停产",
        text="三号线停产",
        subject=place.firm,
        origin="tests:1",
        owner=place.owner,
        facts={"power": "no"},
        shown_to_subject=True,
    )


def many(place: SimpleNamespace, count: int, *, first: int = 1) -> list[Any]:
    """So many running cases as the services would leave them, each with its step and its first event; the one due a day
    after the other from Monday 2 June 2025, every third without a due day, every fourth the owner's.
    """
    from datetime import date, datetime, timedelta, timezone

    from zhizao.base.flow import acting
    from zhizao.base.flow.models import Case, CaseEvent, Step

    at = datetime(2025, 6, 2, 9, tzinfo=timezone(timedelta(hours=8)))
    cases = Case.objects.bulk_create(
        Case(
            area=place.area,
            kind=KIND,
            number=f"2025-{number:05d}",
            title=f"第{number}件",
            subject=place.firm,
            procedure=place.procedure,
            owner=place.owner if number % 4 == 0 else None,
            unit=place.office,
            working_days=5,
            due_on=None if number % 3 == 0 else date(2025, 6, 2) + timedelta(days=number % 60),
            opened_at=at,
        )
        for number in range(first, first + count)
    )
    Step.objects.bulk_create(
        Step(case=case, task_id="ask.1", spec="ask", label="企业说明", state="ready", role="subject", opened_at=at)
        for case in cases
    )
    CaseEvent.objects.bulk_create(
        CaseEvent(case=case, sequence=1, at=at, verb="opened", details={"said": {}, "case": acting.standing(case)})
        for case in cases
    )
    return cases
