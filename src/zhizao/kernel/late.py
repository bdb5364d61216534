"""Packages whose names load their modules when they are first used, so that a light one does not bring the heavy ones.

Importing Polars costs half a second; a command or a web page that needs one constant of a package should not pay it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module


def late_names(package: str, homes: dict[str, str]) -> Callable[[str], object]:
    """Give a package's ``__getattr__`` (PEP 562): ``homes`` maps each public name to the module that has it.

    >>> find = late_names("json", {"JSONDecoder": "decoder"})
    >>> find("JSONDecoder").__module__
    'json.decoder'
    >>> find("nothing")
    Traceback (most recent call last):
    AttributeError: module 'json' has no attribute 'nothing'
    """

    def find(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    return find
