from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.roles import SEPARATED_ROLES, Role


class Area(models.Model):
    """A place that plans are made for; every row of the product hangs from one. ``path`` is the chain of codes from the root."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=255, unique=True, editable=False)

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A district, department, park, enterprise or bank; a tree within an area."""

    class Kind(models.TextChoices):
        DISTRICT = "district", _("District")
        DEPARTMENT = "department", _("Department")
        PARK = "park", _("Park")
        ENTERPRISE = "enterprise", _("Enterprise")
        BANK = "bank", _("Bank")

    area = models.ForeignKey(Area, models.PROTECT, related_name="organisations")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=255, unique=True, editable=False)

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person's account. What it may do is its roles; what it may see is its organisation's area and below."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="users")


class RoleGrant(models.Model):
    """A role held by an account."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField(_("role"), max_length=40, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="accounts_role_once"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(role__in=SEPARATED_ROLES), name="accounts_administrators_are_separate"
            ),
        ]
