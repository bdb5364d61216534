"""Every page of the plan: who sees it, what it says, how many queries it takes, as file too."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from zhizao.apps.plan import services
from zhizao.apps.plan.models import PlanVersion, SupplierShare, Target
from zhizao.base.jobs.models import Job

pytestmark = pytest.mark.django_db

LISTS = ["overview", "enterprises", "projects", "land", "suppliers"]
PAGES = [*[(name, ()) for name in LISTS], ("project", (1,)), ("chains", ()), ("chain", (1,)), ("versions", ())]
DATA = [("growth_data", ()), ("timeline_data", ()), ("chain_data", (1,))]
MOST_QUERIES = 12


def page(name, *args, **query):
    address = reverse(f"plan:{name}", args=args)
    return f"{address}?{'&'.join(f'{k}={v}' for k, v in query.items())}" if query else address


@pytest.mark.parametrize(("name", "args"), PAGES)
def test_a_published_plan_is_open_to_anyone_in_few_queries(client, version, name, args, django_assert_max_num_queries):
    url = reverse(f"plan:{name}", args=args)
    client.get(url)
    with django_assert_max_num_queries(MOST_QUERIES):
        response = client.get(url)
    assert response.status_code == 200
    assert version.plan.title in response.content.decode()


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_each_list_is_a_file_too(client, version, name, kind):
    response = client.get(reverse(f"plan:{name}"), {"format": kind})
    assert response.status_code == 200
    assert len(response.content) > 300


@pytest.mark.parametrize(("name", "args"), DATA)
def test_each_picture_has_its_table(client, version, name, args):
    data = client.get(reverse(f"plan:{name}", args=args)).json()
    assert data["title"]
    if name != "chain_data":
        assert len(data["table"]["rows"]) == len(data["categories"])


def test_the_overview_says_what_is_so(client, version):
    html = client.get(page("overview")).content.decode()
    assert "26项指标中，22项写了年均增速，其中3项与首尾值不符。" in html
    assert "差85.1" in html
    assert "〉91" in html  # as printed
    assert 'class="sim"' not in html  # nothing on it is invented


def test_a_plan_that_states_no_growth_says_so_instead_of_nought_out_of_nought(client, version):
    Target.objects.filter(version=version).update(growth_stated_pct=None, growth_text="", growth_printed="")
    client.cookies["django_language"] = "en"
    html = client.get(page("overview")).content.decode()
    assert "26 targets; none of them states a yearly growth." in html
    assert "<x-chart" not in html  # there is nothing to compare
    assert client.get(page("growth_data")).json()["title"] == "No target states a yearly growth"


def test_the_list_answers_in_english_too(client, version):
    client.cookies["django_language"] = "en"
    html = client.get(page("enterprises", q="cqcjzc")).content.decode()
    assert "The plan names 175 enterprises" in html
    assert html.count('<th scope="row"') == 1


def test_the_path_of_a_target_ends_at_its_ends(client, version):
    target = Target.objects.get(version=version, position=0)
    data = client.get(page("target_data", target.key)).json()
    assert data["categories"] == ["2020年", "2021年", "2022年", "2023年", "2024年", "2025年"]
    values = data["series"][0]["values"]
    assert (values[0], values[-1]) == (817.6, 1335.0)
    assert values[1] / values[0] == pytest.approx(values[5] / values[4], rel=1e-6)
    assert client.get(page("target", target.key)).status_code == 200


@pytest.mark.parametrize(
    "url", ["/plan/targets/none/", "/plan/projects/999/", "/plan/chains/9/", "/plan/?plan=none", "/plan/?version=7"]
)
def test_what_is_not_there_is_not_found(client, version, url):
    assert client.get(url).status_code == 404


def test_nobody_sees_a_draft(client, draft):
    assert "尚未发布规划" in client.get(page("overview")).content.decode()
    assert client.get(page("overview", version=1)).status_code == 200  # the same empty page: no plan is visible
    assert "817.6" not in client.get(page("overview", version=1)).content.decode()


def test_before_the_first_version_the_page_says_so(client, version):
    html = client.get(page("overview", as_of="2021-12-31")).content.decode()
    assert "2021-12-31时本规划尚无版本" in html
    assert "2022-03-09" in html


def test_who_may_not_edit_is_sent_away(client, version, person):
    for name in ("review", "amend", "publish"):
        assert client.get(page(name, 1)).status_code == 302
    client.force_login(person("leader"))
    for url in (page("upload"), page("review", 1), page("table", 1, "land"), page("publish", 1)):
        assert client.get(url).status_code == 403


def test_an_analyst_of_another_area_can_read_but_not_amend(client, version, stranger):
    client.force_login(stranger)
    assert client.get(page("overview")).status_code == 200
    assert client.post(page("amend", 1), {"reason": "x"}).status_code == 403
    assert PlanVersion.objects.count() == 1


def test_looking_back_nothing_can_be_changed(client, version, analyst):
    client.force_login(analyst)
    assert client.post(page("amend", 1, as_of="2023-01-01"), {"reason": "x"}).status_code == 403
    assert PlanVersion.objects.count() == 1


def test_amend_correct_publish_in_the_browser_way(client, version, analyst):
    client.force_login(analyst)
    assert client.post(page("amend", 1), {"kind": "correction", "reason": "更正增速"}).url == page("review", 2)
    form = client.get(page("row", 2, "indicators", 1)).context["form"]
    assert form["reason"].value() == "更正增速"  # said once for the draft, it need not be said again for each row
    values = {name: form[name].value() or "" for name in form.fields} | {
        "growth_stated_pct": "10.4",
        "growth_printed": "",
    }
    assert client.post(page("row", 2, "indicators", 1), values).status_code == 302
    again = client.post(page("row", 2, "indicators", 1), values | {"growth_stated_pct": "11"})
    assert again.status_code == 409
    assert "10.4" in again.content.decode() and 'value="11"' in again.content.decode()
    wrong = client.post(page("row", 2, "indicators", 1), values | {"revision": "2", "base_value": "若干"})
    assert wrong.status_code == 422 and "不是数字" in wrong.content.decode()
    assert client.post(page("publish", 2), {"reason": "更正增速"}).status_code == 302
    assert Target.objects.get(version__status="published", position=0).growth_text == "10.4"


def workbook(client, name, kind):
    return client.get(page("table", 1, name, format=kind)).content


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_downloaded_table_comes_back_corrected(client, version, analyst, kind):
    client.force_login(analyst)
    data = workbook(client, "suppliers", kind)
    assert client.post(page("table", 1, "suppliers"), upload(f"s.{kind}", data)).status_code == 422  # unchanged
    if kind == "csv":
        data = data.decode("utf-8-sig").replace(",195,", ",196,").encode("gb18030")
    else:
        data = edited(data, before=195, after=196)
    response = client.post(page("table", 1, "suppliers"), upload(f"s.{kind}", data))
    assert response.status_code == 302, response.context["form"].errors
    rows = SupplierShare.objects.filter(version__number=2)
    assert (rows[0].total, rows[0].line, rows.count()) == (196, 106, 8)


def edited(data, *, before, after):
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data))
    for cells in book.active.iter_rows():
        for cell in cells:
            if str(cell.value) == str(before):
                cell.value = after
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(name, data):
    return {"file": SimpleUploadedFile(name, data), "reason": "更正"}


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.csv", b""),
        ("binary.csv", b"\x00\x01\x02\xff" * 50),
        ("nothing.csv", "甲,乙\n1,2\n".encode()),
        ("word.xlsx", b"not a workbook"),
        ("letters.csv", "sector,enterprise,total,local\n电子,甲厂,many,1\n".encode()),
    ],
)
def test_a_bad_table_is_refused_and_nothing_lands(client, version, analyst, name, data):
    client.force_login(analyst)
    response = client.post(page("table", 1, "suppliers"), upload(name, data))
    assert response.status_code == 422
    assert response.context["form"].errors
    assert PlanVersion.objects.count() == 1


def test_a_zip_bomb_is_refused(client, version, analyst):
    client.force_login(analyst)
    assert client.post(page("table", 1, "suppliers"), upload("bomb.xlsx", bomb())).status_code == 422
    assert PlanVersion.objects.count() == 1


def test_formulas_in_a_csv_are_text(client, version, analyst):
    client.force_login(analyst)
    data = workbook(client, "suppliers", "csv").decode("utf-8-sig").replace("重庆盟讯电子科技有限公司", "=1+1")
    assert client.post(page("table", 1, "suppliers"), upload("f.csv", data.encode())).status_code == 302
    assert SupplierShare.objects.get(version__number=2, position=0).enterprise == "=1+1"
    out = client.get(page("table", 2, "suppliers", format="csv")).content.decode("utf-8-sig")
    assert "'=1+1" in out
    assert client.post(page("table", 2, "suppliers"), upload("g.csv", out.encode())).status_code == 422  # unchanged


def test_a_document_is_read_by_a_job_into_a_draft(client, area, analyst, django_capture_on_commit_callbacks):
    client.force_login(analyst)
    text = "甲区制造业规划\n\n表1 主要指标\n\t指标\n\t单位\n\t2025年\n\t2030年\n\n\t工业总产值\n\t亿元\n\t10\n\t≥20\n"
    response = client.post(page("upload"), upload("plan.txt", text.encode("gb18030")))
    job = Job.objects.get(kind="plan.read")
    assert response.url == job.get_absolute_url()
    from zhizao.apps.plan.jobs import read_upload
    from zhizao.base.jobs.context import JobContext
    from zhizao.base.jobs.reporting import Reporter

    job.state, job.attempt = Job.State.RUNNING, 1
    job.save()
    result = read_upload(JobContext(job, Reporter(job)), **job.parameters)
    draft = PlanVersion.objects.get()
    assert (draft.is_draft, result["version"]) == (True, 1)
    target = Target.objects.get(version=draft)
    assert (target.base_value, target.target_value, target.bound) == (10, 20, "ge")
    assert "主要指标" not in client.get(page("review", 1, plan=draft.plan.slug, version=1)).content.decode()
    # the same text once more says nothing new, and the reader is told so
    Job.objects.update(state=Job.State.RUNNING)
    again = read_upload(JobContext(job, Reporter(job)), **job.parameters)
    assert PlanVersion.objects.get() == draft
    assert "没有生成草稿" in client.get(again["url"]).content.decode()


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n" + b"\x00" * 200, b"PK\x03\x04"])
def test_a_document_that_is_no_text_is_refused(client, area, analyst, data):
    client.force_login(analyst)
    assert client.post(page("upload"), upload("plan.txt", data)).status_code == 422
    assert not Job.objects.exists()


# --- the HTTP API


def api(client, path, **query):
    return client.get(f"/api/v1/plans{path}", query)


@pytest.mark.parametrize(
    ("path", "count"),
    [("targets", 26), ("projects", 55), ("enterprises", 175), ("land", 25), ("suppliers", 8), ("chains", 2)],
)
def test_the_published_plan_is_open_data(client, version, path, count):
    data = api(client, f"/{version.plan.slug}/{path}", limit=5).json()
    assert (data["count"], len(data["items"])) == (count, min(5, count))


def test_the_api_gives_exact_decimals_and_null_for_the_unknown(client, version):
    items = api(client, f"/{version.plan.slug}/targets").json()["items"]
    assert (items[0]["base_value"], items[0]["growth_computed_pct"]) == ("817.6", "10.303191")
    rd = next(item for item in items if "经费投入强度" in item["name"])
    assert rd["growth_stated_pct"] is None


def test_the_api_knows_no_draft_and_takes_no_wrong_token(client, draft):
    assert api(client, "").json() == {"items": [], "count": 0}
    assert api(client, f"/{draft.plan.slug}/targets").status_code == 404
    assert client.get("/api/v1/plans", headers={"Authorization": "Bearer zz_wrong"}).status_code == 401


def token_of(user):
    """The header of a token of a user's."""
    from datetime import timedelta

    from django.utils import timezone

    from zhizao.base.accounts.services import create_api_token

    _token, secret = create_api_token(
        actor=user, name="t", scopes=["plan:read"], expires_at=timezone.now() + timedelta(days=1)
    )
    return {"Authorization": f"Bearer {secret}"}


def test_a_token_with_the_scope_sees_the_drafts_of_its_area(client, draft, analyst):
    headers = token_of(analyst)
    found = client.get(f"/api/v1/plans/{draft.plan.slug}/targets?version=1", headers=headers)
    assert (found.status_code, found.json()["count"]) == (200, 26)


def test_the_api_gives_the_figures_of_the_text_and_the_tasks(client, version):
    claims = api(client, f"/{version.plan.slug}/claims", limit=1000).json()["items"]
    (year,) = [one for one in claims if one["indicator"] == "市级以上研发机构数量"]
    assert (year["value"], year["unit"], year["line"]) == ("2025", "个", 260)
    tasks = api(client, f"/{version.plan.slug}/tasks", limit=1000).json()
    assert tasks["count"] == len(tasks["items"]) > 20


def test_findings_are_for_those_who_may_read_the_report(client, version, analyst):
    from tests.apps.plan.checks import check_now

    check_now(version)
    address = f"/api/v1/plans/{version.plan.slug}/findings?limit=1000"
    assert client.get(address).status_code == 404
    items = client.get(address, headers=token_of(analyst)).json()["items"]
    (growth,) = [one for one in items if one["rule"] == "growth.total_as_annual"]
    assert (growth["severity"], growth["places"][0]["line"]) == ("error", 438)
    assert growth["numbers"][0]["value"] == "100%"


def test_the_api_is_described(client, db):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert {p.removeprefix("/api/v1/plans/{slug}/") for p in paths} >= {
        "targets",
        "projects",
        "enterprises",
        "land",
        "suppliers",
        "chains",
        "claims",
        "tasks",
        "findings",
    }


def test_charts_are_json_without_surprises(client, version):
    assert json.loads(client.get(page("growth_data")).content)["kind"] == "bar"
    assert version.run.engine == services.ENGINE


def test_a_downloaded_list_names_its_source_once_and_keeps_counts_as_numbers(client, version):
    rows = first_sheet(client.get(page("chain", 1, format="xlsx")).content)
    assert rows[-1][0].count("来源") == 1
    listed = [row[3] for row in rows[2:-1]]
    assert all(value == "" or isinstance(value, float) for value in listed)
    assert any(isinstance(value, float) for value in listed)


def first_sheet(data: bytes) -> list[list[object]]:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def test_the_evidence_of_a_figure_names_its_columns_in_words(client, version):
    html = client.get(page("overview", evidence=f"{version.run.sha12}:/growth/23/computed_pct")).content.decode()
    drawer = html[html.index('id="drawer"') :]
    assert "新增智能工厂个数 · 核算值（%）" in drawer
    assert "不符" in drawer
    assert "computed_pct</th>" not in drawer
    assert "differs" not in drawer


@pytest.mark.parametrize(("table", "code"), [("claims", "actual"), ("chain_members", "enterprise")])
def test_a_table_to_correct_shows_words_where_the_pack_has_codes(client, draft, analyst, table, code):
    client.force_login(analyst)
    html = client.get(page("table", draft.number, table, version=draft.number)).content.decode()
    assert f">{code}</td>" not in html
    assert ">None</td>" not in html
