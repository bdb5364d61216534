"""What typer says by itself, in the language of the terminal: it has these words in English only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from zhizao.cli import _text, language
from zhizao.kernel.result import mark

_WORDS: Final = {
    "Usage: ": mark("Usage: "),
    "[OPTIONS]": mark("[OPTIONS]"),
    "Arguments": mark("Arguments"),
    "Options": mark("Options"),
    "Commands": mark("Commands"),
    "Show this message and exit.": mark("Show this message and exit."),
    "required": mark("required"),
    "default": mark("default"),
    "env var": mark("environment variable"),
}
_ERRORS: Final = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"Missing (?:argument|option|parameter) '(?P<name>[^']+)'\..*", mark("“%(name)s” is missing.")),
        (r"No such option: (?P<name>\S+).*", mark("There is no option “%(name)s”.")),
        (r"No such command '(?P<name>[^']+)'\..*", mark("There is no command “%(name)s”.")),
        (
            r"Invalid value for '?(?P<name>[^':]+)'?: (?:Value error, )?'(?P<text>.*)' is not one of (?P<choices>.+)\.",
            mark("“%(name)s”: “%(text)s” is not one of %(choices)s."),
        ),
        (r"Invalid value for '?(?P<name>[^':]+)'?: (?P<what>.+)", mark("“%(name)s”: %(what)s")),
    )
)
_FACTS: Final = re.compile(r"\[([^\[\]]+)\]$")


def teach(command: Any) -> None:
    """Have the help of a command, and of those below it, use these words."""
    base = command.context_class.formatter_class
    if base.__module__ == __name__:
        return

    class Help(base):  # type: ignore[misc]
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, " ".join(map(_say, args.split(" "))), prefix or _say("Usage: "))

        def write_heading(self, heading: str) -> None:
            super().write_heading(_say(heading))

        def write_dl(self, rows: Iterable[tuple[str, str]], *layout: int, **more: int) -> None:
            said = [(first, _FACTS.sub(lambda found: f"[{_facts(found[1])}]", _say(second))) for first, second in rows]
            super().write_dl(said, *layout, **more)

    command.context_class.formatter_class = Help


def _say(words: str) -> str:
    return _text(_WORDS[words]) if words in _WORDS else words


def _facts(text: str) -> str:
    """``default: text; required``: what stands in brackets behind an option, each by its name."""
    found = (fact.partition(": ") for fact in text.split("; "))
    return "; ".join(f"{_say(name)}{colon}{value}" for name, colon, value in found)


def error_words(text: str) -> str:
    """What was wrong with the words of a command; what typer may say besides stays as it is."""
    if language() == "en":
        return text
    for pattern, words in _ERRORS:
        if found := pattern.fullmatch(text):
            return _text(words) % found.groupdict()
    return text
