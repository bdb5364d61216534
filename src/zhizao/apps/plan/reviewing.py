"""The review of a reading: the document with what each row was read from, the row beside it, and a decision on it."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhizao.apps.plan import checking, correcting, deciding, paper, services
from zhizao.apps.plan.forms import DocumentForm
from zhizao.apps.plan.health_page import chapters_words, here
from zhizao.apps.plan.models import PlanVersion, Row
from zhizao.apps.plan.opening import link, of_plan
from zhizao.apps.plan.queries import rows, version_at
from zhizao.apps.plan.sheets import SHEETS, Sheet, record_of
from zhizao.apps.plan.wording import note_words, word
from zhizao.base.accounts.access import needs
from zhizao.base.jobs.problems import remedy_words, words
from zhizao.base.ui import errors
from zhizao.base.ui.exports import CSV, attachment
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.engines.planlint.corrections import Correction

KEPT = ("chapter", "table", "state", "page")
CARDS = 60
CELLS = 9
ZIP = "application/zip"
_EPOCH = (1980, 1, 1, 0, 0, 0)
STATES = ("open", "doubtful", "accepted", "corrected")
_NAMES = ("name", "enterprise", "member", "canonical", "task", "indicator")


@dataclass(frozen=True, slots=True)
class Card:
    """A row as the page shows it: its cells, how sure it is, and what was decided."""

    number: int
    sheet: Sheet
    row: Row
    cells: tuple[tuple[str, Any], ...]
    state: str
    href: str
    at: str
    action: str
    chosen: bool

    @property
    def title(self) -> str:
        """What the row is called: the cell that names it, else its first."""
        named = [cell for label, cell in self.cells if label in self._naming()]
        return str((named or [cell for _label, cell in self.cells] or ["—"])[0])

    @property
    def rest(self) -> list[tuple[str, Any]]:
        """Its other cells."""
        return [(label, cell) for label, cell in self.cells if str(cell) != self.title]

    def _naming(self) -> set[str]:
        return {column.label for column in self.sheet.columns if column.name in _NAMES}

    @property
    def name(self) -> str:
        """Which row of the address it is."""
        return f"{self.sheet.name}-{self.row.position + 1}"

    @property
    def note(self) -> str:
        """What the reader remarks on it."""
        return note_words(self.row.note) if self.row.note else ""

    @property
    def kind(self) -> str:
        """The colour: decided, doubtful, or as read."""
        return {"accepted": "good", "corrected": "good", "doubtful": "watch"}.get(self.state, "none")


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
        "decided": _told(version, decided[-CARDS:][::-1]),
        "decided_count": len(decided),
        "states": [(state, STATE_WORDS[state]()) for state in STATES],
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
    found = cards(request, version, chapter, decided, chosen)
    size = CARDS
    first = (_whole(request.GET.get("page", "1")) - 1) * size
    shown = found[first : first + size] or found[:size]
    context: dict[str, Any] = {
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


def cards(
    request: HttpRequest,
    version: PlanVersion,
    chapter: checking.Chapter | None,
    decided: Sequence[Correction],
    chosen: str,
) -> list[Card]:
    """The rows read from a part of the document (all of them if there is none), in the order of their lines."""
    table, state = request.GET.get("table", ""), request.GET.get("state", "")
    found: list[tuple[Sheet, Row, str]] = []
    for sheet in SHEETS.values():
        if table in SHEETS and sheet.name != table:
            continue
        selected = rows(version, sheet.model)
        if chapter:
            selected = selected.filter(line__gte=chapter.first, line__lte=chapter.last)
        states = _states(version, sheet, decided)
        found += [(sheet, row, states.get(row.position, _state(row))) for row in selected]
    found.sort(key=lambda one: (one[1].line or 0, one[1].position))
    kept = [one for one in found if not state or one[2] == state or (state == "open" and one[2] == "doubtful")]
    kept_keys = {key: value for key in KEPT if (value := request.GET.get(key))}
    return [
        Card(
            number=number,
            sheet=sheet,
            row=row,
            cells=_cells(sheet, row),
            state=now,
            href=here(request, row=f"{sheet.name}-{row.position + 1}") + f"#{at}",
            at=at,
            action=link(request, "plan:row_decide", version.number, sheet.name, row.position + 1, **kept_keys),
            chosen=f"{sheet.name}-{row.position + 1}" == chosen,
        )
        for number, (sheet, row, now) in enumerate(kept, start=1)
        for at in (f"{'d' if chapter else 'r'}{number}",)
    ]


def _state(row: Row) -> str:
    return "doubtful" if row.confidence is not None and row.confidence < 1 else "open"


def _states(version: PlanVersion, sheet: Sheet, decided: Sequence[Correction]) -> Mapping[int, str]:
    """Rows of a table on which something was decided, by position."""
    from zhizao.engines.planlint.corrections import row_keys

    own = [one for one in decided if one.table == sheet.name]
    if not own:
        return {}
    places = {key: place for place, key in enumerate(row_keys(sheet.name, correcting.engine_records(version, sheet)))}
    words = {"accept": "accepted", "correct": "corrected", "add": "corrected"}
    return {places[one.key]: words[one.action] for one in own if one.key in places and one.action in words}


def _cells(sheet: Sheet, row: Row) -> tuple[tuple[str, Any], ...]:
    record = record_of(sheet, row)
    filled = [
        (column.label, word(column.name, record[column.name]))
        for column in sheet.columns
        if record[column.name] is not None and column.name not in ("id", "quote", "section", "printed")
        if (column.name, record[column.name]) != ("bound", "eq")
    ]
    return tuple(filled[:CELLS])


@needs("plan.edit")
@require_POST
@of_plan
def decide(request: HttpRequest, version: PlanVersion, number: int, name: str, position: int) -> HttpResponse:
    """Accept a row, or strike it out."""
    version = _opened(request, version, number)
    if request.looking_back:
        raise PermissionDenied
    if name not in SHEETS:
        raise Http404
    place = {"version": version, "sheet_name": name, "position": position - 1}
    place |= {"revision": _whole(request.POST.get("revision", "")), "actor": request.user}
    kept = {key: value for key in KEPT if (value := request.GET.get(key))}
    at = request.POST.get("at", "")
    anchor = f"#{at}" if at[:1] in ("d", "r") and at[1:].isdecimal() and len(at) < 8 else ""
    after = link(request, "plan:reading", number, **(kept | {"row": f"{name}-{position}"})) + anchor
    try:
        match request.POST.get("action"):
            case "accept":
                deciding.accept_row(**place)
            case "reject":
                deciding.reject_row(**place, reason=request.POST.get("reason", ""))
                after = link(request, "plan:reading", number, **kept)
                messages.success(request, _("The row is struck out; it stays so when the document is read again."))
            case _:
                problem = Problem("plan.no_decision", mark("Say whether the row is accepted or struck out."))
                raise Refused(problem)
    except services.StaleEdit:
        messages.error(request, _("Somebody else has changed this row meanwhile. Look at it again."))
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, " ".join(filter(None, (words(problem), remedy_words(problem)))))
    return HttpResponseRedirect(after)


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
