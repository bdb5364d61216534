"""A plan pack into the installation from the command line or the demonstration, where nobody is signed in."""

from __future__ import annotations

from importlib.resources.abc import Traversable
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from zhizao.apps.plan import services
from zhizao.apps.plan.models import PlanVersion
from zhizao.base.accounts.administration import create_area
from zhizao.base.accounts.models import Area
from zhizao.kernel.result import Place, Problem, Refused, mark


@transaction.atomic
def install(*, path: Path | Traversable, area_code: str = "", publish: bool = False) -> PlanVersion:
    """Take in a pack, into the area that it names or into another; the area is made if it is new.

    The same pack again changes nothing. A published plan is known from the day on which its document was issued.

    Raises
    ------
    Refused : the pack is not whole, or names no area and none is given.
    """
    from zhizao.engines.planlint import read_pack  # polars is heavy: only where a plan is read

    region = read_pack(path).meta["region"] or {}
    code = area_code or region.get("code") or ""
    if not code:
        raise Refused(
            Problem(
                "plan.no_area",
                mark("The pack names no area by a code of GB/T 2260."),
                place=Place(file=path.name),
                remedy=mark("Say which with --area CODE."),
            )
        )
    area = Area.objects.filter(code=code).first()
    area = area or create_area(actor=None, code=code, name=region.get("name") or code)
    version = services.import_pack(actor=None, area=area, path=path)
    if publish and version.is_draft:
        issued = version.plan.issued_on
        first = version.number == 1 and issued is not None
        known_from = services.start_of(issued) if first else None
        reason = "" if version.number == 1 else _("Loaded from a plan pack")
        version = services.publish_version(actor=None, version=version, reason=reason, known_from=known_from)
    return version
