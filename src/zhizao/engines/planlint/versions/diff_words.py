"""The words in which a difference between two versions is said: templates of the catalogue, and their figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from zhizao.kernel.result import mark


@dataclass(frozen=True, slots=True)
class Sentence:
    """A template with its figures; ``labels`` are parts that are words of the catalogue themselves.

    >>> words = {"%(name)s is %(state)s.": "%(name)s%(state)s。", "unknown": "未知"}
    >>> Sentence("%(name)s is %(state)s.", {"name": "甲"}, {"state": "unknown"}).say(words.get)
    '甲未知。'
    """

    message: str
    params: Mapping[str, object]
    labels: Mapping[str, str] = field(default_factory=dict)

    def say(self, translate: Callable[[str], str] = str) -> str:
        """The sentence in the language of ``translate``."""
        words = {name: translate(word) for name, word in self.labels.items()}
        return translate(self.message) % {**self.params, **words}


RENAMED: Final = mark("“%(old)s” is now called “%(name)s”.")
ADDED: Final = {
    "indicators": mark("Target “%(name)s” is new."),
    "projects": mark("Project “%(name)s” is new."),
    "enterprises": mark("Enterprise “%(name)s” is new in the list."),
    "land": mark("Land of “%(name)s” is new in the table."),
    "suppliers": mark("Suppliers of “%(name)s” are new in the table."),
    "chain_members": mark("Chain member “%(name)s” is new."),
    "claims": mark("The text now gives a figure for “%(name)s”."),
    "aliases": mark("The name “%(name)s” is new."),
    "tasks": mark("Task “%(name)s” is new."),
}
REMOVED: Final = {
    "indicators": mark("Target “%(name)s” is dropped."),
    "projects": mark("Project “%(name)s” is dropped."),
    "enterprises": mark("Enterprise “%(name)s” is no longer in the list."),
    "land": mark("Land of “%(name)s” is no longer in the table."),
    "suppliers": mark("Suppliers of “%(name)s” are no longer in the table."),
    "chain_members": mark("Chain member “%(name)s” is dropped."),
    "claims": mark("The text no longer gives a figure for “%(name)s”."),
    "aliases": mark("The name “%(name)s” is dropped."),
    "tasks": mark("Task “%(name)s” is dropped."),
}
COLUMNS: Final = {
    "title": mark("title"),
    "region": mark("area"),
    "issuer": mark("issued by"),
    "document_number": mark("document number"),
    "issued": mark("issued on"),
    "period": mark("period"),
    "base_year": mark("base year"),
    "parent_plans": mark("parent plans"),
    "category": mark("category"),
    "name": mark("name"),
    "unit": mark("unit"),
    "base_value": mark("base value"),
    "target_year": mark("target year"),
    "target_value": mark("target value"),
    "bound": mark("bound"),
    "growth_stated_pct": mark("stated growth, % a year"),
    "nature": mark("nature"),
    "sector": mark("sector"),
    "owner": mark("owner"),
    "responsible_unit": mark("responsible unit"),
    "total_wan_yuan": mark("total investment"),
    "before_wan_yuan": mark("invested before the plan"),
    "plan_wan_yuan": mark("investment in the plan's years"),
    "after_wan_yuan": mark("investment after the plan"),
    "start": mark("start"),
    "finish": mark("finish"),
    "tier": mark("tier"),
    "industry": mark("industry"),
    "table": mark("table"),
    "enterprise": mark("enterprise"),
    "land_mu": mark("land held"),
    "idle_mu": mark("idle land"),
    "building_m2": mark("buildings"),
    "demand_min_mu": mark("land asked for, from"),
    "demand_max_mu": mark("land asked for, to"),
    "total": mark("suppliers"),
    "local": mark("local suppliers"),
    "share_stated_pct": mark("stated share"),
    "chain": mark("chain"),
    "stage": mark("stage"),
    "node": mark("node"),
    "member": mark("member"),
    "member_type": mark("kind"),
    "subject": mark("subject"),
    "indicator": mark("what is measured"),
    "value": mark("value"),
    "value_high": mark("upper end"),
    "span": mark("period"),
    "kind": mark("kind of figure"),
    "scope": mark("scope"),
    "of": mark("share of"),
    "parts": mark("total of"),
    "list_names": mark("names in its list"),
    "list_values": mark("values in its list"),
    "canonical": mark("registered name"),
    "alias": mark("other name"),
    "task": mark("task of the plan"),
    "lead_unit": mark("lead unit"),
    "indicator_ids": mark("indicators served"),
}
"""What each column is called within a sentence."""
PERIODS: Final = {
    "before_wan_yuan": mark("the years before the plan"),
    "plan_wan_yuan": mark("the plan's years"),
    "after_wan_yuan": mark("the years after the plan"),
}
"""What the periods of a project's money are called within a sentence."""
TITLES: Final = {
    "meta": mark("The plan itself"),
    "indicators": mark("Targets"),
    "projects": mark("Projects"),
    "enterprises": mark("Enterprises"),
    "land": mark("Land"),
    "suppliers": mark("Local suppliers"),
    "chain_members": mark("Chain members"),
    "claims": mark("Figures of the text"),
    "aliases": mark("Names"),
    "tasks": mark("Tasks"),
}
"""What each table is called."""
