"""A page's queries on a ledger of 10 million observations: the 95th percentile, on SQLite or on PostgreSQL.

Each as known on a day looked back to: a year of one enterprise's indicators (its page), one indicator of a sector's
enterprises in one month, that sum month by month over two years, and the sums of all sectors in one month (the page of
an indicator). On a machine that does other work as well CPU seconds count, the database server's among them. Run:
``python -m bench.ledger_queries [--rows 10000000] [--keep FOLDER] [--url postgres://…]``.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median, quantiles

from bench.ledger import FIRST_YEAR, INDICATORS, MONTHS, area_with, installation

LIMITS_MS = {"sqlite": 250.0, "postgresql": 100.0}
SECTORS = 25
ROUNDS = 40
AS_OF = date(2026, 1, 31)


def fill(rows: int) -> None:
    """Observations straight into the tables, as an import leaves them; a tenth are revisions."""
    import polars as pl
    from django.db import connection, transaction

    from zhizao.apps.ledger import bulk, services
    from zhizao.apps.ledger.models import Batch, Indicator, Observation, Origin, Series
    from zhizao.base.accounts.models import Area
    from zhizao.base.facts.models import Membership, Subject

    firms = max(SECTORS, round(rows / 1.1 / MONTHS / len(INDICATORS)))
    area = area_with(firms)
    services.load_indicators()
    assert isinstance(area, Area)
    sectors = Subject.objects.bulk_create(
        [Subject(key=f"sector:{number:02}", kind="sector", area=area) for number in range(SECTORS)]
    )
    members = Subject.objects.filter(kind="enterprise").order_by("pk").values_list("pk", flat=True)
    start = pl.lit("2019-01-01T00:00:00+00:00").str.to_datetime(time_unit="us", time_zone="UTC")
    subjects = pl.DataFrame({"subject_id": list(members)}).with_row_index("n")
    parents = pl.DataFrame({"parent_id": [sector.pk for sector in sectors]}).with_row_index("s")
    tree = subjects.with_columns((pl.col("n") % SECTORS).alias("s")).join(parents, on="s")
    bulk.insert(
        Membership,
        tree.select(
            "subject_id",
            "parent_id",
            pl.lit("sector").alias("tree"),
            start.alias("known_from"),
            pl.lit(0 if connection.vendor == "sqlite" else False).alias("withdrawn"),
            pl.lit("bench").alias("source"),
            pl.lit("").alias("batch"),
        ),
    )
    keys = pl.DataFrame(
        {"indicator_id": list(Indicator.objects.filter(key__in=INDICATORS).values_list("pk", flat=True))}
    )
    words = [pl.lit("enterprise").alias("scope"), pl.lit("current").alias("price_basis")]
    bulk.insert(Series, subjects.select("subject_id").join(keys, how="cross").with_columns(words))
    series = pl.DataFrame({"series_id": list(Series.objects.order_by("pk").values_list("pk", flat=True))})
    batch = Batch.objects.create(area=area, sha256="0" * 64, name="bench", rows=rows, added=rows)
    origin = Origin.objects.create(batch=batch, unit="万元", source="bench")
    for number in range(MONTHS):
        month = FIRST_YEAR * 12 + number
        known = pl.datetime((month + 1) // 12, (month + 1) % 12 + 1, 10, time_unit="us", time_zone="UTC")
        value = (pl.col("series_id") * 7919 % 1_000_003).cast(pl.Int64) * 1_000_000
        part = series.select(
            "series_id",
            pl.lit(month, dtype=pl.Int16).alias("start_month"),
            pl.lit(1, dtype=pl.Int16).alias("months"),
            value.alias("value"),
            pl.lit("1").alias("printed"),
            pl.lit(1, dtype=pl.Int16).alias("status"),
            pl.lit(None, dtype=pl.Int64).alias("before"),
            pl.lit(None, dtype=pl.Int16).alias("before_status"),
            known.alias("known_from"),
            pl.lit(origin.pk).alias("origin_id"),
        )
        revised = part.filter(pl.col("series_id") % 10 == number % 10).with_columns(
            pl.col("value") + 1,
            pl.col("value").alias("before"),
            pl.col("status").alias("before_status"),
            pl.col("known_from").dt.offset_by("3mo"),
        )
        with transaction.atomic():
            bulk.insert(Observation, pl.concat([part, revised]))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def queries_of() -> dict[str, object]:
    """Each query as a function of nothing that takes its subjects by chance."""
    from zhizao.apps.ledger import groups, queries
    from zhizao.apps.ledger.models import Indicator
    from zhizao.apps.ledger.queries import Basis
    from zhizao.base.facts.models import Subject
    from zhizao.base.facts.queries import below
    from zhizao.kernel.span import Span

    chance = random.Random(1)
    firms = list(Subject.objects.filter(kind="enterprise").values_list("pk", flat=True))
    sectors = list(Subject.objects.filter(kind="sector"))
    keys = list(INDICATORS)
    month = Span.of_month(FIRST_YEAR + MONTHS // 12 - 1, 6)
    months = list(Span.from_to(Span.of_year(month.year - 1), Span.of_year(month.year)).each_month())

    def one_subject() -> int:
        rows = queries.observations(
            None, subjects=[chance.choice(firms)], within=Span.of_year(month.year), basis=Basis(), as_of=AS_OF
        )
        return len(rows.values_list("series__indicator__key", "start_month", "months", "value", "status"))

    def one_month_of_a_sector() -> int:
        members = below(chance.choice(sectors), tree="sector", on=month.last_day, as_of=AS_OF)
        rows = queries.observations(
            None, subjects=members, indicators=[chance.choice(keys)], within=month, basis=Basis(), as_of=AS_OF
        )
        return len(rows.values_list("series__subject", "value", "status"))

    def two_years_of_a_sector() -> int:
        found = queries.totals(
            None, chance.choice(sectors), tree="sector", indicator=chance.choice(keys), spans=months, as_of=AS_OF
        )
        return len(found)

    def all_sectors() -> int:
        indicator = Indicator.objects.get(key=chance.choice(keys))
        return len(groups.groups(None, indicator, month, basis=Basis(), as_of=AS_OF))

    return {
        "a year of one enterprise": one_subject,
        "a month of a sector's enterprises": one_month_of_a_sector,
        "a sector's sum over 24 months": two_years_of_a_sector,
        "the sums of all sectors in a month": all_sectors,
    }


def server_cpu() -> float:
    """CPU seconds of the database's own process that serves this connection, if there is one on this machine."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return 0.0
    fields = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--keep", help="folder of the installation, built if it is empty")
    parser.add_argument("--url", default="", help="DATABASE_URL of an empty PostgreSQL database")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhizao-bench-") as temporary:
        folder = options.keep or temporary
        Path(folder).mkdir(parents=True, exist_ok=True)
        with installation(folder, url=options.url):
            from django.db import connection

            from zhizao.apps.ledger.models import Observation

            if not Observation.objects.exists():
                begin = time.perf_counter()
                fill(options.rows)
                print(f"built in {time.perf_counter() - begin:.0f} s")
            limit = LIMITS_MS[connection.vendor]
            print(f"{Observation.objects.count():,} observations on {connection.vendor}; p95 at most {limit:.0f} ms")
            passed = True
            for name, query in queries_of().items():
                query()
                wall, cpu, server = [], [], server_cpu()
                for _ in range(ROUNDS):
                    begin, used = time.perf_counter(), time.process_time()
                    rows = query()
                    cpu.append((time.process_time() - used) * 1000)
                    wall.append((time.perf_counter() - begin) * 1000)
                server = (server_cpu() - server) / ROUNDS * 1000  # its clock ticks are too coarse for one query
                p95, busy = quantiles(wall, n=20)[-1], quantiles(cpu, n=20)[-1] + server
                passed = passed and busy <= limit
                print(f"  {name:<36}{rows:6} rows   p50 {median(wall):6.1f} p95 {p95:6.1f} ms", end="")
                print(f"   CPU p95 {busy:6.1f} ms, of it the server's (mean) {server:6.1f} ms")
            print("reached" if passed else "not reached")
            raise SystemExit(not passed)


if __name__ == "__main__":
    main()
