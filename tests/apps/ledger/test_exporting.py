"""Files of figures: they come in again, they are SDMX, and a past day gives the same bytes for ever."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import pytest

pytestmark = pytest.mark.django_db

FIGURES = (
    "enterprise:a,gross_output,2025-01..05,12.5,亿元,normal,2025-06-08",
    "enterprise:a,profit_total,2025-05,-3.25,万元,provisional,2025-06-08",
    "enterprise:b,gross_output,2025Q1,7,万元,simulated,2025-06-08",
    "enterprise:b,employees,2024,,人,missing,2025-06-08",
)
DAY = dt.date(2025, 6, 30)


def written(kind: str, *, as_of: dt.date | None = None) -> bytes:
    from zhizao.apps.ledger import exporting, queries

    return exporting.write(queries.observations(None, as_of=as_of), kind, as_of=as_of)


def records(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_file_has_the_exact_figures_in_canonical_units(take):
    take(*FIGURES)
    found = [(row["subject"], row["span"], row["value"], row["unit"], row["status"]) for row in records(written("csv"))]
    assert found == [
        ("enterprise:a", "2025-01..05", "125000", "万元", "normal"),
        ("enterprise:a", "2025-05", "-3.25", "万元", "provisional"),
        ("enterprise:b", "2024", "", "人", "missing"),
        ("enterprise:b", "2025Q1", "7", "万元", "simulated"),
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_written_and_taken_in_again_changes_nothing(take, area, kind):
    from zhizao.apps.ledger import services

    take(*FIGURES)
    batch, _is_new = services.import_file(actor=None, area=area, data=written(kind), name=f"a.{kind}")
    assert (batch.rows, batch.added) == (4, 0)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "sdmx-csv", "sdmx-json"])
def test_a_past_day_gives_the_same_bytes_after_revisions(take, kind):
    take(*FIGURES)
    before = written(kind, as_of=DAY)
    take(
        "enterprise:a,gross_output,2025-01..05,13,亿元,normal,2025-07-08",
        "enterprise:c,gross_output,2025-05,1,万元,normal,2025-07-08",
    )
    assert written(kind, as_of=DAY) == before
    assert written(kind) != before


def test_sdmx_csv_begins_with_structure_and_action(take):
    take(*FIGURES)
    rows = records(written("sdmx-csv"))
    # SDMX-CSV 2.0 field guide: STRUCTURE, STRUCTURE_ID, ACTION, then dimensions, measures, attributes
    assert list(rows[0]) == [
        *("STRUCTURE", "STRUCTURE_ID", "ACTION"),
        *("SUBJECT", "INDICATOR", "SCOPE", "PRICE_BASIS", "TIME_PERIOD"),
        *("OBS_VALUE", "UNIT_MEASURE", "OBS_STATUS", "KNOWN_FROM"),
    ]
    assert {(row["STRUCTURE"], row["STRUCTURE_ID"], row["ACTION"]) for row in rows} == {
        ("dataflow", "ZHIZAO:LEDGER(1.0.0)", "I")
    }
    assert [(row["TIME_PERIOD"], row["OBS_STATUS"]) for row in rows] == [
        ("2025-01-01/P5M", "A"),
        ("2025-05", "P"),
        ("2024", "M"),
        ("2025-Q1", "Z"),
    ]


def test_sdmx_json_has_the_parts_that_the_schema_requires(take):
    take(*FIGURES)
    message = json.loads(written("sdmx-json"))
    assert {"id", "prepared", "sender"} <= set(message["meta"])
    (structure,), (data,) = message["data"]["structures"], message["data"]["dataSets"]
    dimensions = structure["dimensions"]["observation"]
    for dimension in dimensions:
        assert {"id", "keyPosition", "values"} <= set(dimension)
        for value in dimension["values"]:  # coded with a name, or a bare value: the schema wants one of the two
            assert ("value" in value) != ({"id", "name"} <= set(value))
    for attribute in structure["attributes"]["observation"]:
        assert {"id", "relationship"} <= set(attribute)
    assert data["links"] and data["action"] == "Information"
    key, observation = next(iter(data["observations"].items()))
    places = [int(place) for place in key.split(":")]
    said = [dimension["values"][place] for dimension, place in zip(dimensions, places, strict=True)]
    assert (said[0]["value"], said[1]["id"], said[4]["value"]) == ("enterprise:a", "gross_output", "2025-01-01/P5M")
    assert observation[0] == 125_000
    missing = [value for value in data["observations"].values() if value[0] is None]
    assert len(missing) == 1


def test_an_empty_selection_is_written_too(db):
    assert records(written("csv")) == []
    assert json.loads(written("sdmx-json"))["data"] == {"structures": [], "dataSets": []}
