"""Every named address of the site, as the URL resolver has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse


@dataclass(frozen=True, slots=True)
class Address:
    """A name, the parts that its path needs, and the view behind it."""

    name: str
    parts: tuple[str, ...]
    view: Callable[..., Any]

    def path(self, examples: dict[str, Any]) -> str:
        """The path with an example for each part; a part's name is looked up from the most to the least particular."""
        namespace = self.name.split(":")[0]
        keys = {part: (f"{self.name}.{part}", f"{namespace}.{part}", part) for part in self.parts}
        found = {part: next((key for key in tried if key in examples), None) for part, tried in keys.items()}
        missing = [tried[0] for part, tried in keys.items() if found[part] is None]
        assert not missing, f"tests/security/world.py has no example for {missing}"
        return reverse(self.name, kwargs={part: examples[key] for part, key in found.items()})


def addresses() -> Iterator[Address]:
    """All of them; an address without a name is named by its pattern, so that it cannot hide."""
    yield from _walk(get_resolver(), "", ())


def _walk(resolver: URLResolver, namespace: str, parts: tuple[str, ...]) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        below = (*parts, *pattern.pattern.converters)
        if isinstance(pattern, URLPattern):
            name = f"{namespace}{pattern.name}" if pattern.name else f"unnamed {pattern.pattern}"
            yield Address(name, below, pattern.callback)
        else:
            yield from _walk(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace, below)
