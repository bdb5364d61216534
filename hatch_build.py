"""Build hook of the wheel: it must hold the compiled catalogues and the built assets, so that users need no Node."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent / "tools"))


class AssetsAndCatalogues(BuildHookInterface):  # type: ignore[type-arg]
    """Make what is missing before the files of a wheel are collected; an editable install is left alone."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        import assets
        import messages

        messages.compile_all()
        if not assets.MARKER.exists():
            try:
                assets.build()
            except assets.AssetsError as error:
                sys.exit(str(error))
