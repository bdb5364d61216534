"""The tasks of the plan by lead unit: order, links to targets, filters and files."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db
TASKS = [
    ("t1", "第二章/一", "培育企业", "市经济信息局", "growth"),
    ("t2", "第二章/一", "建设平台", None, None),
    ("t3", "第三章", "引进人才", "市人力资源局", "growth output"),
    ("t4", "第三章", "扩大开放", "市经济信息局", "nowhere"),
]


@pytest.fixture
def planned(version):
    from zhizao.apps.plan.models import PlanTask, Target

    PlanTask.objects.filter(version=version).delete()
    first, second = Target.objects.filter(version=version)[:2]
    keys = {"growth": first.key, "output": second.key}
    for position, (key, section, task, unit, targets) in enumerate(TASKS):
        served = " ".join(keys.get(one, one) for one in (targets or "").split())
        PlanTask.objects.create(
            version=version, position=position, line=position + 1, key=key, section=section, task=task,
            lead_unit=unit or "", indicator_ids=served,
        )  # fmt: skip
    return version


def get(client, **query):
    client.cookies["django_language"] = "en"
    return client.get("/plan/tasks/", query)


def test_units_stand_in_the_order_of_the_plan_and_tasks_without_one_last(planned):
    from zhizao.apps.plan.tasks_page import tasks

    assert [task.row.task for task in tasks(planned)] == ["培育企业", "扩大开放", "引进人才", "建设平台"]


def test_everybody_reads_the_tasks_of_a_published_plan(planned, client):
    shown = get(client).content.decode()
    assert "The plan sets 4 tasks; 2 units are named to lead." in shown
    assert "1 names nobody." in shown
    assert shown.index("市经济信息局") < shown.index("市人力资源局") < shown.index("建设平台")


def test_a_task_leads_to_the_targets_it_serves_and_to_none_that_is_not_there(planned, client):
    from zhizao.apps.plan.models import Target

    shown = get(client, q="引进").content.decode()
    for target in Target.objects.filter(version=planned)[:2]:
        assert f"/plan/targets/{target.key}/" in shown
    assert "nowhere" not in get(client).content.decode()


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({"unit": "市经济信息局"}, ["培育企业", "扩大开放"]),
        ({"unit": "-"}, ["建设平台"]),
        ({"section": "第三章"}, ["引进人才", "扩大开放"]),
        ({"target": "none"}, ["建设平台", "扩大开放"]),
        ({"target": "some", "section": "第三章"}, ["引进人才"]),
        ({"q": "平台"}, ["建设平台"]),
        ({"unit": "nobody at all"}, ["培育企业", "建设平台", "引进人才", "扩大开放"]),
    ],
)
def test_filters_stand_in_the_address(planned, client, query, left):
    shown = get(client, **query).content.decode()
    assert [task for _k, _s, task, _u, _t in TASKS if f">{task}<" in shown] == left


def test_the_list_is_a_file_with_its_unit_in_each_row(planned, client):
    text = get(client, format="csv").content.decode("utf-8-sig")
    lines = text.splitlines()
    assert len(lines) == 5
    assert "市经济信息局" in lines[1]
    assert get(client, format="xlsx").content[:2] == b"PK"


def test_a_plan_without_tasks_says_why_and_what_to_do(version, client):
    from zhizao.apps.plan.models import PlanTask

    PlanTask.objects.filter(version=version).delete()
    assert "No task of the plan has been read." in get(client).content.decode()
