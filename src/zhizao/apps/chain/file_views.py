"""The chain's file, and the paper for the meeting of its leader."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhizao.apps.chain import file_page, paper
from zhizao.apps.chain.file_data import chain_file
from zhizao.apps.chain.map_views import address, opened, to_node
from zhizao.apps.chain.views import may_edit, source
from zhizao.base.accounts.access import needs
from zhizao.base.ui import exports

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@needs("chain.read")
def page(request: HttpRequest, key: str) -> HttpResponse:
    """All that is known of a chain on one page: map, gaps, leaders, matters, and what the plan says of it."""
    of = opened(request, key)
    file = chain_file(request.user, of.found, of.seen)
    context = {
        "key": key,
        "chain": of.found.chain,
        "title": of.found.chain.name,
        "file": file,
        "answer": file_page.answer(file),
        "simulated": of.known.simulated,
        "gaps": file_page.gap_lines(of.found, to_node(request, key)),
        "graph_url": address(request, "map_data", key),
        "map_url": address(request, "map", key),
        "paper_url": address(request, "paper", key),
        "first": next(iter(of.found.lacking), None),
        "may_edit": may_edit(request, of.found.chain.subject),
        "source": source(request),
    }
    return render(request, "chain/file.html", context)


@needs("chain.read")
def meeting_paper(request: HttpRequest, key: str) -> HttpResponse:
    """The paper for the meeting of the chain's leader, as a Word document."""
    of = opened(request, key)
    file = chain_file(request.user, of.found, of.seen)
    name = _("%(chain)s meeting paper %(day)s.docx") % {"chain": of.found.chain.name, "day": of.seen.on}
    return exports.attachment(paper.paper(file, of.known, source=source(request)), name, DOCX)
