"""The rules, a module for each family; a module's ``RULES`` lists what it offers."""

from __future__ import annotations

from types import ModuleType
from typing import Final

from zhizao.engines.planlint.rules import (
    agreement,
    class_names,
    classes,
    counts,
    derived,
    dimension,
    encoding,
    growth,
    growth_text,
    history,
    in_text,
    parents,
    project_dates,
    project_sums,
    projects,
    references,
    relations,
    shares,
    sums,
    table_totals,
    target_table,
    targets,
    text_changes,
    units,
)

FAMILIES: Final[tuple[ModuleType, ...]] = (
    growth,
    references,
    counts,
    derived,
    encoding,
    projects,
    project_dates,
    agreement,
    targets,
    history,
    sums,
    shares,
    units,
    relations,
    dimension,
    classes,
    class_names,
    parents,
    project_sums,
    growth_text,
    target_table,
    in_text,
    text_changes,
    table_totals,
)
