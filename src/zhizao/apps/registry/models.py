"""What the register knows of an enterprise, each a dated fact; an enterprise itself is a subject."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.scoping import ScopedQuerySet
from zhizao.base.facts.models import DatedFact, Subject


class CreditCode(DatedFact):
    """The unified social credit code; none is unknown, which is no fault. Of no two enterprises on one day the same."""

    code = models.CharField(_("credit code"), max_length=18)
    simulated = models.BooleanField(_("simulated"), default=False)

    class Meta(DatedFact.Meta):
        indexes = [*DatedFact.Meta.indexes, models.Index(fields=["code"], name="registry_creditcode_code")]

    def __str__(self) -> str:
        return self.code


class Attribute(DatedFact):
    """One attribute, by its name in ``attributes``."""

    identity = ("subject", "name")

    name = models.CharField(_("attribute"), max_length=40)
    value = models.CharField(_("value"), max_length=400)

    class Meta(DatedFact.Meta):
        # The first says whether a row is hidden, the other who has a value, both without opening the rows.
        indexes = [
            models.Index(
                fields=["subject", "name", "known_from", "valid_from", "valid_to"], name="registry_attribute_identity"
            ),
            models.Index(
                fields=["name", "value", "subject", "known_from", "valid_from", "valid_to", "withdrawn"],
                name="registry_attribute_value",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class Certificate(DatedFact):
    """A certificate, title or recognition, valid for its days, with the edition of the rules it was given by."""

    identity = ("subject", "kind", "number")

    kind = models.CharField(_("certificate"), max_length=40)  # a code of ``certificates.kinds``
    number = models.CharField(_("number"), max_length=80, blank=True)
    authority = models.CharField(_("given by"), max_length=200, blank=True)
    edition = models.CharField(_("edition of the rules"), max_length=100, blank=True)

    class Meta(DatedFact.Meta):
        indexes = [*DatedFact.Meta.indexes, models.Index(fields=["kind"], name="registry_certificate_kind")]

    def __str__(self) -> str:
        return self.kind


class Institution(DatedFact):
    """An R&D institution of the enterprise."""

    identity = ("subject", "name")

    name = models.CharField(_("institution"), max_length=200)
    level = models.CharField(_("level"), max_length=60, blank=True)

    def __str__(self) -> str:
        return self.name


class Patent(DatedFact):
    """A patent that the enterprise holds."""

    identity = ("subject", "number")

    number = models.CharField(_("number"), max_length=40)
    title = models.CharField(_("title"), max_length=300, blank=True)
    kind = models.CharField(_("kind"), max_length=40, blank=True)

    def __str__(self) -> str:
        return self.number


class Absorption(DatedFact):
    """That this record goes on in another: two records of one enterprise, or an enterprise merged into another."""

    survivor = models.ForeignKey(Subject, models.PROTECT, related_name="+", verbose_name=_("goes on in"))

    class Meta(DatedFact.Meta):
        constraints = [
            *DatedFact.Meta.constraints,
            models.CheckConstraint(condition=~Q(subject=F("survivor")), name="registry_not_into_itself"),
        ]


class NamePair(models.Model):
    """A name from outside and the enterprise it may mean: waiting for somebody to say so, or decided for good."""

    class State(models.TextChoices):
        OPEN = "open", _("to be decided")
        ACCEPTED = "accepted", _("the same")
        REFUSED = "refused", _("not the same")

    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    candidate = models.ForeignKey(Subject, models.PROTECT, related_name="+", verbose_name=_("enterprise"))
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=4, null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "pk"]
        constraints = [models.UniqueConstraint(fields=["name", "candidate"], name="registry_pair_once")]

    def __str__(self) -> str:
        return self.name
