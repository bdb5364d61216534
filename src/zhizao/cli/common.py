"""What the verbs of every app share: the language of the answer, the database, an area, a day."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhizao.cli import _text, language
from zhizao.kernel.result import Place, Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.base.accounts.models import Area


def _speak(wanted: str | None) -> str | None:
    """Take this language for the rest of the command; errors of the root command come in it too."""
    if wanted is not None:
        locales = {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}
        if wanted[:2].lower() not in locales:
            raise typer.BadParameter(_text("zh or en"))
        os.environ["LC_ALL"] = locales[wanted[:2].lower()]
    return wanted


Lang = Annotated[
    str | None,
    typer.Option(
        "--lang", help=_text("zh or en."), envvar="ZHIZAO_LANG", callback=_speak, is_eager=True, metavar="LANG"
    ),
]
AreaCode = Annotated[str, typer.Option(help=_text("Code of the area; without it the only one there is."))]


def verbs(said: str) -> typer.Typer:
    """An empty set of verbs of an app."""
    return typer.Typer(
        help=said,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def start_django(profile: str = "") -> None:
    """Start Django; importing this module costs nothing of it. ``profile`` overrides the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhizao.site.settings")
    if profile:
        os.environ["ZHIZAO_PROFILE"] = profile
    os.umask(0o077)  # the database, the files and the key are for this account only
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.utils import translation

    try:
        _ = settings.PROFILE  # reads all of them
    except (ImproperlyConfigured, ValueError) as error:
        raise Refused(
            Problem(
                "settings",
                mark("A setting is not right: %(reason)s."),
                remedy=mark("Correct the environment variable."),
                params={"reason": str(error)},
            )
        ) from error
    django.setup()
    translation.activate(language())


def area_of(code: str) -> Area:
    """The area meant: by its code, or the only one there is."""
    from zhizao.base.accounts.models import Area

    known: dict[str, Area] = {area.code: area for area in Area.objects.all()}
    if code in known:
        return known[code]
    if not code and len(known) == 1:
        return next(iter(known.values()))
    raise Refused(
        Problem(
            "cli.which_area",
            mark("There is no area “%(code)s”.") if code else mark("Say which area."),
            remedy=mark("Name one of these with --area: %(codes)s."),
            params={"code": code, "codes": ", ".join(sorted(known)[:20]) or "–"},
        )
    )


def day_of(text: str) -> dt.date:
    """The day that a word means."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Refused(
            Problem(
                "cli.day",
                mark("“%(text)s” is not a date."),
                remedy=mark("Write the date as 2024-07-20."),
                params={"text": text[:40]},
            )
        ) from None


def content_of(file: Path) -> bytes:
    """What a file holds; how large it may be, its reader says."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refused(
            Problem(
                "tables.unreadable",
                mark("The file cannot be read: %(reason)s."),
                Place(file=file.name or str(file)),
                mark("Check the name and the right to read it."),
                params={"reason": error.strerror or type(error).__name__},
            )
        ) from None


def write_all(contents: Mapping[Path, bytes]) -> None:
    """Write all of some files, each of them whole, or none; what is no plain file, such as a pipe, is written to."""
    plain = {out: out.with_name(f".{out.name}.part") for out in contents if out.is_file() or not out.exists()}
    out = Path()
    try:
        for out, part in plain.items():
            part.write_bytes(contents[out])
        for out in contents.keys() - plain.keys():
            out.write_bytes(contents[out])
        for out, part in plain.items():
            part.replace(out)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(out)) from error
    finally:
        for part in plain.values():
            if part.parent.is_dir():
                part.unlink(missing_ok=True)
