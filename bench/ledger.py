"""A million observations from CSV into the ledger, checked and stored, against pandas that checks nothing.

Peers on the same file, the same database file system and the same index: pandas to SQLAlchemy ORM objects, and pandas
``to_sql``. The peers store the cells as they are; ours parses spans, converts units, resolves subjects, compares with
what is known, and keeps the printed text. Run: ``python -m bench.ledger [--rows 1000000] [--without-orm]``.
"""

from __future__ import annotations

import argparse
import gc
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

MONTHS = 84
FIRST_YEAR = 2019
INDICATORS = {
    "gross_output": "万元",
    "operating_revenue": "万元",
    "profit_total": "万元",
    "tax_paid": "万元",
    "receivables": "万元",
    "employees": "人",
    "electricity": "万千瓦时",
    "energy_use": "吨标准煤",
    "rd_expense": "万元",
    "orders_new": "万元",
}
LIMIT_SECONDS = 20.0
TIMES_ORM = 5.0


@contextmanager
def installation(folder: str, *, url: str = "") -> Iterator[None]:
    """An installation of its own with an empty database."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="zhizao.site.settings",
        ZHIZAO_HOME=folder,
        ZHIZAO_PROFILE="test",
        ZHIZAO_SECRET_KEY="only-for-benchmarks-" + "0" * 40,
    )
    if url:
        os.environ["DATABASE_URL"] = url
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    yield


def area_with(firms: int) -> object:
    """An area and its enterprises."""
    from zhizao.base.accounts.administration import create_area
    from zhizao.base.accounts.models import Area
    from zhizao.base.facts.models import Subject

    area = Area.objects.filter(code="990101").first() or create_area(actor=None, code="990101", name="甲区")
    Subject.objects.bulk_create(
        [Subject(key=f"enterprise:{n:06}", kind="enterprise", area=area) for n in range(firms)],
        ignore_conflicts=True,
        batch_size=5_000,
    )
    return area


def observations(rows: int) -> bytes:
    """A file of monthly figures, each known ten days after its month, a tenth of them revised a quarter later."""
    import numpy as np
    import polars as pl

    rng = np.random.default_rng(1)
    firms = max(1, round(rows / 1.1 / MONTHS / len(INDICATORS)))
    frame = (
        pl.DataFrame({"subject": [f"enterprise:{n:06}" for n in range(firms)]})
        .join(pl.DataFrame({"indicator": list(INDICATORS), "unit": list(INDICATORS.values())}), how="cross")
        .join(pl.DataFrame({"month": range(MONTHS)}), how="cross")
    )
    frame = frame.with_columns(
        pl.Series("value", np.round(np.exp(rng.normal(7, 1.5, frame.height)), 2)),
        (pl.col("month") // 12 + FIRST_YEAR).alias("year"),
        (pl.col("month") % 12 + 1).alias("number"),
    ).with_columns((pl.date(pl.col("year"), pl.col("number"), 1)).alias("day"))
    revised = frame.filter(pl.Series(rng.random(frame.height) < 0.1)).with_columns(
        pl.col("value") * 1.01, pl.col("day").dt.offset_by("3mo")
    )
    frame = pl.concat([frame, revised]).select(
        "subject",
        "indicator",
        pl.format("{}-{}", "year", pl.col("number").cast(pl.String).str.zfill(2)).alias("span"),
        pl.lit("enterprise").alias("scope"),
        pl.lit("current").alias("price_basis"),
        pl.col("value").round(2),
        "unit",
        pl.lit("normal").alias("status"),
        pl.lit("月报").alias("source"),
        pl.col("day").dt.offset_by("1mo9d").alias("known_from"),
    )
    return frame.head(rows).write_csv().encode()


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def ours(data: bytes, area: object) -> None:
    from zhizao.apps.ledger import services

    batch, is_new = services.import_file(actor=None, area=area, data=data, name="figures.csv")
    if not is_new or batch.added < 0.9 * batch.rows:
        raise SystemExit("the ledger did not take the file")


def _peer_table(folder: str):
    """An engine over an empty table with our index; durable as ours is."""
    import sqlalchemy as sa
    from sqlalchemy.orm import DeclarativeBase, mapped_column

    class Base(DeclarativeBase):
        pass

    class Row(Base):
        __tablename__ = "observation"
        id = mapped_column(sa.Integer, primary_key=True)
        subject = mapped_column(sa.String)
        indicator = mapped_column(sa.String)
        span = mapped_column(sa.String)
        scope = mapped_column(sa.String)
        price_basis = mapped_column(sa.String)
        value = mapped_column(sa.Float)
        unit = mapped_column(sa.String)
        status = mapped_column(sa.String)
        source = mapped_column(sa.String)
        known_from = mapped_column(sa.String)
        __table_args__ = (sa.Index("at", "subject", "indicator", "scope", "price_basis", "span"),)

    engine = sa.create_engine(f"sqlite:///{folder}/peer-{time.monotonic_ns()}.sqlite3")

    @sa.event.listens_for(engine, "connect")
    def _pragmas(connection, _record) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    Base.metadata.create_all(engine)
    return engine, Row


def orm_objects(path: Path, folder: str) -> None:
    """pandas to ORM objects, added to a session and committed once."""
    import pandas as pd
    from sqlalchemy.orm import Session

    engine, row = _peer_table(folder)
    frame = pd.read_csv(path)
    with Session(engine) as session:
        session.add_all(row(**record) for record in frame.to_dict("records"))
        session.commit()


def to_sql(path: Path, folder: str) -> None:
    """pandas' own way."""
    import pandas as pd

    engine, _row = _peer_table(folder)
    with engine.begin() as connection:
        pd.read_csv(path).to_sql("observation", connection, if_exists="append", index=False, chunksize=50_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--without-orm", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhizao-bench-") as folder, installation(folder):
        data = observations(options.rows)
        path = Path(folder, "figures.csv")
        path.write_bytes(data)
        area = area_with(round(options.rows / 1.1 / MONTHS / len(INDICATORS)) + 1)
        warm = observations(2_000)
        ours(warm, area)
        print(f"{options.rows:,} observations, {len(data) / 1e6:.0f} MB of CSV; wall (CPU) seconds")
        wall, cpu = timed(lambda: ours(data, area))
        print(f"  ledger, checked and stored   {wall:6.1f} ({cpu:.1f})")
        sql_wall, sql_cpu = timed(lambda: to_sql(path, folder))
        print(f"  pandas to_sql, no checks     {sql_wall:6.1f} ({sql_cpu:.1f})   {sql_cpu / cpu:.1f} x")
        passed = cpu <= LIMIT_SECONDS and cpu <= sql_cpu
        if not options.without_orm:
            orm_wall, orm_cpu = timed(lambda: orm_objects(path, folder))
            print(f"  pandas to ORM objects        {orm_wall:6.1f} ({orm_cpu:.1f})   {orm_cpu / cpu:.1f} x")
            passed = passed and orm_cpu >= TIMES_ORM * cpu
        print("reached" if passed else "not reached")
        raise SystemExit(not passed)


if __name__ == "__main__":
    main()
