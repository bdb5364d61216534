"""``/api/v1/plans``: published plans for anyone, an area's drafts for those who may edit them. Reading only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema
from pydantic import PlainSerializer, create_model

from zhizao.apps.plan import chains as chain_queries
from zhizao.apps.plan import checking, judging, queries
from zhizao.apps.plan.models import Claim, Plan, PlanTask, PlanVersion
from zhizao.apps.plan.sheets import plain
from zhizao.base.accounts.api_auth import TokenAuth, anonymous
from zhizao.engines.planlint.growth import Check

if TYPE_CHECKING:
    from zhizao.engines.planlint.report.present import Item

SCOPE = "plan:read"
Exact = Annotated[Decimal, PlainSerializer(plain, return_type=str)]

router = Router(tags=["plans"], auth=[TokenAuth(SCOPE), anonymous])


class AsOf(Schema):
    """Which version is asked for."""

    as_of: date | None = Field(None, description="The version in force at the end of this day; by default today")
    version: int | None = Field(None, ge=1, description="The number of a version; goes before as_of")


class Asked(AsOf):
    """Which version, and which part of the list."""

    limit: int = Field(100, ge=1, le=1000)
    offset: int = Field(0, ge=0, le=1_000_000_000)


def page_of(schema: type[Schema]) -> type[Schema]:
    """A part of a list, with how many rows the whole has."""
    return create_model(f"{schema.__name__}Page", __base__=Schema, items=(list[schema], ...), count=(int, ...))


def part(rows: Any, asked: Asked) -> dict[str, Any]:
    """The rows asked for, out of a list or a queryset."""
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    return {"items": list(rows[asked.offset : asked.offset + asked.limit]), "count": count}


class PlanOut(Schema):
    slug: str
    title: str
    area_code: str = Field(alias="area.code")
    area_name: str = Field(alias="area.name")
    issuer: str
    issued_on: date | None
    first_year: int | None
    last_year: int | None


class VersionOut(Schema):
    number: int
    status: Literal["draft", "published", "superseded"]
    known_from: Any
    reason: str
    document_number: str
    source_name: str
    source_sha256: str
    run: str | None

    @staticmethod
    def resolve_run(version: PlanVersion) -> str | None:
        return version.run.sha12 if version.run else None


class PlanDetailOut(Schema):
    plan: PlanOut
    version: VersionOut
    versions: list[VersionOut]


class RowOut(Schema):
    """What every row carries: its place in the table, its line in the source, how sure the reader was."""

    position: int
    line: int | None
    confidence: Exact | None


class TargetOut(Schema):
    id: str = Field(alias="target.key")
    category: str = Field(alias="target.category")
    name: str = Field(alias="target.name")
    unit: str = Field(alias="target.unit")
    base_year: int | None = Field(alias="target.base_year")
    base_value: Exact | None = Field(alias="target.base_value")
    target_year: int | None = Field(alias="target.target_year")
    target_value: Exact | None = Field(alias="target.target_value")
    bound: Literal["eq", "ge", "le"] = Field(alias="target.bound")
    growth_stated_pct: Exact | None = Field(alias="target.growth_stated_pct")
    growth_computed_pct: Exact | None
    check: Check = Field(alias="growth.check")
    nature: str = Field(alias="target.nature")
    position: int = Field(alias="target.position")
    line: int | None = Field(alias="target.line")

    @staticmethod
    def resolve_growth_computed_pct(item: queries.CheckedTarget) -> Decimal | None:
        computed = item.growth.computed_pct
        return None if computed is None else round(computed, 6)


class ProjectOut(RowOut):
    sector: str
    serial: str
    name: str
    owner: str
    responsible_unit: str
    nature: str
    total_wan_yuan: Exact | None
    before_wan_yuan: Exact | None
    plan_wan_yuan: Exact | None
    after_wan_yuan: Exact | None
    start: str
    finish: str


class EnterpriseOut(RowOut):
    serial: str
    name: str
    tier: str
    industry: str


class LandOut(RowOut):
    table: str
    sector: str
    enterprise: str
    land_mu: Exact | None
    idle_mu: Exact | None
    building_m2: Exact | None
    demand_min_mu: Exact | None
    demand_max_mu: Exact | None


class SupplierOut(Schema):
    sector: str = Field(alias="row.sector")
    enterprise: str = Field(alias="row.enterprise")
    total: int | None = Field(alias="row.total")
    local: int | None = Field(alias="row.local")
    share_stated_pct: Exact | None = Field(alias="row.share_stated_pct")
    share_computed_pct: Exact | None
    agrees: bool | None
    position: int = Field(alias="row.position")
    line: int | None = Field(alias="row.line")

    @staticmethod
    def resolve_share_computed_pct(item: queries.CheckedShare) -> Decimal | None:
        return None if item.computed_pct is None else round(item.computed_pct, 6)


class NodeOut(Schema):
    stage: str
    node: str = Field(alias="name")
    members: list[str]
    listed: list[str]

    @staticmethod
    def resolve_members(node: chain_queries.Node) -> list[str]:
        return [member.row.member for member in node.members]

    @staticmethod
    def resolve_listed(node: chain_queries.Node) -> list[str]:
        return [enterprise.name for enterprise in node.listed]


class ChainOut(Schema):
    number: int
    name: str
    nodes: list[NodeOut]


class ClaimOut(RowOut):
    id: str = Field(alias="key")
    subject: str
    indicator: str
    value: Exact
    unit: str
    span: str
    kind: Literal["actual", "target", "growth", "share", "count"]
    bound: Literal["eq", "about", "ge", "gt", "le", "lt"]
    scope: str
    of: str
    section: str
    printed: str


class TaskOut(RowOut):
    id: str = Field(alias="key")
    section: str
    task: str
    lead_unit: str
    indicator_ids: list[str]

    @staticmethod
    def resolve_indicator_ids(task: PlanTask) -> list[str]:
        return task.indicator_ids.split()


class NumberOut(Schema):
    label: str
    expression: str
    value: str


class PlaceOut(Schema):
    line: int | None
    quote: str
    table: str
    row: int | None


class FindingOut(Schema):
    """A finding in the language asked for; a decision of a person may have changed its severity."""

    id: str
    rule: str
    severity: Literal["error", "warning", "info"]
    message: str
    numbers: list[NumberOut] = Field(alias="lines")
    places: list[PlaceOut]
    suggestion: str
    decision: str | None

    @staticmethod
    def resolve_decision(item: Item) -> str | None:
        return item.judgement.words if item.judgement else None


def _plan(request: HttpRequest, slug: str) -> Plan:
    plan = queries.plans(request.user).filter(slug=slug).first()
    if plan is None:
        raise Http404
    return plan


def _version(request: HttpRequest, slug: str, asked: AsOf) -> PlanVersion:
    version = queries.version_at(request.user, _plan(request, slug), as_of=asked.as_of, number=asked.version)
    if version is None:
        raise Http404
    return version


@router.get("/plans", response=page_of(PlanOut), summary="Plans")
def list_plans(request: HttpRequest, asked: Query[Asked]) -> Any:
    return part(queries.plans(request.user), asked)


@router.get("/plans/{slug}", response=PlanDetailOut, summary="A plan with its versions")
def read_plan(request: HttpRequest, slug: str, asked: Query[AsOf]) -> Any:
    plan = _plan(request, slug)
    return {
        "plan": plan,
        "version": _version(request, slug, asked),
        "versions": list(queries.versions(request.user, plan)),
    }


@router.get("/plans/{slug}/targets", response=page_of(TargetOut), summary="Targets with stated and computed growth")
def list_targets(request: HttpRequest, slug: str, asked: Query[Asked]) -> Any:
    return part(queries.targets(_version(request, slug, asked)), asked)


@router.get("/plans/{slug}/projects", response=page_of(ProjectOut), summary="Project library")
def list_projects(
    request: HttpRequest, slug: str, asked: Query[Asked], sector: str = "", year: int | None = None
) -> Any:
    return part(
        queries.projects(_version(request, slug, asked), queries.ProjectFilter(sector=sector, year=year)), asked
    )


@router.get("/plans/{slug}/enterprises", response=page_of(EnterpriseOut), summary="Enterprises that the plan names")
def list_enterprises(
    request: HttpRequest, slug: str, asked: Query[Asked], tier: str = "", industry: str = "", q: str = ""
) -> Any:
    return part(queries.enterprises(_version(request, slug, asked), tier=tier, industry=industry, text=q), asked)


@router.get("/plans/{slug}/land", response=page_of(LandOut), summary="Land held, idle and asked for")
def list_land(request: HttpRequest, slug: str, asked: Query[Asked]) -> Any:
    return part(queries.land(_version(request, slug, asked)), asked)


@router.get("/plans/{slug}/suppliers", response=page_of(SupplierOut), summary="Suppliers and the share of local ones")
def list_suppliers(request: HttpRequest, slug: str, asked: Query[Asked]) -> Any:
    return part(queries.supplier_shares(_version(request, slug, asked)), asked)


@router.get("/plans/{slug}/chains", response=page_of(ChainOut), summary="Industry chains")
def list_chains(request: HttpRequest, slug: str, asked: Query[Asked]) -> Any:
    return part(chain_queries.chains(_version(request, slug, asked)), asked)


@router.get("/plans/{slug}/claims", response=page_of(ClaimOut), summary="Figures of the running text")
def list_claims(request: HttpRequest, slug: str, asked: Query[Asked]) -> Any:
    return part(queries.rows(_version(request, slug, asked), Claim), asked)


@router.get("/plans/{slug}/tasks", response=page_of(TaskOut), summary="What is to be done, by whom")
def list_tasks(request: HttpRequest, slug: str, asked: Query[Asked]) -> Any:
    return part(queries.rows(_version(request, slug, asked), PlanTask), asked)


@router.get("/plans/{slug}/findings", response=page_of(FindingOut), summary="What the last check of a version found")
def list_findings(request: HttpRequest, slug: str, asked: Query[Asked]) -> Any:
    version = _version(request, slug, asked)
    if not request.user.has_perm("plan.health", version):
        raise Http404
    checked = checking.checked(version)
    return part(judging.presentation(version, checked).items if checked else (), asked)
