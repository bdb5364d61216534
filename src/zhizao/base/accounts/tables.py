"""Lists of the administrators."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import A, Column, DateTimeColumn

from zhizao.base.accounts.models import Invitation, Organisation, User
from zhizao.base.accounts.roles import Role
from zhizao.base.ui.tables import StatusColumn, Table

ACTIVE = {True: "good", False: "none"}


class ActiveColumn(StatusColumn):
    """Open or closed."""

    def value(self, value: bool, record: object, bound_column: object) -> str:  # noqa: FBT001 -- the library's signature
        return _("open") if value else _("closed")


class OrganisationTable(Table):
    """Organisations as a tree: the name is set in by its depth."""

    export_name = "organisations"
    fixed_columns = ("name",)
    name = Column(gettext_lazy("Name"), linkify=("accounts:organisation", {"pk": A("pk")}), orderable=False)
    kind = Column(gettext_lazy("Kind"))
    area = Column(gettext_lazy("Area"), order_by="area__path")
    accounts = Column(
        gettext_lazy("Accounts"), accessor="user_count", attrs={"th": {"class": "n"}, "td": {"class": "n"}}
    )
    is_active = ActiveColumn(gettext_lazy("State"), kinds=ACTIVE)

    def render_name(self, record: Organisation) -> str:
        return "\u3000" * record.depth + record.name

    def value_name(self, record: Organisation) -> str:
        return record.name


class UserTable(Table):
    """Accounts."""

    export_name = "accounts"
    fixed_columns = ("username",)
    username = Column(gettext_lazy("User name"), linkify=("accounts:user", {"pk": A("pk")}))
    name = Column(gettext_lazy("Name"))
    organisation = Column(gettext_lazy("Organisation"), order_by="organisation__path")
    last_login = DateTimeColumn(verbose_name=gettext_lazy("Last sign-in"), format="Y-m-d H:i")
    is_active = ActiveColumn(gettext_lazy("State"), kinds=ACTIVE)


class RoleTable(Table):
    """Accounts with the roles they hold."""

    export_name = "roles"
    fixed_columns = ("username",)
    username = Column(gettext_lazy("User name"), linkify=("accounts:roles_of", {"pk": A("pk")}))
    name = Column(gettext_lazy("Name"))
    organisation = Column(gettext_lazy("Organisation"), order_by="organisation__path")
    held = Column(gettext_lazy("Roles"), accessor="pk", orderable=False)

    def render_held(self, record: User) -> str:
        return "、".join(str(Role(grant.role).label) for grant in record.grants.all())


class InvitationTable(Table):
    """Invitations sent."""

    export_name = "invitations"
    enterprise_name = Column(gettext_lazy("Enterprise"))
    enterprise_key = Column(gettext_lazy("Enterprise key"))
    role = Column(gettext_lazy("Role"))
    invited_by = Column(gettext_lazy("Invited by"), order_by="invited_by__username")
    expires_at = DateTimeColumn(verbose_name=gettext_lazy("Valid until"), format="Y-m-d H:i")
    state = Column(gettext_lazy("State"), accessor="pk", orderable=False)
    act = Column("", accessor="pk", orderable=False, exclude_from_export=True)

    def render_state(self, record: Invitation) -> str:
        return record.state_text

    def render_act(self, record: Invitation) -> SafeString | str:
        if not record.is_open:
            return ""
        return format_html(
            '<button class="btn txt" type="submit" form="revoke" name="invitation" value="{}">{}</button>',
            record.pk,
            _("Withdraw"),
        )
