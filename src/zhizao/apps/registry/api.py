"""``/api/v1/enterprises``: the register, for a token of somebody who may read it; an enterprise gets itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from zhizao.apps.registry import attributes, dossier, listing, partners, queries
from zhizao.base.accounts.api_auth import TokenAuth

SCOPE = "registry:read"

router = Router(tags=["enterprises"], auth=[TokenAuth(SCOPE)])


class Asked(Schema):
    """Which part of the register, and on which day."""

    as_of: date | None = Field(None, description="The register as it stood at the end of this day; by default now")
    q: str = Field("", max_length=100, description="In any name, its pinyin or initials, or a whole credit code")
    tier: str = ""
    sector: str = Field("", description="The key of a sector")
    industry: str = Field("", max_length=5, description="A code of GB/T 4754 and all below it")
    limit: int = Field(100, ge=1, le=1000)
    offset: int = Field(0, ge=0, le=1_000_000_000)


class EnterpriseOut(Schema):
    id: str
    key: str
    name: str
    credit_code: str | None
    credit_code_simulated: bool
    simulated: bool
    attributes: dict[str, str]
    memberships: dict[str, list[str]]
    certificates: list[str] = Field(description="Codes of the kinds of those that are valid")


class EnterprisePage(Schema):
    items: list[EnterpriseOut]
    count: int


class FactOut(Schema):
    what: str
    says: str
    valid_from: date | None
    valid_to: date | None
    holds: bool
    known_from: Any
    source: str


class EnterpriseFileOut(Schema):
    enterprise: EnterpriseOut | None
    goes_on_in: str | None
    facts: list[FactOut]


class PartnerOut(Schema):
    role: str = Field(description="supplier or customer")
    id: str | None = Field(description="None for those outside the region, of which a row stands for several")
    name: str
    parties: int | None
    product: str
    amount_wan_yuan: Decimal | None = Field(description="In a calendar year; None: not known")
    share_pct: Decimal | None
    since: date | None
    basis: str
    confidence: str
    simulated: bool
    source: str


class PartnersOut(Schema):
    items: list[PartnerOut]
    not_named: dict[str, int] = Field(description="Suppliers and customers that the token's owner may not see")


def as_out(line: queries.Line, *, contacts: bool) -> dict[str, Any]:
    """An enterprise as the API tells it; contacts only to those who may see them."""
    return {
        "id": line.id,
        "key": line.subject.key,
        "name": line.name,
        "credit_code": line.code or None,
        "credit_code_simulated": line.code_simulated,
        "simulated": line.subject.simulated,
        "attributes": {
            name: value for name, value in line.attributes.items() if contacts or name not in attributes.CONTACTS
        },
        "memberships": line.parents,
        "certificates": line.certificates,
    }


@router.get("/enterprises", response=EnterprisePage, url_name="enterprises")
def enterprises(request: HttpRequest, asked: Annotated[Asked, Query()]) -> dict[str, Any]:
    """The enterprises of the token's areas, by pinyin of their registered names."""
    if not request.user.has_perm("registry.open"):
        raise PermissionDenied
    seen = queries.view(asked.as_of)
    wanted = queries.Wanted(text=asked.q, tier=asked.tier, sector=asked.sector, industry=asked.industry)
    keys = listing.keys(request.user, wanted, seen)
    lines = queries.lines(queries.read(keys[asked.offset : asked.offset + asked.limit]), seen)
    contacts = request.user.has_perm("registry.contacts")
    return {"items": [as_out(line, contacts=contacts) for line in lines], "count": len(keys)}


@router.get("/enterprises/{key}", response=EnterpriseFileOut, url_name="enterprise")
def enterprise(request: HttpRequest, key: str, as_of: date | None = None) -> dict[str, Any]:
    """One enterprise with every fact that holds or held."""
    subject = queries.enterprise(request.user, key)
    if subject is None or not request.user.has_perm("registry.open", subject):
        raise Http404
    seen = queries.view(as_of)
    contacts = request.user.has_perm("registry.contacts", subject)
    line = dossier.line(subject, seen)
    survivor = queries.survivor(subject, seen)
    return {
        "enterprise": line and as_out(line, contacts=contacts),
        "goes_on_in": survivor and survivor.id_part,
        "facts": [
            {
                "what": entry.label,
                "says": entry.value,
                "valid_from": entry.first,
                "valid_to": entry.last,
                "holds": entry.holds,
                "known_from": entry.known_from,
                "source": entry.source,
            }
            for entry in dossier.entries(dossier.known(subject, seen, contacts=contacts), seen)
        ],
    }


@router.get("/enterprises/{key}/links", response=PartnersOut, url_name="partners")
def links(request: HttpRequest, key: str, as_of: date | None = None) -> dict[str, Any]:
    """The suppliers and customers of one enterprise."""
    subject = queries.enterprise(request.user, key)
    if subject is None or not request.user.has_perm("registry.open", subject):
        raise Http404
    sides = dict(zip(("supplier", "customer"), partners.sides(request.user, subject, queries.view(as_of)), strict=True))
    return {
        "items": [_partner(role, line) for role, side in sides.items() for line in side.lines],
        "not_named": {role: side.hidden for role, side in sides.items()},
    }


def _partner(role: str, line: partners.Partner) -> dict[str, Any]:
    link = line.link
    return {
        "role": role,
        "id": line.subject and line.subject.id_part,
        "name": line.name,
        "parties": link.parties,
        "product": link.product,
        "amount_wan_yuan": line.amount_wan_yuan,
        "share_pct": line.share_pct,
        "since": line.since,
        "basis": link.basis,
        "confidence": link.confidence,
        "simulated": link.simulated,
        "source": link.source,
    }
