"""How good alarms were: each is true or false by what came, and each rule has its score.

An event of an enterprise lasts from month a to month b. It is **found** if the enterprise is called in a, a + 1 or
a + 2. A call is **true** in a to b + 2, where an event still shows, and **false** everywhere else; a month called by
several rules counts once for all of them together. Of each rule

    recall = found / events,        precision = true / calls,
    precision@k = of the k worst calls of each month, the share that is true,
    lead = mean of (a − month of the first call) over the events found: 0 is the month itself, −1 the month after,
    false alarms per 1,000 enterprise-months = 1000 · false / enterprise-months watched.

Source: precision at k and recall as in C. D. Manning, P. Raghavan, H. Schütze, *Introduction to Information
Retrieval*, Cambridge 2008, chapter 8.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.span import Span

WITHIN_MONTHS: Final = 2
"""An event is found if it is called at most so many months after it began."""
ALL: Final = "*"
"""The name under which all rules together are scored."""
_SHOWN: Final = 30


def score(
    alarms: pl.DataFrame,
    truth: pl.DataFrame,
    *,
    k: int = 10,
    enterprise_months: int | None = None,
    since: str | None = None,
) -> pl.DataFrame:
    """Score alarms by what is known to have happened.

    Parameters
    ----------
    alarms : DataFrame
        ``subject``, ``month``, ``rule``, ``score``.
    truth : DataFrame
        ``subject``, ``span`` of each event.
    k : int
        For precision@k.
    enterprise_months : int, optional
        How many were watched; without it the rate of false alarms is unknown.
    since : str, optional
        A month, such as 2021-01; alarms and events that begin earlier are left out.

    Returns
    -------
    DataFrame
        One row a rule and one of all together (``*``): ``rule``, ``alarms``, ``false``, ``precision``,
        ``precision_at_k``, ``events``, ``found``, ``recall``, ``lead_months``, ``false_per_1000``; null is unknown.

    Raises
    ------
    Refused
        ``warning.no_column``, ``warning.bad_span``, ``warning.not_a_number`` with the row.

    Examples
    --------
    >>> alarms = pl.DataFrame({"subject": ["a", "b"], "month": "2025-04", "rule": "r", "score": [3.0, 2.0]})
    >>> truth = pl.DataFrame({"subject": ["a", "c"], "span": ["2025-03", "2025-03"]})
    >>> found = score(alarms, truth, enterprise_months=500).row(0, named=True)
    >>> found["precision"], found["recall"], found["lead_months"], found["false_per_1000"]
    (0.5, 0.5, -1.0, 2.0)
    """
    calls = _with_months(alarms, "month", ("subject", "month", "rule", "score"), "alarms").select(
        "subject", "rule", "score", month="end"
    )
    events = _with_months(truth, "span", ("subject", "span"), "truth").unique(["subject", "start", "end"])
    first = Span.parse(since).start_month if since else 0
    kept = events.filter(pl.col("start") >= first).select("subject", "start").unique(maintain_order=True)
    judged = _judged(calls, events).filter(pl.col("month") >= first)
    rows = [_row(rule, part, kept, k, enterprise_months) for (rule,), part in _by_rule(judged)]
    whole = judged.sort("score", descending=True, nulls_last=True).unique(["subject", "month"], keep="first")
    return pl.DataFrame([*rows, _row(ALL, whole, kept, k, enterprise_months)], infer_schema_length=None)


def _by_rule(judged: pl.DataFrame) -> list[tuple[tuple[object, ...], pl.DataFrame]]:
    return sorted(judged.partition_by("rule", as_dict=True).items(), key=lambda item: str(item[0]))


def _judged(calls: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """The calls with ``is_true``."""
    numbered = calls.with_row_index("call")
    shows = pl.col("month").is_between("start", pl.col("end") + WITHIN_MONTHS)
    true = numbered.join(events.select("subject", "start", "end"), on="subject").filter(shows)["call"].unique()
    return numbered.with_columns(is_true=pl.col("call").is_in(true.to_list()))


def _row(
    rule: object, calls: pl.DataFrame, events: pl.DataFrame, k: int, enterprise_months: int | None
) -> dict[str, object]:
    hits = events.join(calls.select("subject", "month"), on="subject").filter(
        pl.col("month").is_between("start", pl.col("start") + WITHIN_MONTHS)
    )
    first = hits.group_by("subject", "start").agg(pl.col("month").min())
    n, false = len(calls), int((~calls["is_true"]).sum())
    top = calls.filter(pl.col("score").rank("ordinal", descending=True).over("month") <= k)
    lead = (first["start"] - first["month"]).mean()
    return {
        "rule": rule,
        "alarms": n,
        "false": false,
        "precision": None if n == 0 else (n - false) / n,
        "precision_at_k": None if top.is_empty() else top["is_true"].mean(),
        "events": len(events),
        "found": len(first),
        "recall": None if events.is_empty() else len(first) / len(events),
        "lead_months": lead,
        "false_per_1000": None if not enterprise_months else 1000 * false / enterprise_months,
    }


def _with_months(frame: pl.DataFrame, column: str, needed: tuple[str, ...], file: str) -> pl.DataFrame:
    """The rows with ``start`` and ``end``, first and last month, and ``score`` as a number."""
    if missing := [name for name in needed if name not in frame.columns]:
        message, remedy = mark("Column %(column)s is missing."), mark("The table needs the columns %(needed)s.")
        params = {"column": missing[0], "needed": ", ".join(needed)}
        raise Refused(Problem("warning.no_column", message, Place(file=file), remedy, params=params))
    spans: dict[str, Span | None] = {}
    for text in frame[column].cast(pl.String).unique().drop_nulls():
        try:
            spans[text] = Span.parse(text)
        except Refused:
            spans[text] = None
    problems = [
        Problem("warning.bad_span", mark("“%(text)s” is no period."), Place(file, row=row, column=column),
                params={"text": text or ""})
        for row, text in enumerate(frame[column].cast(pl.String), start=2)
        if spans.get(text or "") is None
    ]  # fmt: skip
    if "score" in needed:
        number = frame["score"].cast(pl.String).cast(pl.Float64, strict=False)
        bad = (~number.is_finite()).fill_null(value=True).arg_true().to_list()
        message = mark("“%(text)s” is no finite number.")
        problems += [
            Problem("warning.not_a_number", message, Place(file, row=row + 2, column="score"),
                    params={"text": frame["score"][row] or ""})
            for row in bad
        ]  # fmt: skip
        frame = frame.with_columns(score=number)
    if problems:
        raise Refused(*sorted(problems, key=lambda problem: problem.place.row or 0)[:_SHOWN])
    read = [(text, span.start_month, span.end_month - 1) for text, span in spans.items() if span]
    schema = {column: pl.String, "start": pl.Int64, "end": pl.Int64}
    months = pl.DataFrame(read, schema=schema, orient="row")
    text = pl.col(column).cast(pl.String)
    return frame.with_columns(text, pl.col("subject").cast(pl.String)).join(
        months, on=column, how="left", maintain_order="left"
    )
