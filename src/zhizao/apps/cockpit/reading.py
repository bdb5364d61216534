"""Read a brief's run back, and write its text: by any version of the words, in either language, whole or public."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.utils import translation

from zhizao.apps.cockpit import public, template, text
from zhizao.base.files import store

if TYPE_CHECKING:
    from zhizao.apps.cockpit.text import Paper
    from zhizao.base.evidence.models import Run

ENGINE: Final = "cockpit.brief"
ENGINE_VERSION: Final = "2"


def facts_of(run: Run) -> dict[str, Any]:
    """The facts that a run holds."""
    found: dict[str, Any] = json.loads(store.read(run.output_sha256))
    return found


def paper(data: Mapping[str, Any], *, version: int, language: str, run: str, for_public: bool = False) -> Paper:
    """The text of a brief in a language, by a version of the template; ``run`` is the short name of its run."""
    shown = public.protected(data) if for_public else data
    with translation.override("en" if language == "en" else "zh-hans"):
        return text.paper(shown, template=template.of_version(version), language=language, run=run)
