"""Demo data: every plan pack that is shipped, read in and published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

import yaml

from zhizao.apps.plan.installing import install

DESCRIPTOR = "datapackage.yaml"


@dataclass(frozen=True, slots=True)
class ShippedPack:
    """A plan pack in the package, and the area it is for as its descriptor names it."""

    path: Traversable
    area_code: str
    area_name: str


def shipped_packs() -> list[ShippedPack]:
    """Every pack with a plan in it, by folder name; code lists and rulebooks have none."""
    found = []
    for path in sorted((files("zhizao") / "packs").iterdir(), key=lambda entry: entry.name):
        if not path.is_dir() or not (path / DESCRIPTOR).is_file():
            continue
        region = yaml.safe_load((path / DESCRIPTOR).read_text(encoding="utf-8"))["plan"]["region"]
        # a place without a code in GB/T 2260 (a park, say) goes by the name of its pack
        found.append(ShippedPack(path, str(region["code"] or path.name), region["name"] or path.name))
    return found


def load(*, say: Callable[[str], None]) -> None:
    """Install and publish the shipped packs in their areas; a plan that has versions already stays as it is."""
    for pack in shipped_packs():
        version = install(path=pack.path, area_code=pack.area_code, publish=True)
        say(f"{version.plan.title}: {version.get_status_display()}")
