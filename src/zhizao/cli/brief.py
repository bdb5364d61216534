"""``zhizao brief``: the monthly brief on the industrial economy, as a Word document or pdf."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from zhizao.cli import _text, language
from zhizao.cli.common import AreaCode, Lang, area_of, day_of, start_django
from zhizao.kernel.result import Problem, Refused, mark


def brief(
    month: Annotated[str, typer.Option(help=_text("The month, such as 2025-06; 2025-02 is January and February."))],
    out: Annotated[Path, typer.Option(help=_text("The file to write; its ending says docx or pdf."))],
    as_of: Annotated[
        str,
        typer.Option("--as-of", help=_text("The last day that may be known, such as 2025-07-20; today by default.")),
    ] = "",
    area: AreaCode = "",
    *,
    public: Annotated[
        bool, typer.Option("--public", help=_text("Leave out what tells of single enterprises."))
    ] = False,
    lang: Lang = None,
) -> None:
    """Exit code 0: the brief is written; 2: bad input, and nothing is written or kept."""
    form = out.suffix.lower().lstrip(".")
    if form not in ("docx", "pdf"):
        raise Refused(
            Problem(
                "cockpit.form",
                mark("A brief is a docx or a pdf, not “%(ending)s”."),
                remedy=mark("Give the file a name such as brief.docx."),
                params={"ending": out.suffix or out.name},
            )
        )
    _refuse_unwritable(out)
    start_django()
    from zhizao.apps.cockpit import gathering, preparing, reading, services
    from zhizao.base.facts.queries import today

    place = area_of(area)
    asked = gathering.ask(place, month, day_of(as_of) if as_of else today())
    if public:
        services.refuse_second_public(asked)
    preparing.prepare(actor=None, asked=asked, step=_tell)
    made = gathering.gather(asked, step=_tell)
    run = services.keep(actor=None, made=made)
    if public:
        services.keep_public(actor=None, made=made)
    spoken = "en" if language() == "en" else "zh"
    written = reading.paper(
        reading.facts_of(run), version=made.template.version, language=spoken, run=run.sha12, for_public=public
    )
    _write(out, services.file(written, form, on=asked.as_of))
    said = _text("%(file)s: brief of %(month)s as known on %(day)s, run %(run)s")
    print(said % {"file": out, "month": asked.month, "day": asked.as_of.isoformat(), "run": run.sha12})


def _refuse_unwritable(out: Path) -> None:
    """Before the work of minutes: whether there is a folder to write to, and the right to."""
    if out.parent.is_dir() and not out.is_dir() and os.access(out if out.exists() else out.parent, os.W_OK):
        return
    raise Refused(
        Problem(
            "cockpit.out",
            mark("%(file)s cannot be written."),
            remedy=mark("Name a file in a folder that exists and that you may write to."),
            params={"file": str(out)},
        )
    )


def _write(out: Path, content: bytes) -> None:
    """The whole file or none."""
    part = out.with_name(f".{out.name}.part")
    try:
        part.write_bytes(content)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def _tell(text: str) -> None:
    print(f"zhizao: {_text(text)}", file=sys.stderr)
