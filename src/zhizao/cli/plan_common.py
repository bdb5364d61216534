"""What the verbs on plans share: the language of the answer, and which plan a word on the command line means."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.engines.planlint import PlanPack, Reading


def pack_path(name: str | None) -> Path | Traversable:
    """The pack meant: a directory, a shipped pack by name, or the only one shipped."""
    if name is not None and ("/" in name or os.sep in name or Path(name).is_dir()):
        return Path(name)
    shipped = {entry.name: entry for entry in shipped_packs()}
    if name is None and len(shipped) == 1:
        return next(iter(shipped.values()))
    if name in shipped:
        return shipped[name]
    raise Refused(
        Problem(
            "plan.which_pack",
            mark("There is no pack “%(name)s”.") if name else mark("Several packs come with ZhiZao."),
            remedy=mark("Name one of these, or a directory: %(names)s."),
            params={"name": name, "names": ", ".join(sorted(shipped)) or "–"},
        )
    )


def shipped_packs() -> Iterator[Traversable]:
    """The plan packs that come as package data: directories whose descriptor has a plan."""
    for entry in (files("zhizao") / "packs").iterdir():
        descriptor = entry / "datapackage.yaml"
        if descriptor.is_file() and "\nplan:" in descriptor.read_text(encoding="utf-8"):
            yield entry


def opened(name: str) -> Reading | PlanPack:
    """The plan that a word means: a document, which is read now, a directory with a pack, or a shipped pack."""
    from zhizao.engines.planlint import read_document, read_pack
    from zhizao.kernel.tables import Limits, read_bytes

    path = Path(name)
    if path.is_file():
        return read_document(read_bytes(path, file=path.name, limits=Limits()), file=path.name)
    return read_pack(pack_path(name))
