"""The pages that take a register in: the template, the upload, the names that wait for a decision."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from zhizao.apps.registry import link_sheet, queries, resolving, sheet
from zhizao.apps.registry.acts import posted
from zhizao.apps.registry.forms import ResolveForm, UploadForm
from zhizao.apps.registry.models import NamePair
from zhizao.apps.registry.tables import PairTable
from zhizao.base.accounts.access import needs
from zhizao.base.accounts.models import Area
from zhizao.base.accounts.roles import Role
from zhizao.base.files import uploads
from zhizao.base.files.services import receive
from zhizao.base.jobs.problems import refuse
from zhizao.base.jobs.services import enqueue
from zhizao.base.ui import exports
from zhizao.base.ui.views import table_response
from zhizao.kernel.result import Refused

KINDS = {"xlsx", "csv"}
EDITORS = (Role.ANALYST, Role.DEPARTMENT_STAFF)


def own_area(request: HttpRequest) -> Area:
    """The area that the actor works for; nothing is changed looking back."""
    if request.looking_back or request.user.organisation is None:
        raise PermissionDenied
    return request.user.organisation.area


@needs("registry.read")
def template(request: HttpRequest) -> HttpResponse:
    """The empty form, of enterprises or of links."""
    if request.GET.get("what") == UploadForm.LINKS:
        return exports.attachment(link_sheet.form(), "links-template.xlsx", exports.XLSX)
    return exports.attachment(sheet.form(), "register-template.xlsx", exports.XLSX)


@needs("registry.edit")
def take_in(request: HttpRequest) -> HttpResponse:
    """Take a file in: a job checks it and stores it whole, or says what is wrong."""
    area = own_area(request)
    form = UploadForm(
        posted(request),
        request.FILES or None,
        initial={"valid_from": request.today, "what": request.GET.get("what", UploadForm.REGISTER)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            stored = receive(
                actor=request.user, area=area, upload=uploads.take(request, "file"), kinds=KINDS, roles=EDITORS
            )
        except Refused as refused:
            refuse(form, refused, field="file")
        else:
            kind, parameters = "registry.import_links", {"file": stored.pk}
            if form.cleaned_data["what"] == UploadForm.REGISTER:
                kind = "registry.import"
                parameters["valid_from"] = form.cleaned_data["valid_from"].isoformat()
            return redirect(enqueue(actor=request.user, kind=kind, parameters=parameters, area=area))
    return render(request, "registry/upload.html", {"form": form}, status=422 if form.errors else 200)


@needs("registry.read")
def resolve(request: HttpRequest) -> HttpResponse:
    """Find the enterprises that a list of names means, each with its score and reason."""
    form = ResolveForm(posted(request))
    found = None
    if request.method == "POST" and form.is_valid():
        wanted = [line.strip() for line in form.cleaned_data["names"].splitlines() if line.strip()]
        found = resolving.resolve(request.user, wanted, queries.view(request.as_of))
        if form.cleaned_data["keep"]:
            area = own_area(request)
            kept = resolving.keep_doubtful(actor=request.user, area=area, found=found)
            said = ngettext("%(n)d name more waits for a decision.", "%(n)d names more wait for a decision.", kept)
            messages.success(request, said % {"n": kept})
    pairs_open = queries.open_pairs(request.user).count() if request.user.has_perm("registry.edit") else 0
    context = {"form": form, "found": found, "pairs": pairs_open}
    return render(request, "registry/resolve.html", context, status=422 if form.errors else 200)


@needs("registry.edit")
def pairs(request: HttpRequest) -> HttpResponse:
    """The names that wait for a decision."""
    rows = queries.open_pairs(request.user)
    called = queries.parent_names({row.candidate for row in rows}, queries.view())
    return table_response(
        request,
        table=PairTable(rows, called=called, token=get_token(request)),
        title=_("Names to be decided"),
        template="registry/pairs.html",
        context={"total": len(called)},
    )


@needs("registry.edit")
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether a name means the enterprise."""
    pair = queries.open_pairs(request.user).filter(pk=pk).select_related("candidate__area", "area").first()
    state = request.POST.get("state", "")
    if pair is None or request.looking_back:
        raise Http404
    if state in (NamePair.State.ACCEPTED, NamePair.State.REFUSED):
        resolving.decide(actor=request.user, pair=pair, state=NamePair.State(state))
        messages.success(request, _("Recorded."))
    return redirect("registry:pairs")
