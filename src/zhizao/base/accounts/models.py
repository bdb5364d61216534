"""Areas, organisations, users, roles and their sign-in data."""

from __future__ import annotations

from functools import cached_property
from typing import Self

from django.contrib.auth.models import AbstractUser, AnonymousUser, UserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.roles import SEPARATED_ROLES, Role
from zhizao.base.accounts.scoping import ScopedQuerySet


class AreaQuerySet(ScopedQuerySet):
    area_lookup = None


class Area(models.Model):
    """A place that plans are made for; every row hangs from one. ``path`` is the chain of codes from the root."""

    code = models.CharField(
        _("code"),
        max_length=32,
        unique=True,
        validators=[RegexValidator(r"^[0-9A-Za-z_.-]+$", _("Use letters, digits, dot, dash and underscore."))],
    )
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    # Ends in "/", so that a prefix test never takes 5001 for a parent of 50010.
    path = models.CharField(max_length=255, unique=True, editable=False)

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name


class OrganisationQuerySet(ScopedQuerySet):
    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """Organisations of the actor's areas; an enterprise or bank sees itself."""
        organisation = getattr(actor, "organisation", None)
        if organisation is not None and organisation.is_outside:
            return self.filter(pk=organisation.pk)
        return super().visible_to(actor)


class Organisation(models.Model):
    """A district, department, park, enterprise or bank; a tree within an area."""

    class Kind(models.TextChoices):
        DISTRICT = "district", _("District")
        DEPARTMENT = "department", _("Department")
        PARK = "park", _("Park")
        ENTERPRISE = "enterprise", _("Enterprise")
        BANK = "bank", _("Bank")

    area = models.ForeignKey(Area, models.PROTECT, related_name="organisations", verbose_name=_("area"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent organisation")
    )
    path = models.CharField(max_length=255, unique=True, editable=False)
    enterprise_key = models.CharField(
        _("enterprise key"),
        max_length=100,
        null=True,
        blank=True,
        unique=True,
        help_text=_("The one enterprise that this organisation speaks for; linked by an accepted invitation."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(enterprise_key=None) | Q(kind="enterprise"), name="accounts_only_enterprises_have_a_key"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        """Levels below the root of its tree, from 0."""
        return self.path.count("/") - 1

    @property
    def is_outside(self) -> bool:
        """True for an enterprise or bank: it belongs to the area but is no part of its administration."""
        return self.kind in (self.Kind.ENTERPRISE, self.Kind.BANK)


class UserQuerySet(ScopedQuerySet):
    area_lookup = "organisation__area"


class AccountManager(UserManager.from_queryset(UserQuerySet)):
    """Django's user manager with the scoped queryset."""

    use_in_migrations = False


class User(AbstractUser):
    """A person's account. What it may do is its roles; what it may see is its organisation's area and below."""

    first_name = None
    last_name = None
    name = models.CharField(_("name"), max_length=100, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("organisation")
    )
    must_change_password = models.BooleanField(default=False, editable=False)
    password_changed_at = models.DateTimeField(default=timezone.now, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = AccountManager()

    class Meta:
        ordering = ["username"]
        constraints = [
            # A superuser would pass every check and so hold all three administrators at once.
            models.CheckConstraint(condition=Q(is_superuser=False), name="accounts_no_superuser"),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles held; read once for each loaded account, that is once a request."""
        return frozenset(self.grants.values_list("role", flat=True))


class RoleGrantQuerySet(ScopedQuerySet):
    area_lookup = "user__organisation__area"


class RoleGrant(models.Model):
    """A role held by an account."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField(_("role"), max_length=40, choices=Role)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="accounts_role_once"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(role__in=SEPARATED_ROLES), name="accounts_administrators_are_separate"
            ),
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=F("user")), name="accounts_nobody_grants_to_himself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class PasswordRecord(models.Model):
    """A former password's hash, kept so that it is not used again (profile MLPS3)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    retired_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-retired_at", "-pk"]


class InvitationQuerySet(ScopedQuerySet):
    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """Invitations of the actor's areas; an enterprise sees its own."""
        organisation = getattr(actor, "organisation", None)
        if organisation is not None and organisation.is_outside:
            return self.filter(enterprise_key=organisation.enterprise_key)
        return super().visible_to(actor)


class Invitation(models.Model):
    """An offer to one enterprise to open an account; its token is shown once and kept as a hash."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    enterprise_key = models.CharField(_("enterprise key"), max_length=100)
    enterprise_name = models.CharField(_("enterprise name"), max_length=200)
    role = models.CharField(_("role"), max_length=40, choices=Role)
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=[Role.ENTERPRISE_MANAGER, Role.ENTERPRISE_REPORTER]),
                name="accounts_invitations_are_for_enterprises",
            )
        ]

    def __str__(self) -> str:
        return self.enterprise_name

    @property
    def is_open(self) -> bool:
        """Whether its link still works."""
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def state_text(self) -> str:
        """Its state in a word."""
        if self.accepted_at is not None:
            return gettext("accepted")
        if self.revoked_at is not None:
            return gettext("withdrawn")
        return gettext("waiting") if self.is_open else gettext("expired")


class ApiTokenQuerySet(ScopedQuerySet):
    area_lookup = "user__organisation__area"

    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """Each account's own keys, nobody else's."""
        return self.filter(user_id=actor.pk) if actor.is_authenticated else self.none()


class ApiToken(models.Model):
    """A key that lets a program act as its user, within scopes and until a date; kept as a hash."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100)
    token_sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(_("scopes"), default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name
