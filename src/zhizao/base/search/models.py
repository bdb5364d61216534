from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.scoping import ScopedQuerySet


class SearchEntryQuerySet(ScopedQuerySet):
    def visible_to(self, actor):
        """Public entries for anyone, the others for actors of the area."""
        return self.filter(Q(public=True) | Q(pk__in=super().visible_to(actor).values("pk")))


class SearchEntry(models.Model):
    """Something that can be found by name, code or pinyin, and the page that shows it."""

    source = models.CharField(max_length=100, help_text="who wrote it, e.g. plan.version:3; replaced as a whole")
    area = models.ForeignKey("accounts.Area", models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=40)
    title = models.CharField(_("name"), max_length=300)
    code = models.CharField(_("code"), max_length=60, blank=True)
    pinyin = models.CharField(max_length=900, blank=True)
    initials = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=300)
    public = models.BooleanField(default=False)

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "title", "pk"]
        indexes = [models.Index(fields=["source"])]

    def __str__(self) -> str:
        return self.title
