"""Links of suppliers and buyers taken in at once, whole or not at all; what already is so is not stated again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from zhizao.apps.registry import link_sheet, queries
from zhizao.apps.registry.importing import Imported, Known, batch_of
from zhizao.apps.registry.link_sheet import OUTSIDE, OUTSIDE_IN
from zhizao.apps.registry.services import allow, named
from zhizao.base.accounts.models import Area
from zhizao.base.audit.services import record
from zhizao.base.events.services import publish
from zhizao.base.facts import services as facts
from zhizao.base.facts.models import Link, Name, Subject
from zhizao.kernel.names import stable_id
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.apps.registry.sheet import Row
    from zhizao.base.accounts.models import User


def outside(area: Area) -> Subject:
    """All that lies outside of an area, as one supplier and one buyer."""
    return named(facts.subject(kind=Subject.Kind.AREA, id_part=f"{area.code}{queries.OUTSIDE}", area=area), OUTSIDE)


def outside_in(area: Area, region: str) -> Subject:
    """All that lies in a region outside of an area, known by its name."""
    path = f"{Subject.Kind.AREA}:{area.code}."
    known = Name.objects.filter(text=region, subject__key__startswith=path, subject__key__endswith=queries.OUTSIDE)
    if (there := known.select_related("subject").order_by("pk").first()) is not None:
        return there.subject
    part = f"{area.code}.{stable_id(region)}{queries.OUTSIDE}"
    return named(facts.subject(kind=Subject.Kind.AREA, id_part=part, area=area), region)


@transaction.atomic
def take_in(*, actor: User | None, area: Area, data: bytes, file: str, simulated: bool = False) -> Imported:
    """Take in links from an xlsx or CSV file; both ends stand in the register, or are 区外 (in a region: 区外：X).

    Raises
    ------
    Refused : with every problem found; nothing has changed.
    """
    allow(actor, "registry.edit", area)
    rows = link_sheet.read(data, file=file)
    return take_rows(actor=actor, area=area, rows=rows, source=file, batch=batch_of(data), simulated=simulated)


@transaction.atomic
def take_rows(
    *, actor: User | None, area: Area, rows: Sequence[Row], source: str, batch: str, simulated: bool = False
) -> Imported:
    """``take_in`` for rows that have been read and checked."""
    allow(actor, "registry.edit", area)
    area = Area.objects.select_for_update().get(pk=area.pk)
    if Link.objects.filter(batch=batch, subject__area__path__startswith=area.path).exists():
        return Imported(len(rows), 0, 0, 0)  # the same file again would lay its amounts over later ones
    ends = _ends(rows, Known(area))
    links = [
        Link(
            subject=supplier,
            buyer=buyer,
            product=row.cells["product"] or "",
            yearly_amount_fen=row.cells["fen"],
            share_ppm=row.cells["ppm"],
            parties=row.cells["parties"] or (None if Subject.Kind.AREA in (supplier.kind, buyer.kind) else 1),
            basis=row.cells["basis"],
            confidence=row.cells["confidence"],
            simulated=simulated or bool(row.cells["simulated"]),
            valid_from=row.cells["valid_from"],
            valid_to=row.cells["valid_to"],
            source=row.cells["source"] or source,
            batch=batch,
        )
        for row, (supplier, buyer) in zip(rows, ends, strict=True)
    ]
    added = facts.state(sorted(links, key=lambda link: link.valid_from))  # a later amount over an earlier one
    found = Imported(len(rows), 0, len({link.subject_id for link in added}), len(added))
    if added:
        said = {"file": source, "batch": batch, "links": len(added)}
        record(actor=actor, action="registry.import_links", target=area, area=area, details=said)
        publish(name="registry.links_imported", area=area, subject=f"area:{area.code}", payload=said)
    return found


def _ends(rows: Sequence[Row], known: Known) -> list[tuple[Subject, Subject]]:
    """Supplier and buyer of each row; refuses rows with an end that is not, or not alone, in the register."""
    problems: list[Problem] = []
    found = []
    beyond: dict[str, Subject] = {OUTSIDE: outside(known.area)}
    for row in rows:
        supplier, buyer = (_end(row, column, known, beyond, problems) for column in ("supplier", "buyer"))
        if supplier is None or buyer is None:
            continue
        if supplier == buyer:
            problems.append(
                Problem(
                    "registry.link_to_itself",
                    mark("Supplier and buyer are one."),
                    row.at("buyer"),
                    mark("A link leads from one enterprise to another, or to 区外."),
                )
            )
        found.append((supplier, buyer))
    if problems:
        raise Refused(*problems[:200])
    return found


def _end(row: Row, column: str, known: Known, beyond: dict[str, Subject], problems: list[Problem]) -> Subject | None:
    text = row.cells[column]
    if text.startswith(OUTSIDE_IN) and text not in beyond and (region := text.removeprefix(OUTSIDE_IN).strip()):
        beyond[text] = outside_in(known.area, region)
    if text in beyond:
        return beyond[text]
    called = known.called(text)
    if len(called) == 1:
        return called[0]
    if called:
        message = mark("%(count)s enterprises bear or bore the name “%(name)s”.")
        remedy = mark("Write the id of the one that is meant.")
    else:
        message = mark("“%(name)s” is not in the register of this area.")
        remedy = mark("Enter it in the register first, or write 区外 for those outside, 区外：X for those in X.")
    problems.append(
        Problem("registry.link_end", message, row.at(column), remedy, params={"name": text, "count": len(called)})
    )
    return None
