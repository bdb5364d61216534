"""What the reading of a plan leaves behind: who issued it, and the output that every figure of its pages opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from zhizao.apps.plan import queries
from zhizao.apps.plan.models import LandNeed, PlanVersion, Project
from zhizao.apps.plan.sheets import plain
from zhizao.kernel.names import pinyin

UNITS = {
    "total_wan_yuan": "万元",
    "before_wan_yuan": "万元",
    "plan_wan_yuan": "万元",
    "after_wan_yuan": "万元",
    "land_mu": "亩",
    "idle_mu": "亩",
    "demand_min_mu": "亩",
    "demand_max_mu": "亩",
    "building_m2": "平方米",
}


@dataclass(frozen=True, slots=True)
class About:
    """A plan's own particulars, as its pack or document gives them."""

    slug: str
    title: str
    issuer: str
    issued_on: date | None
    first_year: int | None
    last_year: int | None
    document_number: str
    source_name: str
    source_sha256: str

    def plan_fields(self) -> dict[str, Any]:
        """The fields of ``Plan`` beside its area and slug."""
        names = ("title", "issuer", "issued_on", "first_year", "last_year")
        return {name: getattr(self, name) for name in names}

    def facts(self) -> dict[str, Any]:
        """All of it as plain JSON."""
        return {name: str(getattr(self, name) or "") for name in self.__slots__}


def about(meta: Mapping[str, Any], *, name: str) -> About:
    """Read the particulars from the ``plan:`` key of a pack; ``name`` (of pack or file) stands in for a title."""
    title = str(meta.get("title") or name)
    period = meta.get("period") or {}
    slug = slugify(str(meta.get("id") or "")) or slugify(name) or slugify(pinyin(title))
    return About(
        slug=slug[:60],
        title=title[:200],
        issuer="、".join(map(str, meta.get("issuer") or ()))[:200],
        issued_on=_date(meta.get("issued")),
        first_year=period.get("start"),
        last_year=period.get("end"),
        document_number=str(meta.get("document_number") or "")[:100],
        source_name=str(meta.get("source_name") or "")[:200],
        source_sha256=str(meta.get("source_sha256") or ""),
    )


def _date(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def reading_output(version: PlanVersion, contents: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """All tables of a version, and what is computed from them, each figure with its unit and line."""
    projects = list(queries.rows(version, Project))
    land = list(queries.rows(version, LandNeed))
    totals = [*queries.project_totals(projects), queries.project_total("", projects)]
    return {
        **{name: [_said(record) for record in records] for name, records in contents.items()},
        "growth": [
            {
                "id": item.target.key,
                "name": item.target.name,
                "computed_pct": _rounded(item.growth.computed_pct),
                "total_pct": _rounded(item.growth.total_pct),
                "points": _rounded(item.growth.points),
                "check": item.growth.check.value,
                "unit": "%",
                "line": item.target.line,
                "path": [_rounded(value) for value in item.path],
            }
            for item in queries.targets(version)
        ],
        "supplier_shares": [
            {"computed_pct": _rounded(item.computed_pct), "unit": "%", "line": item.row.line}
            for item in queries.supplier_shares(version)
        ],
        "project_totals": [
            {"sector": total.sector, "count": total.count, "unit": "万元"}
            | {name: _sum(money) for name, money in total.money.items()}
            for total in totals
        ],
        "land_totals": {name: _sum(total) | {"unit": UNITS[name]} for name, total in queries.land_totals(land).items()},
    }


def _said(record: dict[str, Any]) -> dict[str, Any]:
    """A record with what the evidence drawer says beside each figure: its unit and its year."""
    extra = {f"{name}_unit": unit for name, unit in UNITS.items() if name in record}
    for name in ("base", "target"):
        if record.get(f"{name}_year"):
            extra |= {f"{name}_value_span": str(record[f"{name}_year"])}
    if "growth_stated_pct" in record:
        extra |= {"growth_stated_pct_unit": "%"}
    return record | extra


def _sum(total: queries.Total) -> dict[str, Any]:
    return {"value": None if total.known is None else plain(total.known), "unknown": total.unknown}


def _rounded(value: Decimal | None) -> str | None:
    return None if value is None else plain(round(value, 6))
