"""The page of a chain: its map, the table by risk, what is said of the node or enterprise chosen, its drawing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from zhizao.apps.chain import map_drawing, map_known, map_page
from zhizao.apps.chain.map_data import MOST_DRAWN, ChainMap, Known, MapNode, chain_map
from zhizao.apps.chain.map_tables import NodeTable
from zhizao.apps.chain.views import opened as chain_of
from zhizao.apps.chain.views import source
from zhizao.apps.registry import queries as registry
from zhizao.apps.registry.queries import View
from zhizao.base.accounts.access import needs
from zhizao.base.ui import exports
from zhizao.base.ui.views import table_response

FILTERS = ("local", "gaps", "tier", "as_of")
SVG = "image/svg+xml"


@dataclass(frozen=True, slots=True)
class Opened:
    """A chain as a page shows it."""

    found: ChainMap
    known: Known
    seen: View


def opened(request: HttpRequest, key: str) -> Opened:
    """The chain of the address with its map, narrowed as the address says; for one who may not see it there is none."""
    chain = chain_of(request, key)
    seen = registry.view(request.as_of)
    known = map_known.known(chain.subject.area, seen)
    wanted = map_known.wanted(request.user, request.GET, seen)
    return Opened(chain_map(request.user, chain, seen, known, wanted), known, seen)


def address(request: HttpRequest, name: str, key: str, **query: str) -> str:
    """Another address of this chain, narrowed as this page is."""
    kept = {field: value for field in FILTERS if (value := request.GET.get(field))} | query
    return reverse(f"chain:{name}", args=[key]) + (f"?{urlencode(kept)}" if kept else "")


def to_node(request: HttpRequest, key: str) -> Callable[[MapNode], str]:
    """The address of the page with a node chosen."""
    return lambda node: address(request, "map", key, node=node.view.id) + "#panel"


def sourced(request: HttpRequest, of: Opened) -> str:
    """The foot of the page and of its table as a file, which says what is simulated as well."""
    marked = [_("Risk and gaps rest on simulated links.")] if of.known.simulated else []
    return " ".join([source(request), *marked])


@needs("chain.read")
def page(request: HttpRequest, key: str) -> HttpResponse:
    """The map of a chain and its table."""
    of = opened(request, key)
    href = to_node(request, key)
    words = map_page.words_of(request, of.found, of.known, of.seen)
    node = words["panel"].node.view if words["panel"] else None
    addresses = {
        "key": key,
        "graph_url": address(request, "map_data", key, **({"node": node.id} if node else {})),
        "svg_url": address(request, "map_svg", key),
        "drawing": map_drawing.as_svg(of.found, href=href) if len(of.found.nodes) > MOST_DRAWN else "",
    }
    return table_response(
        request,
        table=NodeTable(of.found, href=href, chosen=node.key if node else ""),
        title=of.found.chain.name,
        source=sourced(request, of),
        template="chain/map.html",
        context=words | addresses,
    )


@needs("chain.read")
def data(request: HttpRequest, key: str) -> JsonResponse:
    """What ``<x-graph>`` draws."""
    of = opened(request, key)
    chosen = of.found.node(request.GET.get("node", ""))
    graph = map_drawing.as_graph(of.found, href=to_node(request, key), chosen=chosen.view.key if chosen else "")
    return JsonResponse(graph)


@needs("chain.read")
def svg(request: HttpRequest, key: str) -> HttpResponse:
    """The map as a drawing that stands alone."""
    of = opened(request, key)
    drawn = map_drawing.as_svg(of.found, simulated=of.known.simulated or of.found.simulated)
    return exports.attachment(drawn.encode(), "chain.svg", SVG)
