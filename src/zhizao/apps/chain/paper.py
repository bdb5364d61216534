"""The paper for the meeting of a chain's leader, as a Word document: the same file gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhizao.apps.chain import file_page, map_page, map_words
from zhizao.apps.chain.file_data import ChainFile, InPlan
from zhizao.kernel import word

if TYPE_CHECKING:
    from zhizao.apps.chain.map_data import Known, MapNode
    from zhizao.apps.chain.models import Matter

FIRMS_SHOWN = 10


def paper(file: ChainFile, known: Known, *, source: str) -> bytes:
    """The paper of a chain.

    Parameters
    ----------
    file : what is known of the chain
    known : gaps and risks of its area
    source : the foot
    """
    chain = file.map.chain
    title = _("%(chain)s: paper for the meeting of the chain leader") % {"chain": chain.name}
    document = word.blank(title)
    word.title(document, title)
    about = [date_format(file.on), *([_("with simulated figures")] if _is_simulated(file, known) else [])]
    word.paragraph(document, " · ".join(about), size=word.SMALL_PT, align=word.CENTRE)
    word.paragraph(document, file_page.answer(file) + _("."), bold=True)
    _leaders(document, file)
    _nodes(document, file)
    _firms(document, file, known)
    _matters(document, file)
    if file.in_plan is not None:
        _plan(document, file.in_plan)
    _proposals(document, file)
    word.paragraph(document, source, size=word.SMALL_PT)
    return word.to_bytes(document, on=file.on)


def _is_simulated(file: ChainFile, known: Known) -> bool:
    return (
        known.simulated
        or file.map.simulated
        or any(leader.simulated for leader in file.leaders)
        or any(matter.simulated for matter in file.matters)
    )


def _leaders(document: Any, file: ChainFile) -> None:
    word.heading(document, _("Chain leaders"))
    rows = [(leader.get_kind_display(), _marked(leader.person, leader), leader.post) for leader in file.leaders]
    _table(document, [_("Kind"), _("Name"), _("Post")], rows, nothing=_("No leader is recorded."))


def _nodes(document: Any, file: ChainFile) -> None:
    word.heading(document, _("Nodes and gaps"))
    heads = [_("Node"), _("Place"), _("Named"), _("In the region"), _("Gaps"), "ESRI"]
    rows = [
        (node.view.name, map_page.stage(node), node.named, _here(node), map_words.gap_words(node), _esri(node.risk))
        for node in file.map.by_risk
    ]
    _table(document, heads, rows, nothing=_("The chain has no nodes."))


def _here(node: MapNode) -> str:
    names = pgettext("list", ", ").join(member.called for member in node.here)
    if node.here_count is None:
        return "—"
    return f"{node.here_count}（{names}）" if names else "0"


def _esri(risk: float | None) -> str:
    return map_words.esri(risk) or "—" + _("unknown")


def _firms(document: Any, file: ChainFile, known: Known) -> None:
    called = {member.enterprise.pk: member.called for node in file.map.nodes for member in node.here}
    ranked = sorted((-known.firms[firm], name) for firm, name in called.items() if firm in known.firms)
    if ranked:
        word.heading(document, _("Enterprises by systemic risk"))
        rows = [(place, name, _esri(-risk)) for place, (risk, name) in enumerate(ranked[:FIRMS_SHOWN], start=1)]
        word.table(document, ["", _("Enterprise"), "ESRI"], rows)


def _matters(document: Any, file: ChainFile) -> None:
    word.heading(document, _("Matters"))
    rows = [
        (
            _marked(matter.title, matter),
            matter.owner,
            matter.due_on.isoformat(),
            _state(file, matter),
            matter.result,
        )
        for matter in file.matters
    ]
    heads = [_("Matter"), _("Who looks after it"), _("Due"), _("State"), _("Result")]
    _table(document, heads, rows, nothing=_("No matter is recorded."))


def _state(file: ChainFile, matter: Matter) -> str:
    if matter in file.overdue:
        return _("overdue")
    return pgettext("matter", "open") if matter in file.open_matters else pgettext("matter", "done")


def _plan(document: Any, said: InPlan) -> None:
    word.heading(document, _("What the plan says"))
    version = _("version %(n)s") % {"n": said.version.number}
    word.paragraph(document, f"{said.version.plan} · {version}", size=word.SMALL_PT)
    for row in said.figures:
        words = {"what": row["indicator"], "figure": f"{row['printed'] or row['value']}", "of": row["subject"] or ""}
        word.paragraph(document, _("%(what)s %(figure)s (%(of)s)") % words)
    if said.targets:
        rows = [(row["name"], row["base_printed"], row["target_printed"], row["unit"] or "") for row in said.targets]
        word.table(document, [_("Target"), _("Base"), _("Target value"), _("Unit")], rows)
    if said.projects:
        rows = [
            (row["name"], row["owner"], row["total_wan_yuan"] or "—", f"{row['start'] or '—'}—{row['finish'] or '—'}")
            for row in said.projects
        ]
        word.table(document, [_("Project"), _("Owner"), _("Investment, CNY 10,000"), _("From—to")], rows)
    for row in said.tasks:
        word.paragraph(document, " ".join(filter(None, [row["task"], row["lead_unit"]])))
    if not (said.figures or said.targets or said.projects or said.tasks):
        word.paragraph(document, _("The plan says nothing of this chain by name."))


def _proposals(document: Any, file: ChainFile) -> None:
    """What the meeting is asked to decide: who looks after each gap that no open matter names."""
    in_hand = " ".join(matter.title for matter in file.open_matters)
    waiting = [node for node in file.map.lacking if node.view.name not in in_hand]
    if waiting:
        word.heading(document, _("To be decided"))
    for place, node in enumerate(waiting[: file_page.GAPS_SHOWN], start=1):
        words = {"n": place, "node": node.view.name, "gaps": map_words.gap_words(node)}
        word.paragraph(document, _("%(n)s. %(node)s (%(gaps)s): who looks after it, by when?") % words)


def _marked(text: str, row: Any) -> str:
    return text + _("(simulated)") if row.simulated else text


def _table(document: Any, heads: Sequence[str], rows: Iterable[Sequence[object]], *, nothing: str) -> None:
    lines = list(rows)
    if lines:
        word.table(document, heads, lines)
    else:
        word.paragraph(document, nothing)
