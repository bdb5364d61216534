"""What a chain's file says in words, on the page and on paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhizao.apps.chain import map_page, map_words
from zhizao.apps.chain.file_data import ChainFile
from zhizao.apps.chain.map_data import ChainMap, MapNode

GAPS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class GapLine:
    """A node with a gap: what it lacks, who is there, how many are named."""

    node: MapNode
    kinds: list[tuple[str, str]]
    href: str


def answer(file: ChainFile) -> str:
    """How the chain stands and what is to be done, in one line without its full stop."""
    count = len(file.open_matters)
    if not count:
        matters = _("no matter is open")
    elif file.overdue:
        matters = _("%(count)s matters are open, %(late)s of them overdue") % {
            "count": count,
            "late": len(file.overdue),
        }
    else:
        matters = ngettext("%(count)s matter is open", "%(count)s matters are open", count) % {"count": count}
    return _("%(gaps)s; %(matters)s") % {"gaps": map_page.answer(file.map), "matters": matters}


def gap_lines(found: ChainMap, href: Callable[[MapNode], str]) -> list[GapLine]:
    """The gaps as the file lists them."""
    return [GapLine(node, map_words.marks(node), href(node)) for node in found.lacking[:GAPS_SHOWN]]
