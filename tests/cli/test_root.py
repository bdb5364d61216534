"""The command line's root: it loads nothing it does not need, and says in one line what was wrong."""

from __future__ import annotations

import subprocess
import sys
import types

import pytest

import zhizao.cli
from zhizao import __version__
from zhizao.kernel.result import Place, Problem, Refused

ENGLISH = {"LANG": "en_GB.UTF-8"}


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from zhizao.cli import main; main(sys.argv[1:])"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, env=environ or ENGLISH
    )


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", ENGLISH["LANG"])


def test_help_imports_neither_django_nor_polars_nor_typer() -> None:
    code = (
        "import sys, zhizao.cli\n"
        "try: zhizao.cli.main(['--help'])\n"
        "except SystemExit as left: assert left.code == 0\n"
        "heavy = {'django', 'polars', 'numpy', 'typer', 'rich', 'click', 'asyncio'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stderr == "[]\n"
    for name in (*zhizao.cli.APPS, *zhizao.cli.OPERATIONS):
        assert f"  {name} " in answer.stdout


def test_version_is_the_version_of_the_package() -> None:
    assert run("--version").stdout == f"zhizao {__version__}\n"


def test_no_arguments_show_the_help() -> None:
    assert run().stdout == run("--help").stdout


def test_an_unknown_command_names_the_closest_one_and_ends_with_2() -> None:
    answer = run("serv")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == "zhizao: There is no command “serv”. Did you mean “serve”?\n"
    assert run("qqqq").stderr == "zhizao: There is no command “qqqq”. See: zhizao --help\n"


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app of the command line with one verb for each way to end."""
    import typer

    app = typer.Typer(add_completion=False, rich_markup_mode=None)

    @app.command()
    def done(file: str) -> None:
        typer.echo(file)

    @app.command()
    def findings() -> None:
        raise typer.Exit(1)

    @app.command()
    def refused() -> None:
        raise Refused(
            Problem("a", "“%(text)s” is not a number.", place=Place(row=3), params={"text": "abc"}),
            Problem("b", "The unit is missing.", place=Place(row=4)),
        )

    module = types.ModuleType("zhizao.cli.sample")
    module.app = app  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "zhizao.cli.sample", module)
    monkeypatch.setitem(zhizao.cli.APPS, "sample", "A sample.")


def left_with(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        zhizao.cli.main(list(arguments))
    assert isinstance(left.value.code, int)
    return left.value.code


def test_a_verb_that_is_done_ends_with_0(sample: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with("sample", "done", "plan.txt") == 0
    assert capsys.readouterr().out == "plan.txt\n"


def test_findings_end_with_1(sample: None) -> None:
    assert left_with("sample", "findings") == 1


def test_a_refusal_prints_every_problem_and_ends_with_2(sample: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with("sample", "refused") == 2
    assert capsys.readouterr().err == "zhizao: row 3: “abc” is not a number.\nzhizao: row 4: The unit is missing.\n"


@pytest.mark.parametrize("wrong", [["done"], ["done", "--nothing"], ["no-such-verb"]])
def test_wrong_usage_is_one_line_and_ends_with_2(
    sample: None, capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    assert left_with("sample", *wrong) == 2
    error = capsys.readouterr().err
    assert error.startswith("zhizao: ")
    assert error.count("\n") == 1
    assert "zhizao sample --help" in error


def test_a_reader_that_leaves_early_is_no_error() -> None:
    code = "from zhizao.cli import main; import zhizao.cli as c; c._help = lambda: 'x\\n' * 200_000; main(['--help'])"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()
    process.wait(timeout=30)


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "C.UTF-8"}, "zh-hans"),
        ({}, "zh-hans"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_terminal_speaks_chinese_unless_its_locale_is_another(
    monkeypatch: pytest.MonkeyPatch, locale: dict[str, str], language: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in locale.items():
        monkeypatch.setenv(name, value)
    assert zhizao.cli.language() == language
