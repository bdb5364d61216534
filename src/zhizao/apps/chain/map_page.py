"""What the page of the map says in words: its answer, the filters set, the ways on from what is chosen."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from zhizao.apps.chain import map_drawing, map_panel, map_words
from zhizao.apps.chain.map_data import ChainMap, Known, MapNode
from zhizao.apps.chain.models import Stage
from zhizao.apps.registry import queries as registry
from zhizao.apps.registry.queries import View
from zhizao.base.facts.models import Subject
from zhizao.base.ui.templatetags.zz import dated


def answer(found: ChainMap) -> str:
    """How the chain stands, whatever the map is narrowed to; one line without its full stop."""
    here = [len(node.enterprises) for node in found.chain.nodes if node.has_makers]
    if not here:
        return _("No node of the chain names a maker")
    return _("Of %(nodes)s nodes %(bad)s have no enterprise of the region, %(watch)s have one only") % {
        "nodes": len(here),
        "bad": here.count(0),
        "watch": here.count(1),
    }


def words_of(request: HttpRequest, found: ChainMap, known: Known, seen: View) -> dict[str, Any]:
    """The context of the page beside its addresses and its table."""
    panel = map_panel.node_panel(found, request.GET.get("node", ""))
    firm = map_panel.firm_panel(request.user, found, known, request.GET.get("firm", ""), seen)
    first = next(iter(found.lacking), None)
    chosen = panel.node if panel else first
    return {
        "chain": found.chain,
        "found": found,
        "answer": answer(found),
        "worst": next((node for node in found.by_risk if node.risk), None),
        "simulated": known.simulated,
        "panel": panel,
        "firm": firm,
        "first": first,
        "why": map_words.gap_words(first) if first else "",
        "chips": map_words.gap_mark(panel.node, look="chip") if panel else "",
        "stage": stage(panel.node) if panel else "",
        "esri": map_words.esri(panel.node.risk) if panel else "",
        "firm_esri": map_words.esri(firm.risk) if firm else "",
        "ways": ways(request, panel.node) if panel else (),
        "firm_ways": firm_ways(request, firm) if firm else (),
        "matter_url": matter(found, chosen) if chosen else "",
        "tier": request.GET.get("tier", ""),
        "tiers": registry.tiers(request.user),
        "steps": map_drawing.steps(found.cuts),
        "may_edit": not request.looking_back and request.user.has_perm("chain.edit", found.chain.subject),
    }


def stage(node: MapNode) -> str:
    """Where a node stands in the chain."""
    return str(capfirst(Stage(node.stage).label)) if node.stage else _("Stage unknown")


def ways(request: HttpRequest, node: MapNode) -> list[tuple[str, str]]:
    """What could close the gap of a node, and what if its enterprises stop, and where each stands."""
    found = []
    if node.gaps is not None:
        found.append((_("Candidates, and what each would save"), reverse("chain:gap_node", args=[node.view.id])))
    found += [_what_if(member.enterprise, member.called) for member in node.here if member.enterprise]
    if not node.here:
        found.append((_("What if a supplier region stops"), reverse("chain:what_if")))
    return [(words, dated({"request": request}, url)) for words, url in found]


def firm_ways(request: HttpRequest, firm: map_panel.FirmPanel) -> list[tuple[str, str]]:
    """The pages about an enterprise of the chain."""
    key = firm.subject.id_part
    found = [_what_if(firm.subject, firm.name)]
    if firm.risk is not None:
        found.append((_("Its systemic risk, and the paths of its loss"), reverse("chain:risk_firm", args=[key])))
    found.append((_("Its file in the register"), reverse("registry:file", args=[key])))
    return [(words, dated({"request": request}, url)) for words, url in found]


def _what_if(firm: Subject, name: str) -> tuple[str, str]:
    return _("What if %(name)s stops") % {"name": name}, f"{reverse('chain:what_if')}?{urlencode({'firm': firm.key})}"


def matter(found: ChainMap, node: MapNode) -> str:
    """Where a matter about a node is opened, its title suggested."""
    title = _("%(node)s: %(gaps)s") % {"node": node.view.name, "gaps": map_words.gap_words(node)}
    return f"{reverse('chain:open_matter', args=[found.chain.id])}?{urlencode({'title': title})}"
