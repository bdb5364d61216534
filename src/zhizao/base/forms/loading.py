"""Reads the definition of a form from a YAML file of a pack; what is wrong is refused with its line and a remedy.

Names in expressions: ``r01_ytd`` is the cell of row 01 in the column ytd; with ``_before`` in the report before it in
the same calendar year, with ``_year`` in the report a year earlier. A check with ``each`` is made for every cell named
there, which is then ``x`` (``x_before``, ``x_year``); ``x_period`` is the same row in the column period, ``r05``
without a column is row 05 in the column of ``x``. ``months_period`` and ``months_ytd`` are the months of the period
and from January to its end. Names of ``others`` are cells of other forms (``at: before``, ``at: year`` as above),
names of ``parameters`` the edition's figures.

A region's file with ``extends: yes`` takes over from the form of that id in the packs before what it does not say
itself: rows and checks stay in their places and are replaced by code and id, new ones follow; parameters and figures of
other forms are replaced by name. Every row and check knows the file that it comes from.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from zhizao.base.forms.definition import (
    BEFORE,
    MONTHS,
    YEAR,
    Burden,
    Check,
    Column,
    Form,
    Kind,
    Measure,
    Other,
    Reach,
    Row,
    Severity,
    Texts,
    fact,
    key,
)
from zhizao.kernel import units
from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.rules.expression import BadExpression, Node, Type, constant, exact, parse
from zhizao.kernel.rules.load import Mapped, read_mapping
from zhizao.kernel.tables.limits import Source

_KEYS = frozenset(
    (
        *("extends", "id", "edition", "number", "title", "issuer", "valid_until", "source", "demonstration"),
        *("effective_from", "effective_to", "rhythm", "unit"),
        *("columns", "rows", "parameters", "others", "checks", "burden"),
    )
)
_ROW_KEYS = frozenset(
    (
        *("code", "name", "unit", "kind", "places", "indicator", "scope", "price_basis"),
        *("measure", "level", "required", "negative", "choices", "formula"),
    )
)
_CODE = re.compile(r"[0-9][0-9A-Za-z]{0,7}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_COLUMN = re.compile(r"(?!before|year)[a-z][a-z0-9]{0,20}")
_OWN = re.compile(r"\b(?P<head>x|r\d[0-9A-Za-z]*)(?:_(?P<column>[a-z0-9]+?))??(?:_(?P<at>before|year))?\b")
_RHYTHMS = ("month", "quarter", "year")
_TYPES: dict[type, str] = {
    str: "text",
    date: "date",
    Decimal: "number",
    Mapped: "mapping",
    list: "list",
    bool: "yes/no",
}


def read_form(source: Source, *, file: str | None = None) -> Form:
    """The form that a file defines by itself.

    Raises
    ------
    Refused : with everything that is wrong in it, each with its line.
    """
    return form_of(read_definition(source, file=file), file=file or getattr(source, "name", None))


def read_definition(source: Source, *, file: str | None = None, bases: Iterable[Mapped] = ()) -> Mapped:
    """A file as mappings, over the definition that it extends; ``bases`` are those of the packs before, nearest last.

    Raises
    ------
    Refused : it cannot be read, or there is nothing to extend.
    """
    data = read_mapping(source, file=file)
    return _extended(data, bases) if data.get("extends") is True else data


def form_of(data: Mapped, *, file: str | None = None) -> Form:
    """The form that a definition makes; raises as ``read_form``."""
    return _Reader(data, file=file).read()


def _extended(data: Mapped, bases: Iterable[Mapped]) -> Mapped:
    """A mapping over the last of those before it that has its id."""
    base = next((found for found in reversed(list(bases)) if found.get("id") == data.get("id")), None)
    if base is None or "edition" not in data:
        message = mark("There is no form “%(form)s” to be extended by an edition of its own.")
        place = Place(file=data.file, line=data.lines["extends"])
        remedy = mark("Write the id of a form of the packs before, and an edition that no other has.")
        raise Refused(Problem("forms.extends", message, place, remedy, params={"form": data.get("id")}))
    merged = Mapped()
    merged.line, merged.file, merged.lines = data.line, data.file, data.lines
    merged.update({**base, **data})
    for name, by in (("columns", "id"), ("rows", "code"), ("checks", "id")):
        merged[name] = _laid_over(base.get(name), data.get(name), by=by)
    for name in ("parameters", "others"):
        if isinstance(said := base.get(name), Mapped) and isinstance(own := data.get(name, Mapped()), Mapped):
            merged[name] = Mapped()
            merged[name].file, merged[name].lines = data.file, own.lines
            merged[name].update({**said, **own})
    return merged


def _laid_over(base: Any, over: Any, *, by: str) -> Any:
    """A list of entries in which those of another replace their namesakes and the rest follow."""
    if not isinstance(base, list) or not isinstance(over, list):
        return over if isinstance(over, list) else base
    own = {entry.get(by): entry for entry in over if isinstance(entry, Mapped)}
    kept = [own.get(entry.get(by), entry) for entry in base]
    names = {entry.get(by) for entry in base}
    return [*kept, *(entry for entry in over if not isinstance(entry, Mapped) or entry.get(by) not in names)]


class _Reader:
    def __init__(self, data: Mapped, *, file: str | None) -> None:
        self._data = data
        self._file = file
        self._problems: list[Problem] = []
        self._cells: dict[str, str] = {}

    def read(self) -> Form:
        data = self._data
        self._known(data, _KEYS)
        columns = tuple(self._columns())
        names = tuple(self._rows())
        parameters = dict(self._parameters())
        others = tuple(self._others())
        self._cells = {fact(key(row, column)): key(row, column) for row in names for column in columns}
        nodes = self._nodes(names, columns, parameters, others)
        burden = self._get(data, "burden", Mapped, Mapped())
        form = Form(
            id=self._get(data, "id", str) or "?",
            edition=self._get(data, "edition", str) or "?",
            number=self._get(data, "number", str) or "?",
            title=self._texts(data, "title"),
            issuer=self._texts(data, "issuer"),
            valid_until=self._get(data, "valid_until", date, None),
            source=dict(self._source()),
            demonstration=self._get(data, "demonstration", bool, False),
            effective_from=self._get(data, "effective_from", date) or date.min,
            effective_to=self._get(data, "effective_to", date, None),
            rhythm=self._one_of(data, "rhythm", _RHYTHMS, "month"),
            unit=self._unit(data),
            columns=columns,
            rows=tuple(self._with_formulas(names, parameters)),
            parameters=parameters,
            others=others,
            checks=tuple(self._checks(names, columns, nodes)),
            burden=Burden(
                minutes_per_item=self._get(burden, "minutes_per_item", Decimal, Decimal(0)),
                minutes_per_form=self._get(burden, "minutes_per_form", Decimal, Decimal(0)),
            ),
            file=self._file or "",
        )
        if self._problems:
            raise Refused(*self._problems)
        return form

    # --- the parts

    def _source(self) -> Iterator[tuple[str, Texts]]:
        """Where the form comes from; a plain text is the same in every language."""
        entries = self._get(self._data, "source", Mapped, Mapped())
        for name, value in entries.items():
            yield name, self._texts(entries, name) if isinstance(value, Mapped) else {"zh": str(value)}

    def _columns(self) -> Iterator[Column]:
        seen: set[str] = set()
        for entry in self._entries(self._data, "columns"):
            self._known(entry, {"id", "name", "span", "year_earlier"})
            name = self._get(entry, "id", str) or "?"
            self._unique(entry, "id", name, seen, _COLUMN)
            yield Column(
                id=name,
                name=self._texts(entry, "name"),
                reach=self._one_of(entry, "span", get_args(Reach), "period"),
                year_earlier=self._get(entry, "year_earlier", bool, False),
            )

    def _rows(self) -> Iterator[Row]:
        seen: set[str] = set()
        for entry in self._entries(self._data, "rows"):
            self._known(entry, _ROW_KEYS)
            code = self._get(entry, "code", str) or "?"
            self._unique(entry, "code", code, seen, _CODE)
            kind: Kind = self._one_of(entry, "kind", get_args(Kind), "decimal")
            choices = self._get(entry, "choices", Mapped, Mapped())
            if (kind == "choice") != bool(choices):
                self._add(entry, "kind", mark("Choices belong to the kind “choice”, and to no other."))
            yield Row(
                code=code,
                name=self._texts(entry, "name"),
                unit=self._unit(entry),
                kind=kind,
                places=int(self._get(entry, "places", Decimal, Decimal(0 if kind == "integer" else 2))),
                indicator=self._get(entry, "indicator", str, ""),
                scope=self._get(entry, "scope", str, "enterprise"),
                price_basis=self._get(entry, "price_basis", str, "current"),
                measure=self._one_of(entry, "measure", get_args(Measure), "flow"),
                level=int(self._get(entry, "level", Decimal, Decimal(0))),
                required=self._get(entry, "required", bool, True),
                negative=self._get(entry, "negative", bool, False),
                choices={name: self._texts(choices, name) for name in choices},
                formula=self._get(entry, "formula", str, ""),
                file=entry.file or "",
                line=entry.line,
            )

    def _parameters(self) -> Iterator[tuple[str, Decimal]]:
        entries = self._get(self._data, "parameters", Mapped, Mapped())
        for name in entries:
            entry = self._get(entries, name, Mapped) or Mapped()
            self._known(entry, {"value", "unit", "source"})
            if not _usable(name):
                self._add(entries, name, mark("The name “%(name)s” cannot be used."), name=name)
            yield name, self._get(entry, "value", Decimal) or Decimal(0)

    def _others(self) -> Iterator[Other]:
        entries = self._get(self._data, "others", Mapped, Mapped())
        for name in entries:
            entry = self._get(entries, name, Mapped) or Mapped()
            self._known(entry, {"form", "cell", "at"})
            if not _usable(name):
                self._add(entries, name, mark("The name “%(name)s” cannot be used."), name=name)
            yield Other(
                name=name,
                form=self._get(entry, "form", str) or "?",
                cell=self._get(entry, "cell", str) or "?",
                at=self._one_of(entry, "at", ("", BEFORE, YEAR), ""),
            )

    def _nodes(self, rows: Any, columns: Any, parameters: dict[str, Decimal], others: Any) -> dict[str, Node]:
        """What every name in an expression stands for."""
        found = {name: constant(exact(value), source=name) for name, value in parameters.items()}
        names = (*MONTHS, *(other.name for other in others))
        found |= {name: Node("fact", Type.NUMBER, name, value=name) for name in names}
        for row in rows:
            kind = Type.TEXT if row.kind == "choice" else Type.NUMBER
            for column in columns:
                for at in ("", BEFORE, YEAR):
                    name = fact(key(row, column), at)
                    found[name] = Node("fact", kind, name, value=name)
        return found

    def _with_formulas(self, rows: tuple[Row, ...], parameters: dict[str, Decimal]) -> Iterator[Row]:
        """Rows with their formula over the rows before them, in which ``r02`` is a cell of the same column."""
        names = {name: constant(exact(value), source=name) for name, value in parameters.items()}
        for row in rows:
            node = self._parsed(row.formula, names, Type.NUMBER, file=row.file, line=row.line) if row.formula else None
            if row.kind != "choice":
                names[f"r{row.code}"] = Node("fact", Type.NUMBER, f"r{row.code}", value=f"r{row.code}")
            yield replace(row, node=node)

    def _checks(self, rows: Any, columns: Any, nodes: dict[str, Node]) -> Iterator[Check]:
        seen: set[str] = set()
        for entry in self._entries(self._data, "checks"):
            self._known(entry, {"id", "severity", "expr", "text", "each"})
            name = self._get(entry, "id", str) or "?"
            self._unique(entry, "id", name, seen, _NAME)
            severity: Severity = self._one_of(entry, "severity", get_args(Severity), "hard")
            expr = self._get(entry, "expr", str) or "?"
            text = self._message(entry)
            for cell in self._each(entry, rows, columns):
                written = _for_cell(expr, cell) if cell else expr
                line = entry.lines.get("expr", entry.line)
                node = self._parsed(written, nodes, Type.BOOLEAN, file=entry.file, line=line)
                if node is None:
                    break  # one fault, said once
                used = tuple(dict.fromkeys(self._cells_of(node)))
                cells = (cell, *(c for c in used if c != cell)) if cell else used
                yield Check(
                    id=f"{name}:{cell}" if cell else name,
                    severity=severity,
                    expr=written,
                    text=text,
                    cells=cells,
                    node=node,
                    file=entry.file or "",
                    line=entry.line,
                )

    def _cells_of(self, node: Node) -> Iterator[str]:
        """The cells of this report that an expression speaks of."""
        for part in node.walk():
            if part.op == "fact" and (cell := self._cells.get(str(part.value))):
                yield cell

    def _message(self, entry: Mapped) -> dict[str, str]:
        """What is said when the check fails; figures stand in it as ``%(x)s``."""
        texts = self._texts(entry, "text")
        for words in texts.values():
            try:
                words % defaultdict(str)
            except (ValueError, TypeError):
                self._add(
                    entry, "text", mark("Figures stand in “%(text)s” as %%(x)s, a per cent sign as %%%%."), text=words
                )
        return texts

    def _each(self, entry: Mapped, rows: Any, columns: Any) -> list[str]:
        """The cells that a check is made for; one empty name for a check that names its cells itself."""
        if "each" not in entry:
            return [""]
        each = self._get(entry, "each", Mapped) or Mapped()
        self._known(each, {"rows", "columns"})
        numbers = [row.code for row in rows if row.kind != "choice"]
        wanted = self._codes(each, "rows", [row.code for row in rows], default=numbers)
        heads = self._codes(each, "columns", [column.id for column in columns], default=[c.id for c in columns])
        return [f"{code}.{column}" for code in wanted for column in heads]

    def _codes(self, where: Mapped, name: str, known: list[str], *, default: list[str]) -> list[str]:
        wanted = self._get(where, name, list, default)
        for code in wanted:
            if code not in known:
                self._add(where, name, mark("There is no “%(code)s” among the %(name)s."), code=code, name=name)
        return [code for code in wanted if code in known]

    def _parsed(self, expr: str, names: dict[str, Node], expected: Type, *, file: str | None, line: int) -> Node | None:
        try:
            return parse(expr, names, expected=expected)
        except BadExpression as error:
            place = Place(file=file or self._file, line=line)
            self._problems.append(Problem(error.code, error.message, place, error.remedy, params=error.params))
            return None

    # --- the values

    def _add(self, where: Mapped, at: str, message: str, **params: object) -> None:
        place = Place(file=where.file or self._file, line=where.lines.get(at, where.line))
        remedy = mark("Correct it; the reference of form definitions shows every key.")
        self._problems.append(Problem("forms.definition", message, place, remedy, params=params))

    def _known(self, where: Mapped, keys: frozenset[str] | set[str]) -> None:
        for name in where:
            if name not in keys:
                self._add(where, name, mark("The key “%(key)s” is not known."), key=name)

    def _get(self, where: Mapped, name: str, kind: type, *default: Any) -> Any:
        value = where.get(name)
        if value is None:
            if not default:
                self._add(where, name, mark("“%(key)s” is missing."), key=name)
            return default[0] if default else None
        if not isinstance(value, kind):
            self._add(where, name, mark("“%(key)s” must be a %(kind)s."), key=name, kind=_TYPES[kind])
            return default[0] if default else None
        return value

    def _one_of(self, where: Mapped, name: str, allowed: tuple[str, ...], default: str) -> Any:
        value = self._get(where, name, str, default)
        if value not in allowed:
            known = ", ".join(allowed)
            self._add(where, name, mark("“%(key)s” must be one of %(known)s."), key=name, known=known)
            return default
        return value

    def _entries(self, where: Mapped, name: str) -> list[Mapped]:
        found = self._get(where, name, list, []) if name == "checks" else (self._get(where, name, list) or [])
        if not all(isinstance(entry, Mapped) for entry in found):
            self._add(where, name, mark("“%(key)s” must be a %(kind)s."), key=name, kind="list of mappings")
        return [entry for entry in found if isinstance(entry, Mapped)]

    def _texts(self, where: Mapped, name: str) -> dict[str, str]:
        value = self._get(where, name, Mapped) or Mapped()
        if set(value) - {"zh", "en"} or not all(isinstance(text, str) for text in value.values()):
            self._add(where, name, mark("“%(key)s” must be texts by language (zh, en)."), key=name)
            return {}
        return dict(value)

    def _unit(self, where: Mapped) -> str:
        name: str = self._get(where, "unit", str, "")
        if name:
            try:
                units.unit(name)
            except Refused as refused:
                first = refused.problems[0]
                self._add(where, "unit", first.message, **first.params)
        return name

    def _unique(self, where: Mapped, at: str, name: str, seen: set[str], shape: re.Pattern[str]) -> None:
        if name in seen or not shape.fullmatch(name):
            self._add(where, at, mark("The name “%(name)s” cannot be used."), name=name)
        seen.add(name)


def _for_cell(expr: str, cell: str) -> str:
    """The expression of a check made for each of several cells, for one of them."""
    code, _, column = cell.partition(".")

    def full(match: re.Match[str]) -> str:
        row = code if match["head"] == "x" else match["head"][1:]
        return fact(f"{row}.{match['column'] or column}", match["at"] or "")

    return _OWN.sub(full, expr)


def _usable(name: str) -> bool:
    """Whether a parameter or a figure of another form can have this name: none that a cell could have."""
    return bool(_NAME.fullmatch(name)) and not re.match(r"x(_|$)|r\d", name) and name not in MONTHS
