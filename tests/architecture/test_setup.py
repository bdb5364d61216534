"""The set-up says in one line what is wrong and what to do, and its tools count and check honestly."""

from __future__ import annotations

import ast
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(TOOLS))
    yield
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and Path(sys.modules[name].__file__ or "").parent == TOOLS:
            del sys.modules[name]


def bootstrap(prelude: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the set-up in a Python that ``prelude`` makes deficient."""
    code = f"import sys; sys.path.insert(0, {str(TOOLS)!r}); {prelude}; import bootstrap"
    return subprocess.run(
        [sys.executable, "-B", "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_entry_of_the_setup_can_be_read_by_an_old_python() -> None:
    source = (TOOLS / "bootstrap.py").read_text()
    ast.parse(source, feature_version=(3, 4))
    assert not any(isinstance(node, ast.JoinedStr) for node in ast.walk(ast.parse(source)))


def test_too_old_a_python_is_refused_in_one_line() -> None:
    answer = bootstrap("sys.version_info = (3, 9, 2, 'final', 0)")
    assert answer.returncode == 1
    assert answer.stderr.startswith("Set-up stopped: Python 3.11 to 3.14 is needed, and this is 3.9.")
    assert answer.stderr.count("\n") == 1


def test_a_missing_venv_module_is_refused_in_one_line() -> None:
    hide = "u.find_spec = lambda name, *rest: None if name == 'ensurepip' else found(name, *rest)"
    answer = bootstrap(f"import importlib.util as u; found = u.find_spec; {hide}")
    assert answer.returncode == 1
    assert "venv module is missing" in answer.stderr
    assert "apt install python3." in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_a_busy_port_is_refused_before_anything_is_done() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        answer = bootstrap("pass", "--port", str(port))
    assert answer.returncode == 1
    assert answer.stderr == (
        f"Set-up stopped: Port {port} is in use by another program. "
        f"Stop it, or choose another: make run PORT={port + 1}\n"
    )
    assert answer.stdout == ""


@pytest.mark.parametrize(
    "output",
    [
        "ERROR: No matching distribution found for babel==2.18.0",
        "error: Failed to fetch: `…/simple/uv/`\n  Caused by: dns error",
        "npm error code ECONNREFUSED",
    ],
)
def test_a_registry_that_does_not_answer_is_told_from_other_failures(tools: None, output: str) -> None:
    import environment

    assert environment._explain(output).startswith("The package registry cannot be reached.")
    assert environment._explain("x\nerror: hash mismatch\n\n").startswith("error: hash mismatch (whole log: ")


def test_a_step_runs_again_when_an_input_changes(tools: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import environment

    monkeypatch.setattr(environment, "VENV", tmp_path)
    lock = tmp_path / "lock"
    lock.write_text("a==1")

    def step() -> environment.Step:
        return environment.Step("packages", lambda: None, [lock], done=lock)

    assert not step().fresh
    step().settle()
    assert step().fresh
    lock.write_text("a==2")
    assert not step().fresh


def test_the_closing_count_sums_the_runs_and_a_lost_report_is_a_failure(tools: None, tmp_path: Path) -> None:
    from count import count

    first, second = tmp_path / "a.xml", tmp_path / "b.xml"
    first.write_text('<testsuites><testsuite tests="10" failures="1" errors="1" skipped="2"/></testsuites>')
    second.write_text('<testsuites><testsuite tests="5" failures="0" errors="0" skipped="0"/></testsuites>')
    assert count([first, second]) == (11, 2, 2)
    assert count([second, tmp_path / "never-written.xml"]) == (5, 1, 0)


def test_the_closing_count_fails_when_nothing_ran(tmp_path: Path) -> None:
    report = tmp_path / "a.xml"
    report.write_text('<testsuites><testsuite tests="0" failures="0" errors="0" skipped="0"/></testsuites>')
    answer = subprocess.run(
        [sys.executable, str(TOOLS / "count.py"), str(report)], capture_output=True, text=True, check=False
    )
    assert (answer.stdout, answer.returncode) == ("0 passed, 0 failed, 0 skipped\n", 1)


CODE = """A = mark("%(n)s are " "late.")
B = f"{_('Inside')}"
C = ngettext("One firm", "%(n)s firms", 2), mark(A)
"""
TEMPLATE = """{% load i18n %}
    <c-card :title="_('Targets')" title="{% trans "The plan's home" %}">
  {% blocktrans count n=rows|length %}One row{% plural %}{{ n }} rows{% endblocktrans %} it's ( [
      {% blocktranslate trimmed with x=1 %}
        Hello {{ x }}
      {% endblocktranslate %}
"""


def test_catalogues_are_extracted_from_code_and_templates_and_gaps_are_found(tmp_path: Path) -> None:
    app = tmp_path / "src" / "zhizao" / "apps" / "sample"
    (app / "templates").mkdir(parents=True)
    (app / "templates" / "page.html").write_text(TEMPLATE)
    (app / "__init__.py").write_text(CODE)
    (tmp_path / "tools").mkdir()
    script = tmp_path / "tools" / "messages.py"
    script.write_text((TOOLS / "messages.py").read_text())

    def run(verb: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, str(script), verb], capture_output=True, text=True, check=False)

    assert "missing" in run("check").stdout
    assert run("extract").returncode == 0
    catalogue = app / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    first = catalogue.read_text()
    for msgid in ("%(n)s are late.", "Inside", "One firm", "Hello %(x)s", "One row", "Targets", "The plan's home"):
        assert f'msgid "{msgid}"' in first
    assert "untranslated" in run("check").stdout

    translated = first.replace('msgid "%(n)s are late."\nmsgstr ""', 'msgid "%(n)s are late."\nmsgstr "已逾期。"')
    catalogue.write_text(translated)
    assert "other placeholders" in run("check").stdout
    catalogue.write_text(translated.replace("已逾期。", "%(n)s 项已逾期。"))
    assert run("extract").returncode == 0
    assert "%(n)s 项已逾期。" in catalogue.read_text()  # a translation survives


def test_a_private_postgres_is_refused_in_one_line_where_none_is_installed(
    tools: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    import with_postgres

    monkeypatch.setitem(os.environ, "PATH", "")
    monkeypatch.setattr(with_postgres, "Path", lambda *parts: Path("never-there"))
    with pytest.raises(SystemExit, match="apt install postgresql"):
        with_postgres.binary("initdb")
