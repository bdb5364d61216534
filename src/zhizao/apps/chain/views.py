"""The pages that read the chains: the list, one chain with its nodes and members, what changed between two days."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhizao.apps.chain import listing, queries
from zhizao.apps.chain.queries import ChainView
from zhizao.apps.chain.tables import ChainTable
from zhizao.apps.registry import queries as register
from zhizao.base.accounts.access import needs
from zhizao.base.ui.views import table_response


def opened(request: HttpRequest, key: str) -> ChainView:
    """The chain of the address; for one who may not see it there is none."""
    found = queries.chain(request.user, key, as_of=request.as_of)
    if found is None:
        raise Http404
    return found


def may_edit(request: HttpRequest, target: object = None) -> bool:
    """Whether the page offers acts; none in the past."""
    return not request.looking_back and request.user.has_perm("chain.edit", target)


def source(request: HttpRequest) -> str:
    """The foot of every page."""
    day = register.view(request.as_of).on
    return _("Industry chains, as known on %(day)s.") % {"day": day}


@needs("chain.read")
def chains(request: HttpRequest) -> HttpResponse:
    """The chains of the actor's areas."""
    found = listing.lines(request.user, as_of=request.as_of)
    return table_response(
        request,
        table=ChainTable(found),
        title=_("Industry chains"),
        source=source(request),
        template="chain/list.html",
        context={
            "lines": found,
            "names": sum(line.names for line in found),
            "empty": sum(line.empty for line in found),
            "may_edit": may_edit(request),
        },
    )


@needs("chain.read")
def chain(request: HttpRequest, key: str) -> HttpResponse:
    """One chain: its nodes with who stands there and whence that is known, its leaders, its matters."""
    found = opened(request, key)
    context = {
        "chain": found,
        "leaders": queries.leaders(request.user, found, as_of=request.as_of),
        "matters": queries.matters(request.user, found, as_of=request.as_of),
        "may_edit": may_edit(request, found.subject),
        "source": source(request),
    }
    return render(request, "chain/open.html", context)
