"""Sections 1 to 3 of a brief: the whole, by sector, and the enterprises that explain the movement.

Growth is of the same enterprises (``engines.statistics.growth``). A part's contribution is 100 (y − b) / Σ b, points of
the growth of all with both figures; contributions add up to that growth. An enterprise of a sector that a public table
must hide (too few contributors, or one that dominates) makes the sector's row one that only the full brief shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from zhizao.apps.cockpit import disclosing
from zhizao.apps.cockpit.book import Asked, Book, Row, called, fact, text
from zhizao.apps.cockpit.sampling import BASIS, Sample, known, sample, subject_keys
from zhizao.apps.ledger import queries as ledger
from zhizao.apps.ledger.figures import Reference
from zhizao.apps.ledger.queries import exact
from zhizao.base.evidence import canonical
from zhizao.base.facts import queries as facts
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    import polars as pl

    from zhizao.apps.cockpit.template import Template
    from zhizao.engines.statistics import Decomposition

Indicators = Mapping[str, Any]
NO_SECTOR = ("未归行业", "in no sector")
_LEAST_POINTS = Decimal("0.05")  # what rounds to a tenth


def write(book: Book, asked: Asked, template: Template) -> None:
    """All that is said of the region's output, its sectors and its enterprises."""
    indicators = {item.key: item for item in ledger.indicators() if item.key in template.indicators}
    kinds = {key: item.kind for key, item in indicators.items()}
    spans = {"ytd": asked.to_date}
    if asked.month != asked.to_date:
        spans["month"] = asked.month
    lead = template.lead
    samples: dict[str, Sample] = {}
    for name, span in spans.items():
        of_span = samples[name] = sample(asked, kinds, span)
        book.inputs[name] = of_span.sha256
        _overall(book, asked, indicators, of_span, name, span, least_points=template.data["doubtful_points"])
        if name == "ytd":
            book.lists["doubtful"] = _doubtful(book, of_span, template.data["doubtful_points"])
            if lead in indicators:
                _parts(book, asked, indicators[lead], of_span)
    _open_to_all(book, asked, indicators, samples)
    if "month" not in spans:
        book.facts["joint"] = fact("flag", value=True)
    _margin(book)
    if lead in indicators:
        _revised(book, asked, indicators[lead])
    _preliminary(book, asked, [*indicators])


def _overall(
    book: Book, asked: Asked, indicators: Indicators, of_span: Sample, name: str, span: Span, *, least_points: int
) -> None:
    from zhizao.engines.statistics import decompose

    found = {str(key): growth for (key,), growth in decompose(of_span.frame, by=["indicator"]).items()}
    area = ledger.subjects(None).filter(key=f"area:{asked.area.code}").first()
    below = facts.below(area, tree="area", on=span.last_day, as_of=asked.as_of) if area and name == "ytd" else set()
    rows: list[Row] = []
    starred: list[Row] = []
    for key, item in indicators.items():
        growth = found.get(key)
        if growth is None or not growth.enterprises:
            continue
        # the drawer adds up what belongs to the area's tree: only where that is the same is it the better place
        in_tree = area and below.issuperset(_with_value(of_span, key))
        reference = str(Reference(area.key, key, span, BASIS, "area")) if area and in_tree else ""
        source = book.source(
            f"{key}.{name}",
            "figures",
            name=item.name,
            en=item.name_en,
            span=str(span),
            rows=growth.enterprises,
            evidence=reference,
        )
        about = {"source": source, "simulated": key in of_span.simulated, "name": item.name}
        total = exact(growth.value + growth.value_without_base)
        facts_of = {
            "value": fact("amount", total, unit=item.unit, evidence=reference, **about),
            "growth": fact("change", percent(growth.comparable_pct), unit="%", **about),
            "raw": fact("change", percent(growth.raw_pct), unit="%", **about),
            "entry": fact("points", percent(growth.entry_points), unit="百分点", **about),
            "exit": fact("points", percent(growth.exit_points), unit="百分点", **about),
            "missing": fact("points", percent(growth.missing_points), unit="百分点", **about),
            "revision": fact("points", percent(growth.revision_points), unit="百分点", **about),
            "reported": fact("count", growth.enterprises, unit="家", **about),
            "late": fact("count", growth.missing, unit="家", **about),
            "expected": fact("count", growth.enterprises + growth.missing, unit="家", **about),
        }
        book.facts |= {f"{key}.{name}.{what}": said for what, said in facts_of.items()}
        if growth.revision_points is not None and abs(growth.revision_points) >= least_points:
            facts_of["raw"]["doubtful"] = True  # what was published a year before has turned out to be another figure
            starred.append({"name": text(item.name, item.name_en)})
        rows.append({"name": text(item.name, item.name_en)} | {k: facts_of[k] for k in ("value", "growth", "raw")})
        if name == "ytd":
            book.facts[f"{key}.sums"] = fact("sums", [growth.value, growth.base])
    book.lists[name] = rows
    if name == "ytd":
        book.lists["rebased"] = starred


def _with_value(of_span: Sample, key: str) -> list[int]:
    """Who has a figure of an indicator."""
    import polars as pl

    found: list[int] = of_span.frame.filter(indicator=key).filter(pl.col("value").is_not_null())["subject"].to_list()
    return found


def _doubtful(book: Book, of_span: Sample, least_points: int) -> list[Row]:
    """The indicators of which one enterprise makes more of the growth than all others together."""
    found = []
    for row in book.lists["ytd"]:
        key = row["value"]["source"].partition(".")[0]
        moves = [
            (value - before, before)
            for indicator, _pk, _in, value, now, then in of_span.frame.iter_rows()
            if indicator == key and value is not None and (before := now if now is not None else then) is not None
        ]
        base, total = sum(before for _move, before in moves), sum(move for move, _before in moves)
        most = max((move for move, _before in moves), key=abs, default=0)
        if base <= 0 or len(moves) < 2:
            continue
        points = Fraction(100 * most, base)
        if abs(points) >= least_points and abs(most) > abs(total - most):
            about = {"source": row["growth"]["source"], "simulated": row["growth"].get("simulated", False)}
            row["growth"]["doubtful"] = True
            found.append(row | {"points": fact("points", percent(points), unit="百分点", **about)})
    return found


def percent(value: Fraction | None) -> Decimal | None:
    """A rate with one decimal more than is shown."""
    return None if value is None else (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.01"))


def _parts(book: Book, asked: Asked, item: Any, of_span: Sample) -> None:
    """The sectors and the enterprises of the leading indicator."""
    import polars as pl

    from zhizao.engines.statistics import decompose

    frame = of_span.frame.filter(pl.col("indicator") == item.key)
    pks, on = frame["subject"].to_list(), asked.to_date.last_day
    parents = facts.parents(pks, tree="sector", on=on, as_of=asked.as_of)
    groups = {pk: of[0].key for pk, of in parents.items()}
    called = facts.names({of[0].pk for of in parents.values()}, on=on, as_of=asked.as_of)
    names = {of[0].key: called.get(of[0].pk, of[0].id_part) for of in parents.values()}
    grouped = frame.with_columns(pl.Series("group", [groups.get(pk, "") for pk in pks], dtype=pl.String))
    both = grouped.filter(pl.col("value").is_not_null() & pl.coalesce("base_now", "base_then").is_not_null())
    base = int(both.select(pl.coalesce("base_now", "base_then").cast(pl.Int128).sum()).item() or 0)
    simulated = item.key in of_span.simulated
    open_to_all = _open_sectors(grouped, item)
    rows = []
    for (key,), growth in decompose(grouped, by=["group"]).items():
        rows.append(_sector(book, asked, item, str(key), names, growth, base=base, simulated=simulated))
        rows[-1]["public"] = fact("flag", str(key) in open_to_all)
    book.lists["sectors"] = sorted(rows, key=_by_points)
    _pulled_and_dragged(book, item, "sectors", ("pulled", "dragged"))
    book.lists["enterprises"] = _enterprises(asked, item, both, base=base, simulated=simulated, book=book)
    _pulled_and_dragged(book, item, "enterprises", ("firms_up", "firms_down"))


def _open_sectors(grouped: pl.DataFrame, item: Any) -> set[str]:
    """The sectors that a public table may show, by themselves and beside the year before."""
    shown = disclosing.open_groups(grouped, item) - {"*"}
    parts = {str(key): part for (key,), part in grouped.partition_by("group", as_dict=True).items()}
    sizes = {key: int(part["value"].sum() or 0) for key, part in parts.items()}
    of = disclosing.limits()
    telling = [key for key, part in parts.items() if disclosing.tells_by_year(part, of)]
    return shown - disclosing.hidden(shown, telling, sizes)


def _open_to_all(book: Book, asked: Asked, indicators: Indicators, samples: Mapping[str, Sample]) -> None:
    """Which indicators the public version may tell of, from January on and of the month."""
    import polars as pl

    before: Mapping[tuple[str, int], int | None] = {}
    if asked.to_date.months > 2:
        earlier = Span(asked.to_date.start_month, asked.to_date.months - 1)
        before = known(asked, {key: item.kind for key, item in indicators.items()}, earlier, asked.as_of)
    of = disclosing.limits()
    for key, item in indicators.items():
        frames = {name: one.frame.filter(pl.col("indicator") == key) for name, one in samples.items()}
        now = dict(frames["ytd"].select("subject", "value").iter_rows())
        then = {pk: value for (name, pk), value in before.items() if name == key}
        for name, frame in frames.items():
            whole = frame.with_columns(pl.lit("all").alias("group"))
            is_open = "*" in disclosing.open_groups(whole, item) and not disclosing.tells_by_year(frame, of)
            if item.kind == "stock" and then:
                is_open = is_open and not disclosing.stock_tells(now, then, of)
            if name == "month":
                is_open = is_open and not disclosing.tells_by_month(now, then, of)
            book.facts[f"{key}.{name}.public"] = fact("flag", value=is_open)


def _sector(
    book: Book,
    asked: Asked,
    item: Any,
    key: str,
    names: Mapping[str, str],
    growth: Decomposition,
    *,
    base: int,
    simulated: bool,
) -> Row:
    reference = str(Reference(key, item.key, asked.to_date, BASIS, "sector")) if key else ""
    name = names.get(key, NO_SECTOR[0])
    source = book.source(
        f"{item.key}.ytd.{key or 'none'}",
        "sector",
        name=item.name,
        en=item.name_en,
        of=name,
        span=str(asked.to_date),
        rows=growth.enterprises,
        evidence=reference,
    )
    about = {"source": source, "simulated": simulated, "name": name}
    total = exact(growth.value + growth.value_without_base) if growth.enterprises else None
    points = percent(Fraction(100 * (growth.value - growth.base), base)) if base > 0 else None
    return {
        "name": text(name, "" if key else NO_SECTOR[1]),
        "value": fact("amount", total, unit=item.unit, evidence=reference, **about),
        "growth": fact("change", percent(growth.comparable_pct), unit="%", **about),
        "points": fact("points", points, unit="百分点", **about),
        "reported": fact("count", growth.enterprises, unit="家", **about),
        "late": fact("count", growth.missing, unit="家", **about),
    }


def _enterprises(
    asked: Asked, item: Any, both: pl.DataFrame, *, base: int, simulated: bool, book: Book, most: int = 5
) -> list[Row]:
    """The enterprises that add and take most, in points of the growth of all."""
    if base <= 0:
        return []
    moves = sorted(
        (
            (
                Fraction(100 * (value - (now if now is not None else then)), base),
                pk,
                value,
                now if now is not None else then,
            )
            for pk, value, now, then in both.select("subject", "value", "base_now", "base_then").iter_rows()
        ),
        key=lambda move: (-move[0], move[1]),
    )
    shown = [move for move in moves[:most] if move[0] > 0] + [move for move in moves[-most:] if move[0] < 0]
    pks = [pk for _points, pk, *_rest in shown]
    names = facts.names(pks, on=asked.to_date.last_day, as_of=asked.as_of)
    keys = dict(ledger.subjects(None).filter(pk__in=pks).values_list("pk", "key"))
    found = []
    for points, pk, value, before in shown:
        named = called(names.get(pk), keys[pk])
        name = named["value"]
        reference = str(Reference(keys[pk], item.key, asked.to_date, BASIS))
        source = book.source(
            f"{item.key}.ytd.{keys[pk]}",
            "enterprise",
            name=item.name,
            en=item.name_en,
            of=name,
            span=str(asked.to_date),
            rows=1,
            evidence=reference,
        )
        about = {"source": source, "simulated": simulated, "name": name}
        found.append(
            {
                "name": named,
                "value": fact("amount", exact(value), unit=item.unit, evidence=reference, **about),
                "growth": fact(
                    "change",
                    percent(Fraction(100 * (value - before), before)) if before > 0 else None,
                    unit="%",
                    **about,
                ),
                "points": fact("points", percent(points), unit="百分点", **about),
            }
        )
    return found


def _by_points(row: Row) -> tuple[bool, Decimal, str]:
    value = row["points"]["value"]
    return value is None, -Decimal(value or 0), str(row["name"]["value"])


def _pulled_and_dragged(book: Book, item: Any, of: str, names: Sequence[str], most: int = 3) -> None:
    """The first and the last few of a list, by their points; who makes nothing of a tenth of a point does neither."""
    told = [row for row in book.lists[of] if row["points"]["value"] is not None]
    up = [row for row in told if Decimal(row["points"]["value"]) >= _LEAST_POINTS]
    down = [row for row in reversed(told) if Decimal(row["points"]["value"]) <= -_LEAST_POINTS]
    book.lists[names[0]], book.lists[names[1]] = up[:most], down[:most]
    source = f"{item.key}.ytd" if f"{item.key}.ytd" in book.sources else ""
    for name, rows in zip((*names, of), (up, down, told), strict=True):
        book.facts[f"{name}.count"] = fact("count", len(rows), unit="个", source=source)


def _margin(book: Book) -> None:
    """Profit of revenue, and its change among the enterprises that have both years."""
    profit, revenue = book.facts.get("profit_total.sums"), book.facts.get("operating_revenue.sums")
    for key in [key for key in book.facts if key.endswith(".sums")]:
        del book.facts[key]
    if profit is None or revenue is None or min(revenue["value"]) <= 0:
        return
    now, before = (Fraction(100 * p, r) for p, r in zip(profit["value"], revenue["value"], strict=True))
    of = book.facts["profit_total.ytd.value"]
    about = {"source": of["source"], "simulated": of.get("simulated", False)}
    book.facts["margin"] = fact("share", percent(now), unit="%", **about)
    book.facts["margin.change"] = fact("points", percent(now - before), unit="百分点", **about)


def _revised(book: Book, asked: Asked, item: Any) -> None:
    """By how much the figure of the month before has changed since the brief before this one could be written."""
    if asked.to_date.months < 3:  # January and February come as one: there is none before
        return
    span = Span(asked.to_date.start_month, asked.to_date.months - 1)
    now, then = (known(asked, {item.key: item.kind}, span, day) for day in (asked.as_of, asked.before))
    pairs = [pair for pair in now.keys() & then.keys() if now[pair] is not None and then[pair] is not None]
    changed = [pair for pair in pairs if now[pair] != then[pair]]
    moved = sum((now[pair] or 0) - (then[pair] or 0) for pair in changed)
    keys = subject_keys(pk for _key, pk in pairs)
    book.inputs["revised"] = canonical.sha256(sorted([key, keys[pk], now[key, pk], then[key, pk]] for key, pk in pairs))
    source = book.source(
        "revised", "revised", name=item.name, en=item.name_en, span=str(span), rows=len(pairs), since=str(asked.before)
    )
    about = {"source": source, "simulated": bool(now.simulated)}
    book.facts["revised.count"] = fact("count", len(changed), unit="家", **about)
    book.facts["revised.by"] = fact("rise", exact(moved), unit=item.unit, **about)
    book.facts["revised.added"] = fact("count", len(now.keys() - then.keys()), unit="家", **about)
    book.facts["revised.span"] = fact("span", span)
    book.facts["revised.since"] = fact("day", asked.before)


def _preliminary(book: Book, asked: Asked, keys: Sequence[str]) -> None:
    """How many of the figures were marked provisional or estimated, or announced as missing."""
    from zhizao.apps.cockpit.sampling import statuses

    counts = statuses(asked, keys)
    source = book.source("statuses", "statuses", span=str(asked.to_date), rows=sum(counts.values()))
    for name in ("provisional", "estimated", "missing", "simulated"):
        book.facts[f"figures.{name}"] = fact("count", counts.get(name, 0), unit="个", source=source)
    book.facts["figures"] = fact("count", sum(counts.values()), unit="个", source=source)
    book.lists["statuses"] = [
        {"status": fact("code", name), "count": book.facts[f"figures.{name}"]}
        for name in ("provisional", "estimated", "missing", "simulated")
        if counts.get(name)
    ]
