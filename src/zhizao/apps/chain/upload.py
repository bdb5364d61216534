"""The pages that take chains in and give them out as files, and that renew links which run out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhizao.apps.chain import ending, exporting, queries, services, sheets
from zhizao.apps.chain.acts import own_area, posted
from zhizao.apps.chain.forms import RenewForm, UploadForm
from zhizao.apps.chain.permissions import EDITORS
from zhizao.apps.chain.views import may_edit, source
from zhizao.apps.registry import queries as register
from zhizao.base.accounts.access import needs
from zhizao.base.files import uploads
from zhizao.base.files.services import receive
from zhizao.base.jobs.problems import refuse
from zhizao.base.jobs.services import enqueue
from zhizao.base.ui import exports
from zhizao.kernel.result import Refused

KINDS = {"xlsx", "csv"}


def _what(request: HttpRequest) -> str:
    wanted = request.GET.get("what", "")
    return wanted if wanted in sheets.TITLES else sheets.NODES


@needs("chain.read")
def template(request: HttpRequest) -> HttpResponse:
    """The empty form of nodes, members or edges."""
    what = _what(request)
    return exports.attachment(sheets.form(what), f"chain-{what}-template.xlsx", exports.XLSX)


@needs("chain.read")
def export(request: HttpRequest) -> HttpResponse:
    """Nodes, members or edges of the actor's chains in the columns in which they are taken in again."""
    what = _what(request)
    frame = exporting.frame(what, queries.chains(request.user, as_of=request.as_of), as_of=request.as_of)
    return exports.attachment(sheets.form(what, frame), f"chain-{what}.xlsx", exports.XLSX)


@needs("chain.edit")
def take_in(request: HttpRequest) -> HttpResponse:
    """Take a file in: a job checks it and stores it whole, or says what is wrong."""
    area = own_area(request)
    first = {"valid_from": request.today, "what": _what(request)}
    form = UploadForm(posted(request), request.FILES or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            upload = uploads.take(request, "file")
            stored = receive(actor=request.user, area=area, upload=upload, kinds=KINDS, roles=EDITORS)
        except Refused as refused:
            refuse(form, refused, field="file")
        else:
            parameters = {
                "file": stored.pk,
                "what": form.cleaned_data["what"],
                "valid_from": form.cleaned_data["valid_from"].isoformat(),
            }
            return redirect(enqueue(actor=request.user, kind="chain.import", parameters=parameters, area=area))
    context = {"form": form, "title": _("Import chains"), "tables": UploadForm.WHAT}
    return render(request, "chain/upload.html", context, status=422 if form.errors else 200)


@needs("chain.read")
def ending_links(request: HttpRequest) -> HttpResponse:
    """The links that run out within 90 days, or have done so; those that are ticked are renewed at once."""
    on = register.view(request.as_of).on
    found = ending.ending(request.user, on=on, as_of=request.as_of)
    form = RenewForm(posted(request), initial={"until": request.today.replace(month=12, day=31)})
    chosen = set(request.POST.getlist("link"))
    status = 200
    if request.method == "POST":
        area = own_area(request)
        valid = form.is_valid()
        every = form.cleaned_data.pop("every", False)
        links = [item.link for item in found if every or str(item.link.pk) in chosen]
        if not links:
            form.add_error(None, _("Tick the links that go on."))
        elif valid:
            try:
                added = services.renew(actor=request.user, area=area, links=links, **form.cleaned_data)
            except Refused as refused:
                refuse(form, refused, field="until")
            else:
                said = ngettext("%(n)d link renewed.", "%(n)d links renewed.", len(added)) % {"n": len(added)}
                messages.success(request, said)
                return redirect("chain:ending")
        status = 422
    context = {
        "form": form,
        "found": found,
        "shown": found[: ending.SHOWN],
        "chosen": {int(pk) for pk in chosen if pk.isdecimal()},
        "passed": sum(item.days_left < 0 for item in found),
        "may_edit": may_edit(request),
        "title": _("Links that run out"),
        "source": source(request),
    }
    return render(request, "chain/ending.html", context, status=status)
