"""The review of a reading: the document with what each row was read from, the row beside it, and a decision on it."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from zhizao.apps.plan import checking, correcting, deciding, paper, review_rows, services
from zhizao.apps.plan.deciding import Seen
from zhizao.apps.plan.forms import DocumentForm
from zhizao.apps.plan.health_page import chapters_words, here
from zhizao.apps.plan.models import PlanVersion
from zhizao.apps.plan.opening import link, of_plan
from zhizao.apps.plan.queries import rows, version_at
from zhizao.apps.plan.sheets import SHEETS
from zhizao.base.accounts.access import needs
from zhizao.base.jobs.problems import remedy_words, words
from zhizao.base.ui import errors
from zhizao.base.ui.exports import CSV, attachment
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.engines.planlint.corrections import Correction

ZIP = "application/zip"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_SEEN = re.compile(r"([a-z_]+)-([1-9]\d{0,7}):([1-9]\d{0,7})")


def _opened(request: HttpRequest, plan_version: PlanVersion, number: int) -> PlanVersion:
    version = version_at(request.user, plan_version.plan, number=number)
    if version is None or not request.user.has_perm("plan.edit", version):
        raise Http404
    request.version = version
    return version


@needs("plan.edit")
@of_plan
def page(request: HttpRequest, version: PlanVersion, number: int) -> HttpResponse:
    """A part of the document at the left, the rows that were read from it at the right."""
    version = _opened(request, version, number)
    match request.GET.get("format", ""):
        case "corrections":
            return attachment(corrections_csv(version), "corrections.csv", CSV)
        case "pack":
            return attachment(pack_zip(version), f"{version.plan.slug}-{version.number}.zip", ZIP)
        case "":
            pass
        case other:
            reason = _("“%(format)s” is not a format of this page.") % {"format": other[:20]}
            return errors.refuse(request, reason=reason, remedy=_("Ask for corrections or pack."))
    checked = checking.checked(version)
    decided = correcting.corrections_of(version.plan)
    context = {
        "version": version,
        "plan": version.plan,
        "checked": checked,
        "may_edit": version.is_draft and not request.looking_back,
        "may_check": not request.looking_back,
        "document_form": DocumentForm(),
        "decided": _told(version, decided[-review_rows.CARDS :][::-1]),
        "decided_count": len(decided),
        "states": [(state, STATE_WORDS[state]()) for state in review_rows.STATES],
        "state": request.GET.get("state", ""),
        "sheets": [(sheet, rows(version, sheet.model).count()) for sheet in SHEETS.values()],
        "table": request.GET.get("table", ""),
        "kept": [(key, value) for key, value in request.GET.items() if key not in ("chapter", "row", "page")],
    }
    return render(request, "plan/reading.html", context | _shown(request, version, checked, decided))


STATE_WORDS = {
    "open": lambda: _("not decided"),
    "doubtful": lambda: _("doubtful"),
    "accepted": lambda: _("accepted"),
    "corrected": lambda: _("corrected"),
}


def _shown(
    request: HttpRequest, version: PlanVersion, checked: checking.Checked | None, decided: Sequence[Correction]
) -> dict[str, Any]:
    """The part of the document that the address asks for, or all rows where there is none."""
    chapters = checked.chapters if checked and checked.has_document else ()
    chosen = request.GET.get("row", "")
    wanted = request.GET.get("chapter", "")
    index = int(wanted) - 1 if wanted.isdecimal() and len(wanted) < 7 else _chapter_of(version, chapters, chosen)
    chapter = chapters[min(max(index, 0), len(chapters) - 1)] if chapters else None
    index = chapters.index(chapter) if chapter else 0
    found = review_rows.cards(
        request, version, review_rows.find(request, version, decided, chapter), in_document=chapter is not None
    )
    size = review_rows.CARDS
    at = next((number for number, card in enumerate(found) if card.chosen), 0)
    first = (_whole(request.GET["page"]) - 1) * size if "page" in request.GET else at // size * size
    shown = found[first : first + size] or found[:size]
    context: dict[str, Any] = {
        "sure": [card.found.seen for card in shown if card.found.is_sure],
        "accept": link(request, "plan:page_accept", version.number, **review_rows.kept(request)),
        "cards": sorted(shown, key=lambda card: not card.chosen),  # the chosen one stands on top
        "found": len(found),
        "more": here(request, page=first // size + 2, row=None) if first + size < len(found) else "",
        "less": here(request, page=first // size, row=None) if first else "",
    }
    if checked is None or chapter is None:
        return context
    lines = checked.lines(chapter)
    return context | {
        "chapter": chapter,
        "chapter_number": index + 1,
        "chapter_count": len(chapters),
        "chapters": [(n, words, n == index + 1) for n, words in enumerate(chapters_words(chapters), start=1)],
        "earlier": here(request, chapter=index, row=None, page=None) if index else "",
        "later": here(request, chapter=index + 2, row=None, page=None) if index + 1 < len(chapters) else "",
        "blocks": paper.blocks(lines, chapter.first, paper.row_marks(shown, lines, chapter.first)),
    }


def _whole(text: str) -> int:
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


def _chapter_of(version: PlanVersion, chapters: Sequence[checking.Chapter], chosen: str) -> int:
    """The chapter of the chosen row, else the first from which something was read."""
    table, _dash, position = chosen.partition("-")
    line = None
    if table in SHEETS and position.isdecimal() and len(position) < 10:
        row = rows(version, SHEETS[table].model).filter(position=int(position) - 1).first()
        line = row.line if row else None
    if line is None:
        first = rows(version, SHEETS["indicators"].model).exclude(line=None).order_by("line").first()
        line = first.line if first else 1
    return next((n for n, one in enumerate(chapters) if one.first <= line <= one.last), 0)


@needs("plan.edit")
@require_POST
@of_plan
def decide(request: HttpRequest, version: PlanVersion, number: int, name: str, position: int) -> HttpResponse:
    """Accept a row, or strike it out; then the next one that is not decided."""
    version = _to_decide(request, version, number)
    row = rows(version, SHEETS[name].model).filter(position=position - 1).first() if name in SHEETS else None
    if row is None:
        raise Http404
    seen = Seen(name, position - 1, _whole(request.POST.get("revision", "")))
    try:
        match request.POST.get("action"):
            case "accept":
                deciding.accept_row(actor=request.user, version=version, seen=seen)
            case "reject":
                reason = request.POST.get("reason", "")
                deciding.reject_row(actor=request.user, version=version, seen=seen, reason=reason)
                messages.success(request, _("The row is struck out; it stays so when the document is read again."))
            case _:
                problem = Problem("plan.no_decision", mark("Say whether the row is accepted or struck out."))
                raise Refused(problem)
    except (services.StaleEdit, Refused) as refused:
        _say(request, refused)
        at = request.POST.get("at", "")
        anchor = f"#{at}" if at[:1] in ("d", "r") and at[1:].isdecimal() and len(at) < 8 else ""
        same = link(request, "plan:reading", number, **review_rows.kept(request), row=seen.name) + anchor
        return HttpResponseRedirect(same)
    return HttpResponseRedirect(review_rows.next_undecided(request, version, review_rows.place_of(name, row)))


@needs("plan.edit")
@require_POST
@of_plan
def accept_page(request: HttpRequest, version: PlanVersion, number: int) -> HttpResponse:
    """Accept the rows of a page that are sure, as they were shown; then the next one that is not decided."""
    version = _to_decide(request, version, number)
    seen = [one for words in dict.fromkeys(request.POST.getlist("row")[: review_rows.CARDS]) if (one := _seen(words))]
    try:
        count = deciding.accept_sure_rows(actor=request.user, version=version, seen=seen)
    except (services.StaleEdit, Refused) as refused:
        _say(request, refused)
        return HttpResponseRedirect(link(request, "plan:reading", number, **review_rows.kept(request)))
    said = ngettext("%(count)s row is accepted.", "%(count)s rows are accepted.", count)
    messages.success(request, said % {"count": count})
    last = seen and rows(version, SHEETS[seen[-1].sheet_name].model).filter(position=seen[-1].position).first()
    after = review_rows.place_of(seen[-1].sheet_name, last) if last else (0, 0, 0)
    return HttpResponseRedirect(review_rows.next_undecided(request, version, after))


def _seen(words: str) -> Seen | None:
    """A row as a form names it, ``table-position:revision``."""
    found = _SEEN.fullmatch(words)
    return Seen(found[1], int(found[2]) - 1, int(found[3])) if found and found[1] in SHEETS else None


def _to_decide(request: HttpRequest, version: PlanVersion, number: int) -> PlanVersion:
    version = _opened(request, version, number)
    if request.looking_back:
        raise PermissionDenied
    return version


def _say(request: HttpRequest, refused: services.StaleEdit | Refused) -> None:
    if isinstance(refused, services.StaleEdit):
        messages.error(request, _("Somebody else has changed this row meanwhile. Look at it again."))
        return
    for problem in refused.problems:
        messages.error(request, " ".join(filter(None, (words(problem), remedy_words(problem)))))


ACTION_WORDS = {
    "accept": lambda: _("accepted"),
    "correct": lambda: _("corrected"),
    "reject": lambda: _("struck out"),
    "add": lambda: _("added"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A decision in words: the row by its name, what was done, in which column."""

    name: str
    action: str
    column: str
    one: Correction


def _told(version: PlanVersion, decided: Sequence[Correction]) -> list[Told]:
    return [
        Told(
            name=_name_of(version, one),
            action=ACTION_WORDS[one.action]() if one.action in ACTION_WORDS else one.action,
            column=_labels(one.table).get(one.column, one.column),
            one=one,
        )
        for one in decided
    ]


def _labels(table: str) -> dict[str, str]:
    return {column.name: str(column.label) for column in SHEETS[table].columns} if table in SHEETS else {}


def _name_of(version: PlanVersion, one: Correction) -> str:
    """What the row is called: targets and tasks by their key in any version, others have their names in the key."""
    if one.table not in SHEETS:
        return one.key
    sheet = SHEETS[one.table]
    fields = {field.name for field in sheet.model._meta.get_fields()}
    if "key" in fields:
        known = sheet.model._default_manager.filter(version__plan=version.plan, key=one.key).order_by(
            "-version__number"
        )
        row = known.first()
        name = next((getattr(row, field) for field in ("name", "task") if row and field in fields), one.key)
        return f"{sheet.title} · {name}"
    return f"{sheet.title} · {one.key}"


def corrections_csv(version: PlanVersion) -> bytes:
    """Every decision of the plan as the file that travels in its pack."""
    from zhizao.engines.planlint.corrections import corrections_csv as written

    return written(correcting.corrections_of(version.plan))


def pack_zip(version: PlanVersion) -> bytes:
    """The version as a plan pack, its corrections in it; the same version gives the same bytes."""
    from zhizao.engines.planlint.corrections import FILE
    from zhizao.engines.planlint.pack import PlanPack, write_pack

    meta = {"id": version.plan.slug, "title": version.plan.title} | checking.meta_of(version)
    pack = PlanPack(version.plan.slug, correcting.engine_rows(version), meta, absent=frozenset(version.absent))
    out = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pack"
        write_pack(pack, path)
        (path / FILE).write_bytes(corrections_csv(version))
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(path.iterdir()):
                entry = zipfile.ZipInfo(f"{version.plan.slug}/{file.name}", _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, file.read_bytes())
    return out.getvalue()
