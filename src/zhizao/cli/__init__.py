"""The ``zhizao`` command: a table of names, and nothing loaded until one is called.

A verb costs only what it needs: ``zhizao --help`` imports neither Django nor Polars nor typer. To add an app, write
``zhizao/cli/<app>.py`` with a typer ``app`` and give it a line in ``APPS``; to add an operation, write a typer function
in ``zhizao/cli/operations.py`` and give it a line in ``OPERATIONS``.

Exit codes: 0 done, 1 findings or a failed check, 2 bad input with a clear line on stderr, 130 interrupted.
"""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from typing import NoReturn

from zhizao import __version__
from zhizao.kernel.result import Place, Problem, Refused, mark

OPERATIONS = {
    "serve": mark("Serve the web pages and run one worker."),
    "worker": mark("Run jobs from the queue, without the web."),
    "migrate": mark("Bring the database to this version."),
    "demo": mark("Load the demonstration plan and accounts."),
    "found": mark("Open the first accounts of an empty installation."),
    "backup": mark("Write database and files to one archive."),
    "restore": mark("Put an archive back into an empty installation."),
    "doctor": mark("Check the installation and say what to mend."),
    "brief": mark("Write the monthly brief on the industrial economy."),
    "verify-audit": mark("Recompute the chain of the audit log."),
}
APPS = {
    "plan": mark("Read a plan, show it, compare versions."),
    "registry": mark("Import, export and resolve enterprises."),
    "ledger": mark("Import and export observed figures."),
    "forms": mark("Check reporting forms and filled-in sheets."),
    "chain": mark("Systemic risk of firms and chains."),
    "outlook": mark("Forecast figures and tell the chance of targets."),
    "warning": mark("Find enterprises in trouble, and score the alarms."),
    "assist": mark("Who is helped first, and why."),
}


def main(argv: list[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without Chinese shows marks, and no traceback
            stream.reconfigure(errors="replace")
    try:
        code = _dispatch(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:  # the reader left (`zhizao plan show | head`); keep the interpreter's last flush quiet too
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    sys.exit(code)


def _dispatch(arguments: list[str]) -> int:
    name = arguments[0] if arguments else "--help"
    if name in ("-h", "--help", "help"):
        print(_help())
        return 0
    if name in ("-V", "--version"):
        print(f"zhizao {__version__}")
        return 0
    if name not in OPERATIONS and name not in APPS:
        return _fail(_unknown(name))
    return _call(name, arguments[1:])


def _call(name: str, arguments: list[str]) -> int:
    """Load one command and run it; what the user got wrong becomes one line and exit code 2."""
    import typer
    from typer.main import get_command

    from zhizao.cli.typer_words import error_words, teach

    if name in APPS:
        app = import_module(f"zhizao.cli.{name.replace('-', '_')}").app
    else:
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(name)(getattr(import_module("zhizao.cli.operations"), name.replace("-", "_")))
    command = get_command(app)
    teach(command)
    try:
        code = command.main(args=arguments, prog_name=f"zhizao {name}", standalone_mode=False)
    except typer.Abort:
        return 130
    except Refused as refused:
        return _fail(*map(_problem, refused.problems))
    except Exception as error:
        if line := _around(error):
            return _fail(line)
        if not hasattr(error, "format_message"):  # typer's own errors (unknown option, missing argument) have one
            raise
        hint = _text("See: zhizao %(name)s --help") % {"name": name}
        return _fail(f"{error_words(error.format_message())} {hint}".strip())
    return code if isinstance(code, int) else 0


def _around(error: Exception) -> str:
    """What is wrong around the program and not in it, a file or the database; empty for anything else."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    database = sys.modules.get("django.db")
    if database and isinstance(error, (database.OperationalError, database.InterfaceError, database.ProgrammingError)):
        reason = (str(error).strip().splitlines() or ["?"])[0]
        said = _text("The database cannot be used: %(reason)s") % {"reason": reason}
        return f"{said} {_text('Start it, correct DATABASE_URL, or run “zhizao migrate”.')}"
    return ""


def _fail(*lines: str) -> int:
    for line in lines:
        print(f"zhizao: {line}", file=sys.stderr)
    return 2


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    line = _text("There is no command “%(name)s”.") % {"name": name}
    if close := get_close_matches(name, [*OPERATIONS, *APPS], n=1, cutoff=0.5):
        return f"{line} {_text('Did you mean “%(name)s”?') % {'name': close[0]}}"
    return f"{line} {_text('See: zhizao --help')}"


def _help() -> str:
    lines = [_text("ZhiZao: runs a region's manufacturing five-year plan."), ""]
    lines += [_text("Usage: zhizao COMMAND [ARGUMENTS]   (zhizao COMMAND --help tells more)"), ""]
    for title, commands in ((mark("Apps"), APPS), (mark("Operations"), OPERATIONS)):
        lines += [f"{_text(title)}:", *(f"  {name:<14}{_text(line)}" for name, line in commands.items()), ""]
    lines += [f"  --version     {_text('Print the version.')}"]
    return "\n".join(lines)


def language() -> str:
    """Say the language of the terminal: Chinese where its locale is Chinese or says nothing, English elsewhere."""
    locale = next((value for key in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(key))), "C")
    return "zh-hans" if locale.partition(".")[0].lower()[:2] in ("zh", "c", "po") else "en"


def _text(msgid: str) -> str:
    """Translate for the terminal; through Django where a verb has started it, since it knows every catalogue."""
    django = sys.modules.get("django.apps")
    if django and django.apps.ready:
        from django.utils import translation

        with translation.override(language()):
            return translation.gettext(msgid)
    if language() == "en":
        return msgid
    import gettext

    folder = __file__.rpartition("cli")[0] + "locale"  # no pathlib: half of what help costs
    return gettext.translation("django", folder, languages=["zh_Hans"], fallback=True).gettext(msgid)


def _problem(problem: Problem) -> str:
    text = " ".join(_text(part) % problem.params for part in (problem.message, problem.remedy) if part)
    return _text("%(place)s: %(text)s") % {"place": place, "text": text} if (place := _place(problem.place)) else text


def _place(place: Place) -> str:
    parts = [place.file, place.sheet]
    parts += [
        _text(words) % {"number": number}
        for number, words in (
            (place.page, mark("page %(number)s")),
            (place.line, mark("line %(number)s")),
            (place.row, mark("row %(number)s")),
        )
        if number is not None
    ]
    parts += [_text("column %(name)s") % {"name": place.column}] if place.column else []
    return _text(", ").join(part for part in parts if part)
