"""The frame: navigation, looking back, language and colours, error pages, and the two copies of the dark theme."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
import rules
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.test import override_settings
from django.urls import path
from django.utils import timezone
from django.utils.translation import override

from zhizao.base.ui import errors
from zhizao.base.ui.context import Choice, Switch
from zhizao.base.ui.navigation import Page, Step, groups_for
from zhizao.base.ui.views import set_language
from zhizao.kernel.result import Problem, Refused

ROOT = Path(__file__).resolve().parents[3]
TOKENS = ROOT / "frontend" / "src" / "css" / "tokens.css"


def test_the_two_dark_themes_are_alike():
    css = re.sub(r"/\*.*?\*/", "", TOKENS.read_text(), flags=re.DOTALL)
    chosen = css.split(':root[data-theme="dark"] {')[1].split("}")[0]
    system = css.split(':root:not([data-theme="light"]) {')[1].split("}")[0]
    assert chosen.split() == system.split()
    assert len(chosen.split(";")) > 40


def test_tokens_are_those_of_the_design():
    design = ROOT.parent / "shared" / "look" / "tokens.css"
    if not design.exists():
        pytest.skip("the design folder is not beside this checkout")
    assert design.read_text().split() == TOKENS.read_text().split()[3:-1]  # inside “@layer tokens { … }”


def _pages(*names: str) -> list[Page]:
    return [Page(Step.READ, name, name) for name in names]


def test_navigation_shows_what_the_actor_may_open_and_no_empty_step():
    rules.add_perm("ui_test.secret", rules.always_deny)
    try:
        pages = [
            Page(Step.ACT, "Workbench", "set_language"),
            Page(Step.READ, "Gallery", "ui:gallery"),
            Page(Step.DECIDE, "Secret", "ui:gallery", permission="ui_test.secret"),
            Page(Step.OBSERVE, "One of many", "ui:gallery_error"),
        ]
        groups = groups_for(AnonymousUser(), path="/ui/gallery/", pages=pages)
    finally:
        rules.remove_perm("ui_test.secret")
    assert [group.step for group in groups] == [Step.READ, Step.ACT]
    assert [group.current for group in groups] == [True, False]


def test_detail_page_keeps_its_list_marked():
    pages = [Page(Step.READ, "Gallery", "ui:gallery")]
    [group] = groups_for(AnonymousUser(), path="/ui/gallery/error/404/", pages=pages)
    assert group.entries[0].current


def test_seals_are_the_loop_in_its_order():
    assert "".join(step.seal for step in Step) == "读观判决行核"


@pytest.mark.django_db
class TestPages:
    """Through the whole site."""

    def test_gallery_answers_in_chinese_by_default_and_in_english_by_switch(self, client):
        chinese = client.get("/ui/gallery/", headers={"accept-language": "zh-CN"}).content.decode()
        assert '<html lang="zh-Hans" data-theme="system" data-density="normal">' in chinese
        assert "共7行" in chinese
        answer = client.post("/language/", {"language": "en", "next": "/ui/gallery/?q=工&as_of=2024-07-20"})
        assert unquote(answer["Location"]) == "/ui/gallery/?q=工&as_of=2024-07-20"
        english = client.get("/ui/gallery/").content.decode()
        assert '<html lang="en"' in english
        assert "7 rows" in english

    def test_reader_choices_are_kept_and_bring_back_to_the_page(self, client):
        answer = client.post("/ui/preference/", {"theme": "dark", "next": "/ui/gallery/?q=1"})
        assert answer["Location"] == "/ui/gallery/?q=1"
        client.post("/ui/preference/", {"density": "large", "next": "/"})
        html = client.get("/ui/gallery/").content.decode()
        assert 'data-theme="dark" data-density="large"' in html
        assert 'value="normal" aria-pressed="true"' in html  # 大字 turns back

    @pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
    def test_preference_does_not_lead_to_another_site(self, client, address):
        assert client.post("/ui/preference/", {"theme": "dark", "next": address})["Location"] == "/"

    def test_unknown_preference_is_not_kept(self, client):
        assert not client.post("/ui/preference/", {"theme": "<b>", "next": "/"}).cookies.get("theme")
        client.cookies["theme"] = '"><script>'
        assert 'data-theme="system"' in client.get("/ui/gallery/").content.decode()

    def test_preference_is_changed_by_post_only(self, client):
        assert client.get("/ui/preference/").status_code == 405

    def test_past_day_fills_the_control_and_offers_the_way_back(self, client):
        client.cookies["django_language"] = "zh-hans"
        html = client.get("/ui/gallery/?q=工&as_of=2024-07-20").content.decode()
        assert "回看<b>2024-07-20</b>" in html
        assert '<a class="btn" href="/ui/gallery/?q=%E5%B7%A5">回到现在</a>' in html

    def test_today_is_no_looking_back(self, client):
        today = timezone.localdate().isoformat()
        assert 'class="menu asof"' in client.get(f"/ui/gallery/?as_of={today}").content.decode()

    @pytest.mark.parametrize("text", ["2024-13-01", "yesterday", "<b>"])
    def test_as_of_that_is_no_date_is_refused_with_the_remedy(self, client, text):
        client.cookies["django_language"] = "en"
        response = client.get("/ui/gallery/", {"as_of": text})
        assert response.status_code == 400
        assert "Write the date as 2024-07-20." in response.content.decode()
        assert "<b>”" not in response.content.decode()

    def test_as_of_in_the_future_is_refused(self, client):
        tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
        assert client.get(f"/ui/gallery/?as_of={tomorrow}").status_code == 400

    @pytest.mark.parametrize(
        ("path", "status", "said"),
        [
            ("/api/v1/alarms?as_of=yesterday", 400, "“yesterday” is not a date."),
            ("/api/v1/no/such/", 404, "There is no such page, or it lies outside your area."),
        ],
    )
    def test_a_program_is_refused_in_json(self, client, path, status, said):
        client.cookies["django_language"] = "en"
        response = client.get(path)
        assert (response.status_code, response["Content-Type"]) == (status, "application/json")
        told = response.json()
        assert (told["detail"], told["number"]) == (said, response["X-Request-ID"])
        assert told["remedies"]

    def test_every_answer_has_a_number_for_support(self, client):
        response = client.get("/ui/gallery/")
        assert re.fullmatch(r"[0-9a-f]{12}", response["X-Request-ID"])
        assert client.get("/ui/gallery/", headers={"x-request-id": "proxy-12345"})["X-Request-ID"] == "proxy-12345"
        assert client.get("/ui/gallery/", headers={"x-request-id": "a b\u00e9"})["X-Request-ID"] != "a b\u00e9"

    def test_page_that_is_not_there_helps(self, client):
        client.cookies["django_language"] = "zh-hans"
        response = client.get("/no/such/page/")
        html = response.content.decode()
        assert response.status_code == 404
        assert "没有这个页面" in html
        assert "处理建议" in html
        assert response["X-Request-ID"] in html

    def test_page_without_script_and_style_in_it(self, client):
        html = client.get("/ui/gallery/?wrong=1").content.decode()
        assert not re.search(r"\sstyle=", html)
        assert not re.search(r"<script(?![^>]*\ssrc=)", html)
        assert not re.search(r"\son[a-z]+=", html)

    def test_page_has_one_h1_a_skip_link_and_a_main(self, client):
        html = client.get("/ui/gallery/").content.decode()
        assert html.count("<h1>") == 1
        assert '<a class="skip" href="#main">' in html
        assert 'id="main"' in html

    def test_evidence_opens_in_the_drawer_under_its_own_address(self, client):
        client.cookies["django_language"] = "zh-hans"
        shut = client.get("/ui/gallery/").content.decode()
        assert re.search(r'<aside class="drawer" id="drawer"[^>]* hidden>', shut)
        html = client.get("/ui/gallery/?evidence=0123456789ab:/total").content.decode()
        assert not re.search(r'<aside class="drawer"[^>]* hidden>', html)
        assert "没有找到证据" in html


SWITCHES = (
    Switch("Area", "Region A"),
    Switch("Plan", "Plan <1>", (Choice("Plan <1>", "/a", current=True), Choice("Plan 2", "/b"))),
)


def switches(request):
    return list(SWITCHES)


@pytest.mark.django_db
@override_settings(UI_SWITCHES=f"{__name__}.switches")
def test_header_names_area_and_plan_and_offers_others(client):
    html = client.get("/ui/gallery/").content.decode()
    assert "<b>Region A</b>" in html
    assert '<a href="/a" aria-current="true">Plan &lt;1&gt;</a>' in html
    assert '<a href="/b">Plan 2</a>' in html


def _lost_database(request):
    raise OperationalError("could not connect")


def _fault(request):
    raise ValueError("secret detail")


def _refusal(request):
    raise Refused(
        Problem("x.first", "“%(text)s” is not a number.", params={"text": "<abc>"}, remedy="Write digits."),
        Problem("x.second", "The unit is missing."),
    )


def _denied(request):
    raise PermissionDenied


def _huge(request):
    raise RequestDataTooBig


urlpatterns = [
    path("lost/", _lost_database),
    path("fault/", _fault),
    path("refusal/", _refusal),
    path("denied/", _denied),
    path("huge/", _huge),
    path("language/", set_language, name="set_language"),
]
handler400 = "zhizao.base.ui.errors.bad_request"
handler403 = "zhizao.base.ui.errors.permission_denied"
handler404 = "zhizao.base.ui.errors.page_not_found"
handler500 = "zhizao.base.ui.errors.server_error"


@pytest.fixture
def faulty_site(client, settings):
    """A site of faults, without the middleware that needs a database: the pages must not need one."""
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [
        "zhizao.base.ui.middleware.RequestIdMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "zhizao.base.ui.middleware.LookMiddleware",
        "zhizao.base.ui.middleware.AsOfMiddleware",
        "zhizao.base.ui.middleware.RefusalMiddleware",
    ]
    client.raise_request_exception = False
    client.cookies["django_language"] = "en"
    return client


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/lost/", 503, "Wait a minute and try again."),
        ("/fault/", 500, "The server made a mistake while answering."),
        ("/denied/", 403, "Your account may not open this page."),
        ("/nowhere/", 404, "There is no such page"),
        ("/huge/", 413, "MiB and was not taken in."),
    ],
)
def test_error_pages_say_what_happened_without_a_database(faulty_site, address, status, words):
    response = faulty_site.get(address)
    html = response.content.decode()
    assert response.status_code == status
    assert words in html
    assert "What to do" in html
    assert response["X-Request-ID"] in html
    assert "secret detail" not in html


def test_refusal_that_no_view_has_caught_is_a_page_with_every_problem(faulty_site):
    response = faulty_site.get("/refusal/")
    html = response.content.decode()
    assert response.status_code == 400
    assert "“&lt;abc&gt;” is not a number." in html
    assert "The unit is missing." in html
    assert "Write digits." in html
    assert "Nothing was changed." in html


def test_fault_page_survives_a_broken_template(rf, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(errors, "render_to_string", broken)
    request = rf.get("/")
    request.id = "0123456789ab"
    response = errors.server_error(request)
    assert response.status_code == 500
    assert b"0123456789ab" in response.content


def test_form_out_of_date_says_what_was_kept(rf):
    with override("zh-hans"):
        response = errors.csrf_failure(rf.post("/"))
    assert response.status_code == 403
    assert "返回后，填写的内容还在表单里" in response.content.decode()
