"""Demo data: every plan pack that is shipped, read in and published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

from zhizao.apps.plan import services
from zhizao.base.accounts.models import Area
from zhizao.engines.planlint import read_pack


def load(*, say: Callable[[str], None]) -> None:
    """Import and publish the shipped packs; what is there already stays as it is."""
    for pack in sorted((files("zhizao") / "packs").iterdir(), key=lambda entry: entry.name):
        if not pack.is_dir() or not (pack / "indicators.csv").is_file():
            continue
        version = services.import_pack(actor=None, area=_area(read_pack(pack).meta.get("region") or {}), path=pack)
        if version.is_draft and version.number == 1:
            issued = version.plan.issued_on
            version = services.publish_version(
                actor=None, version=version, known_from=services.start_of(issued) if issued else None
            )
        say(f"{version.plan.title}: {version.get_status_display()}")


def _area(region: Mapping[str, Any]) -> Area:
    """The pack's region; it is there already where accounts were loaded before."""
    code = region.get("code") or "region"
    defaults = {"name": region.get("name") or code, "path": f"{code}/"}
    return Area.objects.get_or_create(code=code, defaults=defaults)[0]
