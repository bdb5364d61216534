"""Rule files: YAML in, ``Rule`` out, every fault with its file and line.

Numbers keep the decimals that are written; a key that stands twice, a tag or an unknown key is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, get_args

import yaml

from zhizao.kernel import text
from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.rules.expression import Constant
from zhizao.kernel.rules.model import Case, Condition, DatedValue, Fact, FactKind, Parameter, Rule, Source
from zhizao.kernel.tables.limits import Limits, read_bytes, source_name
from zhizao.kernel.tables.limits import Source as FileSource

_KEYS: Final = frozenset(
    (
        *("id", "title", "source", "effective_from", "effective_to", "known_from", "extends"),
        *("parameters", "facts", "conditions", "result", "amount", "cases"),
    )
)
_NAME_REMEDY: Final = mark("Use letters, digits and underscores, beginning with a letter, in one meaning only.")
_LANGUAGES: Final = frozenset(("zh", "en"))
RESERVED: Final = frozenset(("status", "amount", "deciding", "missing", "all"))
"""Names of the answer's own columns."""
STATUSES: Final = ("yes", "no", "unknown")


class Mapped(dict[str, Any]):
    """A mapping of the file that remembers its file and the lines of its keys."""

    line: int = 0
    file: str | None = None

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


def read_mapping(source: FileSource, *, file: str | None = None) -> Mapped:
    """A YAML file as mappings with line numbers.

    Raises
    ------
    Refused
        ``rules.yaml`` with the line.

    Examples
    --------
    >>> read_mapping(b"rate: 0.10")["rate"]
    Decimal('0.10')
    """
    file = file or source_name(source)
    content, _ = text.decode(read_bytes(source, file=file, limits=Limits(file_bytes=2_000_000)), file=file)
    try:
        node = yaml.compose(content, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", -1) + 1
        raise Refused(_yaml_problem(file, line, str(getattr(error, "problem", None) or "?"))) from None
    if not isinstance(node, yaml.MappingNode):
        raise Refused(_yaml_problem(file, 1, "not a mapping"))
    value = _value(node, file, depth=0)
    assert isinstance(value, Mapped)
    return value


def _value(node: yaml.Node, file: str | None, *, depth: int) -> Any:
    line = node.start_mark.line + 1
    if depth > 20:
        raise Refused(_yaml_problem(file, line, "too deep"))
    kind = node.tag.rpartition(":")[2]
    if isinstance(node, yaml.MappingNode) and kind == "map":
        mapping = Mapped()
        mapping.line, mapping.file = line, file
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in mapping:
                raise Refused(_yaml_problem(file, key_node.start_mark.line + 1, f"double key {key}"))
            mapping[key] = _value(value_node, file, depth=depth + 1)
            mapping.lines[key] = key_node.start_mark.line + 1
        return mapping
    if isinstance(node, yaml.SequenceNode) and kind == "seq":
        return [_value(child, file, depth=depth + 1) for child in node.value]
    try:
        match kind:
            case "null":
                return None
            case "str":
                return str(node.value)
            case "bool":
                return node.value.lower() in ("yes", "true", "on")
            case "int" | "float":
                return Decimal(node.value.replace("_", ""))
            case "timestamp":
                return dt.date.fromisoformat(node.value)
    except (ValueError, InvalidOperation):
        pass
    raise Refused(_yaml_problem(file, line, f"{node.value} ({kind})" if isinstance(node, yaml.ScalarNode) else kind))


def _yaml_problem(file: str | None, line: int, reason: str) -> Problem:
    return Problem(
        "rules.yaml",
        mark("The rule file cannot be read here: %(reason)s."),
        Place(file=file, line=line),
        mark("Check indentation, quotes and colons; dates are written 2024-01-01."),
        params={"reason": reason},
    )


class RuleReader:
    """Reads one mapping into a ``Rule``, over the rule that it extends, and gathers what is wrong."""

    def __init__(self, data: Mapped, *, file: str | None, base: Rule | None = None) -> None:
        self._data = data
        self._file = file
        self._base = base
        self.problems: list[Problem] = []

    def read(self) -> Rule:
        """The rule.

        Raises
        ------
        Refused
            With everything wrong in the file.
        """
        data, base = self._data, self._base
        for key in data:
            if key not in _KEYS:
                known = ", ".join(sorted(_KEYS))
                self._add(
                    data,
                    key,
                    "rules.unknown_key",
                    mark("The key “%(key)s” is not known."),
                    mark("Known are: %(known)s."),
                    key=key,
                    known=known,
                )
        effective_from = self._get(data, "effective_from", dt.date, base.effective_from if base else None)
        rule = Rule(
            id=self._get(data, "id", str, None) or "?",
            title=self._texts(data, "title") or (base.title if base else {}),
            source=self._source(),
            effective_from=effective_from or dt.date.min,
            effective_to=self._get(data, "effective_to", dt.date, base.effective_to if base else None, needed=False),
            known_from=self._get(data, "known_from", dt.date, effective_from, needed=False) or dt.date.min,
            parameters={**(base.parameters if base else {}), **self._parameters(effective_from or dt.date.min)},
            facts={**(base.facts if base else {}), **self._facts()},
            conditions=self._conditions(),
            result=self._get(data, "result", str, base.result if base else "all", needed=False) or "all",
            amount=self._amount("expr", base.amount if base else None),
            amount_unit=self._amount("unit", base.amount_unit if base else "") or "",
            cases=tuple(self._cases()),
            file=self._file,
            lines=dict(data.lines),
        )
        names = [*rule.parameters, *rule.facts, *(condition.id for condition in rule.conditions)]
        for name in sorted({n for n in names if names.count(n) > 1 or n in RESERVED or not n.isidentifier()}):
            self._add(data, "facts", "rules.name", mark("The name “%(name)s” cannot be used."), _NAME_REMEDY, name=name)
        if not rule.conditions:
            self._add(
                data, "conditions", "rules.missing", mark("“%(key)s” is missing."), mark("Add it."), key="conditions"
            )
        if self.problems:
            raise Refused(*self.problems)
        return rule

    def _add(self, where: Mapped, at: str, code: str, message: str, remedy: str, /, **params: object) -> None:
        place = Place(file=self._file, line=where.lines.get(at, where.line))
        self.problems.append(Problem(code, message, place, remedy, params=params))

    def _get(self, where: Mapped, key: str, kind: type, default: Any, *, needed: bool = True) -> Any:
        value = where.get(key)
        if value is None:
            if needed and default is None:
                self._add(where, key, "rules.missing", mark("“%(key)s” is missing."), mark("Add it."), key=key)
            return default
        if not isinstance(value, kind):
            names = {dt.date: "date", str: "text", Decimal: "number", Mapped: "mapping", list: "list"}
            message = mark("“%(key)s” must be a %(kind)s.")
            self._add(where, key, "rules.wrong_type", message, mark("Correct the value."), key=key, kind=names[kind])
            return default
        return value

    def _texts(self, where: Mapped, key: str) -> dict[str, str]:
        value = self._get(where, key, Mapped, Mapped(), needed=False)
        if set(value) - _LANGUAGES or not all(isinstance(item, str) for item in value.values()):
            message = mark("“%(key)s” must be texts by language (zh, en).")
            self._add(where, key, "rules.wrong_type", message, mark("Correct the value."), key=key)
            return {}
        return dict(value)

    def _source(self) -> Source:
        if "source" not in self._data and self._base:
            return self._base.source
        source = self._get(self._data, "source", Mapped, None) or Mapped()
        fields = {
            key: self._get(source, key, str, "", needed=False) for key in ("document_no", "title", "article", "url")
        }
        return Source(**fields)

    def _parameters(self, since: dt.date) -> dict[str, Parameter]:
        found = {}
        parameters = self._get(self._data, "parameters", Mapped, Mapped(), needed=False)
        for name in parameters:
            entry = self._get(parameters, name, Mapped, None) or Mapped()
            values = []
            dated = self._get(entry, "values", Mapped, None) or Mapped()
            for key, raw in dated.items():
                known_from = None
                if isinstance(raw, Mapped):
                    known_from = self._get(raw, "known_from", dt.date, None, needed=False)
                    raw = raw.get("value")
                try:
                    valid_from = dt.date.fromisoformat(key)
                    values.append(DatedValue(valid_from, _constant(raw), known_from or dt.date.min))
                except (ValueError, TypeError):
                    message = mark("The value of “%(name)s” at %(key)s cannot be read.")
                    remedy = mark("Write a date, a colon and a number, a text, a date, yes or no, or a list of texts.")
                    self._add(dated, key, "rules.value", message, remedy, name=name, key=key)
            if len({type(value.value) for value in values}) > 1:
                message = mark("The values of “%(name)s” are of different kinds.")
                self._add(parameters, name, "rules.wrong_type", message, mark("Correct the value."), name=name)
            earlier = self._base.parameters.get(name) if self._base else None
            kept = (
                [v for v in earlier.values if v.valid_from not in {new.valid_from for new in values}] if earlier else []
            )
            unit = self._get(entry, "unit", str, earlier.unit if earlier else "", needed=False)
            found[name] = Parameter(name, (*kept, *values), unit)
        return found

    def _facts(self) -> dict[str, Fact]:
        found = {}
        facts = self._get(self._data, "facts", Mapped, Mapped(), needed=False)
        for name in facts:
            entry = self._get(facts, name, Mapped, None) or Mapped()
            kind: FactKind = self._get(entry, "kind", str, "decimal", needed=False)
            if kind not in get_args(FactKind):
                message = mark("The kind “%(kind)s” is not known.")
                kinds = ", ".join(get_args(FactKind))
                self._add(entry, "kind", "rules.kind", message, mark("Known are: %(known)s."), kind=kind, known=kinds)
                continue
            step = self._get(entry, "step", Decimal, Fact.default_step(kind), needed=False)
            unit = self._get(entry, "unit", str, "", needed=False)
            if step <= 0:
                self._add(
                    entry, "step", "rules.value", mark("The step must be above nought."), mark("Correct the value.")
                )
                continue
            found[name] = Fact(name, kind, unit, self._texts(entry, "label"), step)
        return found

    def _conditions(self) -> tuple[Condition, ...]:
        found = {condition.id: condition for condition in (self._base.conditions if self._base else ())}
        seen: set[str] = set()
        for entry in self._get(self._data, "conditions", list, [], needed=False):
            if not isinstance(entry, Mapped):
                message = mark("“%(key)s” must be a %(kind)s.")
                self._add(
                    self._data,
                    "conditions",
                    "rules.wrong_type",
                    message,
                    mark("Correct the value."),
                    key="conditions",
                    kind="list of mappings",
                )
                continue
            name = self._get(entry, "id", str, None) or "?"
            expr = self._get(entry, "expr", str, None) or "?"
            if name in seen:
                self._add(
                    entry, "id", "rules.name", mark("The name “%(name)s” cannot be used."), _NAME_REMEDY, name=name
                )
            seen.add(name)
            found[name] = Condition(name, self._texts(entry, "text"), expr, entry.lines.get("expr", entry.line))
        return tuple(found.values())

    def _amount(self, key: str, default: str | None) -> str | None:
        if "amount" not in self._data:
            return default
        amount = self._get(self._data, "amount", Mapped, None) or Mapped()
        value: str | None = self._get(amount, key, str, None if key == "expr" else "", needed=key == "expr")
        return value

    def _cases(self) -> Iterator[Case]:
        for number, entry in enumerate(self._get(self._data, "cases", list, [], needed=False), start=1):
            if not isinstance(entry, Mapped):
                continue
            facts = {
                name: value if isinstance(value, bool | Decimal | str | dt.date) else None
                for name, value in self._get(entry, "facts", Mapped, Mapped(), needed=False).items()
            }
            conditions = self._get(entry, "conditions", Mapped, Mapped(), needed=False)
            status = _word(entry.get("status"))
            if status not in STATUSES:
                message = mark("A case needs a status: yes, no or unknown.")
                self._add(entry, "status", "rules.value", message, mark("Correct the value."))
                continue
            yield Case(
                self._get(entry, "name", str, f"case {number}", needed=False),
                self._get(entry, "as_of", dt.date, None) or dt.date.min,
                facts,
                status,
                {name: _word(value) for name, value in conditions.items()},
                self._get(entry, "amount", Decimal, None, needed=False),
                entry.line,
            )


def _word(value: object) -> str:
    """YAML reads yes and no as truth values."""
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _constant(raw: object) -> Constant:
    if isinstance(raw, list):
        if not raw or not all(isinstance(item, str) for item in raw):
            raise TypeError
        return frozenset(raw)
    if isinstance(raw, bool | Decimal | str | dt.date):
        return raw
    raise TypeError


def known_base(mapping: Mapped, rules: Mapping[str, list[Rule]]) -> Rule | None:
    """The rule that a file extends: the last of the same id, if it says ``extends: true``."""
    if mapping.get("extends") is not True:
        return None
    earlier = rules.get(str(mapping.get("id")), [])
    return earlier[-1] if earlier else None
