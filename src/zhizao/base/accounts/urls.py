"""Addresses of sign-in and of accounts.

Of the sign-in library only what is used here is reachable, each page with its own word on who may open it: no
sign-up, no reset by e-mail, no e-mail addresses to manage.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.usersessions import views as sessions
from django.urls import include, path

from zhizao.base.accounts import administration_views as administer
from zhizao.base.accounts import views
from zhizao.base.accounts.access import needs, public

own = needs("accounts.own")

sign_in = [
    path("login/", public(account.login), name="account_login"),
    path("logout/", public(account.logout), name="account_logout"),
    path("inactive/", public(account.account_inactive), name="account_inactive"),
    path("reauthenticate/", own(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", own(account.password_change), name="account_change_password"),
    path("2fa/", own(mfa.index), name="mfa_index"),
    path("2fa/authenticate/", public(mfa.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", own(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", own(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", own(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/", own(recovery_codes.generate_recovery_codes), name="mfa_generate_recovery_codes"
    ),
    path(
        "2fa/recovery-codes/download/", own(recovery_codes.download_recovery_codes), name="mfa_download_recovery_codes"
    ),
    path("sessions/", own(sessions.list_usersessions), name="usersessions_list"),
]

pages = [
    path("", views.own, name="own"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", views.token_revoke, name="token_revoke"),
    path("invitations/", views.invitation_list, name="invitations"),
    path("invitations/revoke/", views.invitation_revoke, name="invitation_revoke"),
    path("invitation/<str:token>/", views.invitation_accept, name="invitation"),
    path("organisations/", administer.organisations, name="organisations"),
    path("organisations/new/", administer.organisation_create, name="organisation_create"),
    path("organisations/<int:pk>/", administer.organisation, name="organisation"),
    path("users/", administer.users, name="users"),
    path("users/new/", administer.user_create, name="user_create"),
    path("users/<int:pk>/", administer.user, name="user"),
    path("users/<int:pk>/active/", administer.user_set_active, name="user_set_active"),
    path("users/<int:pk>/end-sessions/", administer.user_end_sessions, name="user_end_sessions"),
    path("users/<int:pk>/password/", administer.user_reset_password, name="user_reset_password"),
    path("roles/", administer.roles, name="roles"),
    path("roles/<int:pk>/", administer.roles_of, name="roles_of"),
    path("roles/<int:pk>/revoke/", administer.role_revoke, name="role_revoke"),
    path("roles/<int:pk>/second-factor/", administer.second_factor_reset, name="second_factor_reset"),
    path("lock-outs/", administer.lock_outs, name="lock_outs"),
    path("lock-outs/unlock/", administer.unlock, name="unlock"),
    path("password-profile/", administer.password_profile, name="password_profile"),
]

urlpatterns = [*sign_in, path("", include((pages, "accounts")))]
