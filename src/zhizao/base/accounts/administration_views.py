"""Pages of the system administrator and of the security administrator."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zhizao.base.accounts import administration, queries
from zhizao.base.accounts.access import needs
from zhizao.base.accounts.forms import OrganisationChangeForm, OrganisationForm, RoleForm, UserForm, show_refusal
from zhizao.base.accounts.models import Organisation, User
from zhizao.base.accounts.password_profiles import PROFILES
from zhizao.base.accounts.roles import Role
from zhizao.base.accounts.tables import OrganisationTable, RoleTable, UserTable
from zhizao.base.ui.views import table_response
from zhizao.kernel.result import Refused


@needs("accounts.manage_organisations")
def organisations(request: HttpRequest) -> HttpResponse:
    table = OrganisationTable(queries.organisations(request.user))
    return table_response(request, table=table, title=_("Organisations"), template="accounts/organisations.html")


@needs("accounts.manage_organisations")
def organisation_create(request: HttpRequest) -> HttpResponse:
    form = OrganisationForm(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            administration.create_organisation(actor=request.user, **form.cleaned_data)
            return redirect("accounts:organisations")
        except Refused as refused:
            show_refusal(form, refused)
    return render(request, "accounts/organisation.html", {"form": form}, status=400 if form.errors else 200)


@needs("accounts.manage_organisations")
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one. If somebody else did so meanwhile, the form keeps what was typed and shows what is stored now."""
    stored = get_object_or_404(Organisation.objects.visible_to(request.user).select_related("parent"), pk=pk)
    names = ("name", "parent", "is_active", "version")
    form = OrganisationChangeForm(
        request.POST or None, actor=request.user, initial={name: getattr(stored, name) for name in names}
    )
    if request.method == "POST" and form.is_valid():
        try:
            administration.change_organisation(actor=request.user, organisation=stored, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("accounts:organisations")
        except Refused as refused:
            show_refusal(form, refused)
            conflict = refused.problems[0].code == "accounts.changed_meanwhile"
            if conflict:
                # Saving again is then a decision made with both versions in view.
                form.data = {**form.data.dict(), "version": stored.version}
            context = {"form": form, "organisation": stored, "conflict": conflict}
            return render(request, "accounts/organisation.html", context, status=409 if conflict else 400)
    status = 400 if form.errors else 200
    return render(request, "accounts/organisation.html", {"form": form, "organisation": stored}, status=status)


@needs("accounts.manage_users")
def users(request: HttpRequest) -> HttpResponse:
    table = UserTable(queries.users(request.user))
    return table_response(request, table=table, title=_("Accounts"), template="accounts/users.html")


@needs("accounts.manage_users")
@never_cache
def user_create(request: HttpRequest) -> HttpResponse:
    form = UserForm(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            user, password = administration.create_user(actor=request.user, **form.cleaned_data)
            return render(request, "accounts/one_time_password.html", {"account": user, "password": password})
        except Refused as refused:
            show_refusal(form, refused)
    return render(request, "accounts/user_create.html", {"form": form}, status=400 if form.errors else 200)


def _user(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(queries.users(request.user), pk=pk)


@needs("accounts.manage_users")
def user(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "accounts/user.html", {"account": _user(request, pk)})


def _act(request: HttpRequest, act: Callable[[], object], *, done: str) -> None:
    """Do it, and say that it was done or why it was not."""
    try:
        act()
        messages.success(request, done)
    except Refused as refused:
        for problem in refused.problems:
            messages.error(
                request, " ".join(_(part) % problem.params for part in (problem.message, problem.remedy) if part)
            )


@needs("accounts.manage_users")
@require_POST
def user_set_active(request: HttpRequest, pk: int) -> HttpResponse:
    account, wanted = _user(request, pk), request.POST.get("active") == "1"
    done = _("The account is open.") if wanted else _("The account is closed and its sessions have ended.")
    _act(request, lambda: administration.set_user_active(actor=request.user, user=account, is_active=wanted), done=done)
    return redirect("accounts:user", pk=pk)


@needs("accounts.manage_users")
@require_POST
def user_end_sessions(request: HttpRequest, pk: int) -> HttpResponse:
    account = _user(request, pk)
    _act(
        request,
        lambda: administration.end_sessions(actor=request.user, user=account),
        done=_("Its sessions have ended."),
    )
    return redirect("accounts:user", pk=pk)


@needs("accounts.manage_users")
@require_POST
@never_cache
def user_reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    account = _user(request, pk)
    try:
        password = administration.reset_password(actor=request.user, user=account)
    except Refused as refused:
        problem = refused.problems[0]
        messages.error(request, f"{_(problem.message) % problem.params} {_(problem.remedy) % problem.params}")
        return redirect("accounts:user", pk=pk)
    return render(request, "accounts/one_time_password.html", {"account": account, "password": password})


@needs("accounts.grant_roles")
def roles(request: HttpRequest) -> HttpResponse:
    return table_response(request, table=RoleTable(queries.users(request.user)), title=_("Roles"))


@needs("accounts.grant_roles")
def roles_of(request: HttpRequest, pk: int) -> HttpResponse:
    """The roles of one account: what it holds, and what it can be granted."""
    account = _user(request, pk)
    held = [Role(grant.role) for grant in account.grants.all()]
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            administration.grant_role(actor=request.user, user=account, role=form.cleaned_data["role"])
            messages.success(request, _("The role was granted; the account signs in again to use it."))
            return redirect("accounts:roles_of", pk=pk)
        except Refused as refused:
            show_refusal(form, refused)
    context = {"account": account, "form": form, "held": held}
    return render(request, "accounts/roles_of.html", context, status=400 if form.errors else 200)


@needs("accounts.grant_roles")
@require_POST
def role_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    account, role = _user(request, pk), request.POST.get("role", "")
    _act(
        request,
        lambda: administration.revoke_role(actor=request.user, user=account, role=role),
        done=_("The role was taken away."),
    )
    return redirect("accounts:roles_of", pk=pk)


@needs("accounts.manage_security")
@require_POST
def second_factor_reset(request: HttpRequest, pk: int) -> HttpResponse:
    account = _user(request, pk)
    _act(
        request,
        lambda: administration.reset_second_factor(actor=request.user, user=account),
        done=_("The second factor was removed; the account sets up a new one when it signs in."),
    )
    return redirect("accounts:roles_of", pk=pk)


@needs("accounts.manage_security")
def lock_outs(request: HttpRequest) -> HttpResponse:
    context = {"attempts": queries.lock_outs(request.user), "limit": settings.AXES_FAILURE_LIMIT}
    context["minutes"] = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "accounts/lock_outs.html", context)


@needs("accounts.manage_security")
@require_POST
def unlock(request: HttpRequest) -> HttpResponse:
    forgotten = administration.unlock(actor=request.user, username=request.POST.get("username", ""))
    text = ngettext("%(count)d record was removed.", "%(count)d records were removed.", forgotten)
    messages.success(request, text % {"count": forgotten})
    return redirect("accounts:lock_outs")


@needs("accounts.manage_security")
def password_profile(request: HttpRequest) -> HttpResponse:
    context = {"profiles": PROFILES.values(), "in_force": queries.password_profile(), "settings": settings}
    context |= {"idle_minutes": settings.SESSION_IDLE_SECONDS // 60, "hours": settings.SESSION_COOKIE_AGE // 3600}
    return render(request, "accounts/password_profile.html", context)
