"""Walks through the product in Debian's chromium: a served site, pages as different readers see them, pictures, axe.

``new_page(...)`` opens the site as a reader would have set it; ``page`` is the usual one. A journey fails when
the browser reports a script error or a breach of the content security policy, whatever else it looks at.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "src" / "zhizao" / "base" / "ui" / "static" / "ui" / "dist"
SCREENSHOTS = ROOT / "artefacts" / "screenshots"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT_MS = 15_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("journey")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One chromium for the whole run; without it, or without built assets, journeys are skipped and say why."""
    if not (ASSETS / "main.js").exists():
        pytest.skip("the assets are not built: run make assets")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("chromium is not installed (Debian: apt install chromium fonts-noto-cjk)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=WAIT_MS)

    # Playwright runs an event loop in this thread, which Django would take for an asynchronous view.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield found
        found.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def new_page(browser: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """``new_page(width=1024, theme="dark", density="large", language="en", javascript=False)``: a page."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def make(
        *,
        width: int = 1440,
        height: int = 900,
        theme: str = "light",
        density: str = "normal",
        language: str = "zh-hans",
        javascript: bool = True,
        cookies: dict[str, str] | None = None,
    ) -> Any:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            locale="zh-CN" if language.startswith("zh") else "en-GB",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        wanted = {"theme": theme, "density": density, "django_language": language, **(cookies or {})}
        context.add_cookies([{"name": k, "value": v, "url": live_server.url} for k, v in wanted.items()])
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: _note(message, page, complaints))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


def _note(message: Any, page: Any, complaints: list[str]) -> None:
    if message.type == "error" and "the server responded with a status of" not in message.text:
        complaints.append(f"{page.url}: {message.text}")


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """The page of a reader who has set nothing: 1440 wide, light, Chinese, not signed in."""
    return new_page()


@pytest.fixture
def signed_in(new_page: Callable[..., Any], client: Any) -> Callable[..., Any]:
    """``signed_in("analyst", area=area)``: a page of a person with that role; other arguments as for ``new_page``."""

    def make(role: str, *, area: Any = None, user: Any = None, **look: Any) -> Any:
        from django.conf import settings
        from tests.factories import make_area, make_user

        person = user or make_user(role, area=area or make_area())
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        return new_page(cookies={settings.SESSION_COOKIE_NAME: session}, **look)

    return make


@pytest.fixture
def screenshot() -> Callable[..., Path]:
    """``screenshot(page, "plan-overview")`` puts a picture of the whole page into artefacts/screenshots/."""

    def take(page: Any, name: str, *, full_page: bool = True) -> Path:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.wait_for_load_state("networkidle")
        page.evaluate("() => { window.scrollTo(0, 0); document.activeElement?.blur(); }")
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=full_page)
        return path

    return take


@pytest.fixture
def axe() -> Callable[..., None]:
    """``axe(page)``: no serious or critical breach of WCAG on the page as it is now."""

    def check(page: Any) -> None:
        from axe_playwright_python.sync_playwright import Axe

        page.wait_for_load_state("networkidle")
        page.evaluate("() => window.scrollTo(0, 0)")  # what the page's head half covers is not too small to touch
        tags = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
        found = Axe().run(page, options=tags).response["violations"]
        grave = [
            f"{v['id']} ({v['impact']}): {v['help']}\n    " + "\n    ".join(n["html"][:200] for n in v["nodes"][:4])
            for v in found
            if v["impact"] in ("serious", "critical")
        ]
        assert not grave, f"{page.url}\n" + "\n".join(grave)

    return check
