"""Checked observations into the ledger: in one transaction, and what is known already changes nothing.

A row is new if, at the instant from which it is known, its figure (value and status) is not what the ledger knew
already. A row for an instant before the last that the ledger knows of the same figure is refused, for it would change
what reports of that time said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl
from django.db import transaction

from zhizao.apps.ledger import bulk
from zhizao.apps.ledger.models import Batch, Observation, Origin, Series, Status
from zhizao.apps.ledger.problems import Problems
from zhizao.base.audit import services as audit
from zhizao.base.jobs.problems import to_json
from zhizao.kernel.result import Severity, mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhizao.apps.ledger.services import Act

SERIES: Final = ("subject_id", "indicator_id", "scope", "price_basis")
SPAN: Final = ("series_id", "start_month", "months")
INSTANT: Final = pl.Datetime("us", "UTC")
_SAID: Final = {
    "series_id": pl.Int64,
    "start_month": pl.Int16,
    "months": pl.Int16,
    "value": pl.Int64,
    "status": pl.Int16,
    "known_from": INSTANT,
    "id": pl.Int64,
}


@transaction.atomic
def store(
    frame: pl.DataFrame, problems: Problems, *, act: Act, definitions: Mapping[str, Mapping[str, Any]]
) -> tuple[Batch, bool]:
    """Store what ``checking.check`` gave; returns the import, and whether it is new (the same file is known).

    Raises
    ------
    Refused
        With every problem of the file; nothing is stored then.
    """
    bulk.hold(Batch._meta.db_table)
    if (known := Batch.objects.filter(area=act.area, sha256=act.sha256).first()) is not None:
        return known, False
    if problems.refuses:
        raise problems.refused()
    frame, fresh = _with_series(frame)
    said = _said(frame.filter(~pl.col("series_id").is_in(fresh.implode())))
    new = _new(frame, said, problems)
    _steps(new, said, definitions, problems)
    _slips(new, said, problems)
    _backdated(new, act, problems)
    if problems.refuses:
        raise problems.refused()
    batch = Batch.objects.create(
        area=act.area,
        sha256=act.sha256,
        name=act.name,
        made_by=act.actor,
        rows=frame.height,
        added=new.height,
        warnings=[to_json(problem) for problem in problems.warnings()],
    )
    bulk.insert(
        Observation,
        _with_origin(new, batch).select(
            *SPAN, "value", "printed", "status", "before", "before_status", "known_from", "origin_id"
        ),
    )
    audit.record(
        actor=act.actor,
        action="ledger.batch.store",
        target=batch,
        area=act.area,
        details={"sha256": act.sha256, "rows": frame.height, "added": new.height},
    )
    return batch, True


def _with_series(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """The rows with the key of their series, which is made if it is new, and the keys of those made."""
    wanted = frame.select(SERIES).unique()
    there = _series(wanted["subject_id"].unique())
    lacking = wanted.join(there, on=SERIES, how="anti").sort(SERIES)
    if not lacking.is_empty():
        bulk.insert(Series, lacking)
        known, there = there, _series(wanted["subject_id"].unique())
        made = there.join(known, on=SERIES, how="anti")["id"]
    else:
        made = pl.Series("id", [], dtype=pl.Int64)
    return frame.join(there.rename({"id": "series_id"}), on=SERIES, how="left", maintain_order="left"), made


def _series(subjects: pl.Series) -> pl.DataFrame:
    schema = {"id": pl.Int64, "subject_id": pl.Int64, "indicator_id": pl.Int64, "scope": pl.String}
    schema["price_basis"] = pl.String
    parts = [
        bulk.frame_of(Series.objects.filter(subject_id__in=part), schema) for part in bulk.chunks(subjects.to_list())
    ]
    return pl.concat(parts)


def _said(frame: pl.DataFrame) -> pl.DataFrame:
    """What the ledger has of the series of these rows, over the years that they are about and the one before."""
    if frame.is_empty():
        return pl.DataFrame(schema=_SAID)
    first = int(frame["start_month"].min()) // 12 * 12 - 12  # type: ignore[arg-type]
    last = int(frame["start_month"].max())  # type: ignore[arg-type]
    near = Observation.objects.filter(start_month__gte=first, start_month__lte=last)
    parts = [
        bulk.frame_of(near.filter(series_id__in=part), _SAID)
        for part in bulk.chunks(frame["series_id"].unique().sort().to_list())
    ]
    return pl.concat(parts)


def _new(frame: pl.DataFrame, said: pl.DataFrame, problems: Problems) -> pl.DataFrame:
    """The rows that say what was not known at their instant, with what was known before."""
    newest = said.group_by(SPAN).agg(pl.col("known_from").max().alias("newest"))
    known = said.select(*SPAN, "value", "status", "known_from", pl.lit(0, dtype=pl.UInt32).alias("row"), "id")
    rows = frame.select(*SPAN, "value", "status", "known_from", "row", pl.lit(None, dtype=pl.Int64).alias("id"))
    # stable: the ledger's own rows come first, in the order of their keys
    line = pl.concat([known.sort("id"), rows]).sort([*SPAN, "known_from"], maintain_order=True)
    # the rows of one figure stand together now: each is compared with the one before it
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in (*SPAN, "value", "status"))
    first = ~pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in SPAN).fill_null(value=False)
    before = (
        pl.when(~first).then(pl.col(name).shift()).alias(target)
        for name, target in (("value", "before"), ("status", "before_status"))
    )
    differs = line.with_columns(*before, (~same).alias("differs")).filter(pl.col("id").is_null() & pl.col("differs"))
    new = frame.join(differs.select("row", "before", "before_status"), on="row", how="inner", maintain_order="left")
    late = new.join(newest, on=SPAN).filter(pl.col("known_from") <= pl.col("newest"))
    problems.add(
        "known_before",
        "known_from",
        late.select("row", pl.col("newest").dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m-%d").alias("day")),
        mark("The ledger has a figure known from %(day)s; an earlier one would change what was reported then."),
        mark("Say when this figure became known, or leave the cell empty for now."),
    )
    return new


def _steps(
    new: pl.DataFrame, said: pl.DataFrame, definitions: Mapping[str, Mapping[str, Any]], problems: Problems
) -> None:
    """A figure of the year to date below the one before it, by what each is last known to be."""
    rules = {key: item["step_down"] for key, item in definitions.items() if item["step_down"] != "none"}
    cumulative = (pl.col("start_month") % 12 == 0) & (pl.col("months") <= 12) & pl.col("value").is_not_null()
    rows = new.filter(pl.col("indicator").is_in(list(rules)))
    wanted = rows.select("series_id").unique()
    columns = [*SPAN, "value", "known_from"]
    line = pl.concat(
        [
            said.join(wanted, on="series_id", how="semi").sort("id").select(*columns, row=pl.lit(0, dtype=pl.UInt32)),
            rows.select(*columns, "row"),
        ]
    )
    line = line.filter(cumulative).sort([*SPAN, "known_from"], maintain_order=True)
    superseded = pl.all_horizontal(pl.col(name) == pl.col(name).shift(-1) for name in SPAN)
    line = line.filter(~superseded.fill_null(value=False))
    same_year = pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in ("series_id", "start_month"))
    before = line.with_columns(pl.col("value").shift().alias("before"), pl.col("row").shift().alias("before_row"))
    falls = before.filter(same_year & (pl.col("value") < pl.col("before")))
    # the row at fault is the file's: the one that falls, or the one before it that was raised above it
    falls = falls.with_columns(pl.when(pl.col("row") > 0).then("row").otherwise("before_row").alias("row"))
    told = (
        falls.filter(pl.col("row") > 0)
        .select("row", "value", "before")
        .join(rows.select("row", "indicator", "status"), on="row")
        .unique("row")
        .with_columns((pl.col("before", "value") / 1_000_000).cast(pl.String))
    )
    refused = [key for key, rule in rules.items() if rule == "error"]
    # a simulated economy slips in its units as people do, and nobody can be asked
    refuses = pl.col("indicator").is_in(refused) & (pl.col("status") != int(Status.SIMULATED))
    for which, severity in ((refuses, Severity.ERROR), (~refuses, Severity.WARNING)):
        problems.add(
            "year_to_date_falls",
            "value",
            told.filter(which).select("row", "value", "before", "indicator"),
            mark("%(indicator)s falls within the year: %(value)s after %(before)s to the month before."),
            mark("Give figures of the year to date; correct the earlier month if it was too high."),
            severity=severity,
        )


def _slips(new: pl.DataFrame, said: pl.DataFrame, problems: Problems) -> None:
    """Figures that are probably in another unit than the subject's own before and after, moved as its peers did."""
    from zhizao.engines.statistics import unit_slips

    columns = [*SPAN, "value", "known_from"]
    named = new.select("series_id", "indicator").unique()
    line = pl.concat(
        [
            said.join(named, on="series_id", how="semi").select(*columns, row=pl.lit(0, dtype=pl.UInt32)),
            new.select(*columns, "row"),
        ]
    )
    last = line.sort("known_from", maintain_order=True).unique(SPAN, keep="last").join(named, on="series_id")
    found = unit_slips(last, by=["series_id"], peers=["indicator"]).filter(pl.col("row") > 0)
    times = pl.when(pl.col("factor") > 1).then("factor").otherwise(1 / pl.col("factor")).round().cast(pl.Int64)
    for is_large, message in (
        (
            True,
            mark("%(indicator)s is probably %(times)s times too large: %(proposed)s would fit what stands around it."),
        ),
        (
            False,
            mark("%(indicator)s is probably %(times)s times too small: %(proposed)s would fit what stands around it."),
        ),
    ):
        problems.add(
            "unit_slip",
            "unit",
            found.filter((pl.col("factor") > 1) == is_large).select(
                "row", "indicator", times.alias("times"), (pl.col("proposed") / 1_000_000).cast(pl.String)
            ),
            message,
            mark("Compare the unit with that of the other months; if it is right, there is nothing to do."),
            severity=Severity.WARNING,
        )


def _backdated(new: pl.DataFrame, act: Act, problems: Problems) -> None:
    """First figures known from before the last import: a sheet of a day between has more rows from now on.

    A history must be loadable, so this is the file's to say; it is told once, and the warning stays with the import.
    """
    last = Batch.objects.filter(area=act.area).order_by("-made_at").values_list("made_at", flat=True).first()
    first = new.filter(pl.col("before_status").is_null())
    earlier = first.filter(pl.col("known_from") < last) if last is not None else first.clear()
    day = pl.col("known_from").min().dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m-%d")
    told = earlier.select(pl.col("row").min(), day.alias("day"), pl.len().alias("count")) if earlier.height else earlier
    problems.add(
        "backdated",
        "known_from",
        told,
        mark("%(count)s figures are new and said to be known from %(day)s on: sheets of days since then get them too."),
        mark("Nothing to do, if a history is loaded; leave the cell empty for what is known only now."),
        severity=Severity.WARNING,
    )


def _with_origin(new: pl.DataFrame, batch: Batch) -> pl.DataFrame:
    """The rows with the key of what they share."""
    distinct = new.select("unit", "source").unique().sort("unit", "source")
    origins = Origin.objects.bulk_create(
        [Origin(batch=batch, unit=unit, source=source) for unit, source in distinct.iter_rows()]
    )
    keys = distinct.with_columns(pl.Series("origin_id", [origin.pk for origin in origins], dtype=pl.Int64))
    return new.join(keys, on=["unit", "source"], how="left", maintain_order="left")
