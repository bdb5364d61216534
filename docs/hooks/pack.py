"""Write a pack table's columns where a page says ``<!-- pack: indicators -->``, from the code that reads them."""

from __future__ import annotations

import re

from zhizao.engines.planlint.schema import TABLES

MARK = re.compile(r"^<!-- pack: (\w+) -->$", re.MULTILINE)
HEAD = "| column | type | unit | always filled | what it holds |\n|---|---|---|---|---|"


def on_page_markdown(markdown: str, **_) -> str:
    return MARK.sub(lambda found: "\n".join([HEAD, *map(_row, TABLES[found[1]])]), markdown)


def _row(field) -> str:
    meaning = "; ".join(part for part in (field.description, " / ".join(field.values)) if part)
    return f"| `{field.name}` | {field.type} | {field.unit or ''} | {'yes' if field.required else ''} | {meaning} |"
