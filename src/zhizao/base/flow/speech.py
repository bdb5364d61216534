"""Which of two names a reader gets: the Chinese one, or in English that which the procedure gives (``zz:en``)."""

from __future__ import annotations

from django.utils.translation import get_language


def said(name: str, name_en: str) -> str:
    """The English name where the reader's language is not Chinese and there is one, else the name."""
    return name_en if name_en and not (get_language() or "zh").startswith("zh") else name


class Named:
    """What has a name, and perhaps an English one."""

    __slots__ = ()
    name: str
    name_en: str

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return said(self.name, self.name_en)
