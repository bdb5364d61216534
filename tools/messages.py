"""Message catalogues: ``extract`` brings them up to date, ``check`` refuses gaps, ``compile`` makes the .mo files.

One catalogue for each package of base and for each app, at <package>/locale/zh_Hans/LC_MESSAGES/django.po; kernel,
engines, cli and site share the one of ``zhizao``. Name packages to see to them only: ``extract apps/plan``.

Written with Babel, because GNU gettext is not on every machine. Entries are sorted and the header holds no date, so
that the same texts give the same bytes.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "zhizao"
LOCALE = "zh_Hans"
FILE = Path("locale") / LOCALE / "LC_MESSAGES" / "django.po"
HEADER = f"""\
msgid ""
msgstr ""
"Language: {LOCALE}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "mark": None,
    "_text": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# Dynamic attributes of cotton components, <c-card :title="_('Targets')">, are no template tags to Django's own reader.
IN_ATTRIBUTE = re.compile(r"""\b_\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\)""")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")

Key = tuple[str | None, str | tuple[str, ...]]


def packages() -> dict[Path, list[Path]]:
    """Each catalogue with the folders whose texts it holds; only those named on the command line, if any are."""
    shared = [SOURCE / name for name in ("kernel", "engines", "cli", "site")]
    own = sorted(path.parent for folder in ("base", "apps") for path in (SOURCE / folder).glob("*/__init__.py"))
    all_packages = {SOURCE: shared, **{folder: [folder] for folder in own}}
    named = [SOURCE / name for name in sys.argv[2:]]
    return {package / FILE: folders for package, folders in all_packages.items() if not named or package in named}


def texts(folder: Path) -> Iterator[tuple[Path, Key]]:
    """Every message of a folder's Python files and templates."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            yield from ((path, key) for key in _in_python(path))
        elif path.suffix in (".html", ".txt") and "templates" in path.parts:
            code = io.BytesIO(_template_as_python(path))
            for _line, message, _comments, context in extract("python", code, keywords=KEYWORDS):
                if message:
                    yield path, (context, message if isinstance(message, str) else tuple(message))


def _in_python(path: Path) -> Iterator[Key]:
    """By the syntax tree, which sees into f-strings; Babel's tokens do not, before Python 3.12."""
    for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
        if name not in KEYWORDS:
            continue
        context, ids = None, []
        for position in KEYWORDS[name] or (1,):
            number = position if isinstance(position, int) else position[0]
            argument = node.args[number - 1] if len(node.args) >= number else None
            if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                break  # a name: its text was marked where it is written
            if isinstance(position, int):
                ids.append(argument.value)
            else:
                context = argument.value
        else:
            yield context, ids[0] if len(ids) == 1 else tuple(ids)


def _template_as_python(path: Path) -> bytes:
    from django.utils.translation.template import templatize

    source = path.read_text()
    # What is no message becomes X-es; their indentation would mean something to Python's tokenizer.
    lines = [line.lstrip() for line in templatize(source, origin=str(path)).splitlines()]
    lines += [f"_({(single or double)!r})" for single, double in IN_ATTRIBUTE.findall(source)]
    return "\n".join(lines).encode()


def load(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE, abort_invalid=True)


def wanted(folders: list[Path]) -> dict[Key, list[str]]:
    found: dict[Key, list[str]] = {}
    for folder in folders:
        for path, key in texts(folder):
            places = found.setdefault(key, [])
            if (place := path.relative_to(SOURCE).as_posix()) not in places:
                places.append(place)
    return found


def key_of(message: Message) -> Key:
    return message.context, message.id if isinstance(message.id, str) else tuple(message.id)


def extract_all() -> int:
    """Add new messages, drop those no longer used, keep every translation."""
    for path, folders in packages().items():
        messages = wanted(folders)
        if not messages:
            continue
        known = {key_of(message): message for message in load(path) if message.id}
        catalogue = Catalog(locale=LOCALE)
        for (context, msgid), places in messages.items():
            old = known.get((context, msgid))
            catalogue.add(
                msgid, old.string if old else None, [(p, 0) for p in places], old.flags if old else (), context=context
            )
        buffer = io.BytesIO()
        write_po(buffer, catalogue, width=116, sort_output=True, omit_header=True, include_lineno=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADER + buffer.getvalue().decode())
        added, dropped = len(messages.keys() - known.keys()), len(known.keys() - messages.keys())
        print(f"{path.relative_to(ROOT)}: {len(messages)} messages, {added} new, {dropped} dropped")
    return 0


def findings() -> Iterator[str]:
    """What keeps the catalogues from being complete."""
    for path, folders in packages().items():
        place = path.relative_to(ROOT)
        known = {key_of(message): message for message in load(path) if message.id}
        for key, files in wanted(folders).items():
            message = known.get(key)
            if message is None:
                yield f"{place}: missing, run 'make messages': {key[1]!r} ({files[0]})"
            elif message.fuzzy:
                yield f"{place}: fuzzy: {key[1]!r}"
            elif not message.string or not all(message.string):
                yield f"{place}: untranslated: {key[1]!r} ({files[0]})"
            elif problem := _placeholders_differ(message):
                yield f"{place}: {problem}"
    yield from _said_twice()


def _said_twice() -> Iterator[str]:
    """Django merges the catalogues and the last one loaded wins: two meanings of one msgid need a context."""
    said: dict[Key, dict[str, Path]] = {}
    for path in packages():
        for message in load(path):
            if message.id and message.string:
                said.setdefault(key_of(message), {}).setdefault(str(message.string), path.relative_to(ROOT))
    for key, strings in said.items():
        if len(strings) > 1:
            places = "; ".join(f"{string} ({path})" for string, path in strings.items())
            yield f"one message, several translations (give it a context): {key[1]!r}: {places}"


def _placeholders_differ(message: Message) -> str | None:
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    strings = [message.string] if isinstance(message.string, str) else list(message.string)
    allowed = set(PLACEHOLDER.findall(" ".join(ids)))
    for string in strings:
        used = set(PLACEHOLDER.findall(string))
        if used != allowed if len(ids) == 1 else used - allowed:
            return f"other placeholders than the message: {ids[0]!r} → {string!r}"
    return None


def check_all() -> int:
    problems = list(findings())
    print("\n".join(problems) if problems else "Every message has its Chinese.")
    return 1 if problems else 0


def compile_all() -> int:
    for path in sorted(SOURCE.rglob(FILE.name)):
        buffer = io.BytesIO()
        catalogue = load(path)
        catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # Babel would write now
        write_mo(buffer, catalogue)
        target = path.with_suffix(".mo")
        if not target.exists() or target.read_bytes() != buffer.getvalue():
            target.write_bytes(buffer.getvalue())
    return 0


if __name__ == "__main__":
    verbs = {"extract": extract_all, "check": check_all, "compile": compile_all}
    if len(sys.argv) < 2 or sys.argv[1] not in verbs:
        sys.exit(f"usage: messages.py {'|'.join(verbs)} [PACKAGE…]")
    sys.exit(verbs[sys.argv[1]]())
