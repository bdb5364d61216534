"""Pages of a person's own account, and of the invitations."""

from __future__ import annotations

import rules
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from zhizao.base.accounts import invitations, queries, services
from zhizao.base.accounts.access import needs, public
from zhizao.base.accounts.forms import AcceptForm, ColleagueForm, InvitationForm, TokenForm, show_refusal
from zhizao.base.accounts.models import ApiToken, Invitation
from zhizao.base.accounts.roles import Role
from zhizao.base.accounts.tables import InvitationTable
from zhizao.base.ui.views import table_response
from zhizao.kernel.result import Refused

# Pages that serve the running of the house and not the plan: they stand here and not in the navigation.
DUTIES = (
    (gettext_lazy("Organisations"), "accounts:organisations", "accounts.manage_organisations"),
    (gettext_lazy("Accounts"), "accounts:users", "accounts.manage_users"),
    (gettext_lazy("Roles"), "accounts:roles", "accounts.grant_roles"),
    (gettext_lazy("Lock-outs"), "accounts:lock_outs", "accounts.manage_security"),
    (gettext_lazy("Password profile"), "accounts:password_profile", "accounts.manage_security"),
    (gettext_lazy("Invitations"), "accounts:invitations", "accounts.invite"),
    (gettext_lazy("Audit log"), "audit:log", "audit.view"),
)


@needs("accounts.own")
def own(request: HttpRequest) -> HttpResponse:
    """The actor's account: who it is, and where its password, second factor, sessions and tokens are."""
    context = {
        "roles": [Role(role).label for role in sorted(request.user.roles)],
        "profile": queries.password_profile(),
        "has_second_factor": get_mfa_adapter().is_mfa_enabled(request.user),
        "duties": [(name, reverse(url_name)) for name, url_name, perm in DUTIES if rules.has_perm(perm, request.user)],
    }
    return render(request, "accounts/own.html", context)


@needs("accounts.own")
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """The actor's API tokens; a new one is shown on the answer to its making and never again."""
    form = TokenForm(request.POST or None)
    text = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            _token, text = services.create_api_token(
                actor=request.user, name=data["name"], scopes=data["scopes"], expires_at=form.expires_at()
            )
            form = TokenForm()
        except Refused as refused:
            show_refusal(form, refused)
    found = ApiToken.objects.visible_to(request.user)
    status = 400 if form.errors else 200
    return render(request, "accounts/tokens.html", {"form": form, "text": text, "tokens": found}, status=status)


@needs("accounts.own")
@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    services.revoke_api_token(actor=request.user, token=token)
    messages.success(request, _("The token has ended."))
    return redirect("accounts:tokens")


@needs("accounts.invite")
@never_cache
def invitation_list(request: HttpRequest) -> HttpResponse:
    """Invitations sent; a new one's link is shown on the answer to its making and never again."""
    organisation = request.user.organisation
    of_enterprise = organisation is not None and organisation.is_outside
    form = (
        ColleagueForm(request.POST or None)
        if of_enterprise
        else InvitationForm(request.POST or None, actor=request.user)
    )
    link = None
    if request.method == "POST" and form.is_valid():
        colleague = {"area": organisation.area, "enterprise_key": organisation.enterprise_key or ""}
        colleague["enterprise_name"] = organisation.name
        wanted = {**colleague, **form.cleaned_data} if of_enterprise else form.cleaned_data
        try:
            _invitation, token = invitations.invite(actor=request.user, **wanted)
            link = request.build_absolute_uri(reverse("accounts:invitation", args=[token]))
        except Refused as refused:
            show_refusal(form, refused)
    table = InvitationTable(queries.invitations(request.user))
    context = {"form": form, "link": link, "valid_days": invitations.VALID_DAYS}
    return table_response(
        request, table=table, title=_("Invitations"), template="accounts/invitations.html", context=context
    )


@needs("accounts.invite")
@require_POST
def invitation_revoke(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("invitation", "")
    found = Invitation.objects.visible_to(request.user)
    invitation = get_object_or_404(found, pk=int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0)
    invitations.revoke(actor=request.user, invitation=invitation)
    messages.success(request, _("The invitation was withdrawn."))
    return redirect("accounts:invitations")


@public
@never_cache
@sensitive_post_parameters("password")
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation's link leads: open the account, then sign in."""
    try:
        invitation = invitations.open_invitation(token=token)
    except Refused as refused:
        return render(request, "accounts/invitation_refused.html", {"problem": refused.problems[0]}, status=410)
    form = AcceptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitations.accept(token=token, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The account is open. Sign in with it."))
            return redirect("account_login")
    status = 400 if form.errors else 200
    return render(request, "accounts/invitation_accept.html", {"form": form, "invitation": invitation}, status=status)
