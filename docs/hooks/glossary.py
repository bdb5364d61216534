"""Write the glossary page from its table, so that the table is the only place where a term stands."""

from __future__ import annotations

import csv
from pathlib import Path

MARK = "<!-- glossary -->"
HEAD = ("中文", "English", "Identifier", "Definition")


def on_page_markdown(markdown: str, page, **_) -> str:
    if MARK not in markdown:
        return markdown
    with (Path(page.file.abs_src_path).parent / "glossary.csv").open(encoding="utf-8") as file:
        rows = [(row["zh"], row["en"], f"`{row['identifier']}`", row["definition"]) for row in csv.DictReader(file)]
    lines = (" | ".join(cell.replace("|", "/") for cell in line) for line in [HEAD, ("---",) * len(HEAD), *rows])
    return markdown.replace(MARK, "\n".join(f"| {line} |" for line in lines))
