"""A rulebook: the rules of several packs, the later pack above the earlier, as they stand on a day."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.rules.expression import BadExpression, Node, Type, constant, exact, parse
from zhizao.kernel.rules.load import RuleReader, known_base, read_mapping
from zhizao.kernel.rules.model import BoundRule, Rule
from zhizao.kernel.tables.limits import Source


class Rulebook:
    """Rules by id, each with its versions in the order in which they were read.

    A file whose rule stands already is a new version of it (its dates say when it holds); with ``extends: true`` it
    takes over what it does not say itself: parameters and facts by name, conditions by id.
    """

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._rules: dict[str, list[Rule]] = {}
        for rule in rules:
            self._rules.setdefault(rule.id, []).append(rule)

    @classmethod
    def load(cls, sources: Iterable[Source]) -> Rulebook:
        """Read rule files, the nation's before the region's.

        Raises
        ------
        Refused
            Every problem of every file; expressions are parsed at each date from which a parameter or the rule holds.
        """
        book = cls()
        problems: list[Problem] = []
        for source in sources:
            try:
                mapping = read_mapping(source)
                file = None if isinstance(source, bytes) else source.name
                base = known_base(mapping, book._rules)
                if mapping.get("extends") is True and base is None:
                    raise Refused(
                        Problem(
                            "rules.extends",
                            mark("The rule “%(id)s” that is to be extended is not there."),
                            Place(file=file, line=mapping.lines.get("extends")),
                            mark("Load the pack that has it first."),
                            params={"id": mapping.get("id")},
                        )
                    )
                rule = RuleReader(mapping, file=file, base=base).read()
                _check(rule)
                book._rules.setdefault(rule.id, []).append(rule)
            except Refused as refused:
                problems += refused.problems
        if problems:
            raise Refused(*problems)
        return book

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every version of every rule."""
        return tuple(rule for versions in self._rules.values() for rule in versions)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all rules, in the order read."""
        return tuple(self._rules)

    def rule(self, rule_id: str, *, as_of: dt.date, known_at: dt.date | None = None) -> BoundRule:
        """The rule that holds on a day: of the versions in force, the one known last, of these the one read last.

        Parameters
        ----------
        as_of : date
            The day for which the answer is wanted.
        known_at : date, optional
            What was known on this day counts; ``as_of`` by default.

        Raises
        ------
        Refused
            ``rules.not_in_force``, ``rules.no_value`` (a parameter has no value yet on this day).
        """
        known_at = known_at or as_of
        versions = [rule for rule in self._rules.get(rule_id, []) if rule.in_force(as_of, known_at)]
        if not versions:
            raise Refused(
                Problem(
                    "rules.not_in_force",
                    mark("No rule “%(id)s” is in force on %(as_of)s."),
                    remedy=mark("Check the name and the date."),
                    params={"id": rule_id, "as_of": as_of},
                )
            )
        last = max(rule.known_from for rule in versions)
        return bind([rule for rule in versions if rule.known_from == last][-1], as_of=as_of, known_at=known_at)


def _check(rule: Rule) -> None:
    """Parse at the first day and at each later one on which a parameter changes."""
    days = {rule.effective_from}
    for parameter in rule.parameters.values():
        days |= {v.valid_from for v in parameter.values if rule.in_force(v.valid_from, dt.date.max)}
    for day in sorted(days):
        bind(rule, as_of=day, known_at=dt.date.max)


def bind(rule: Rule, *, as_of: dt.date, known_at: dt.date) -> BoundRule:
    """Give a rule's parameters their values of a day and parse its expressions.

    Raises
    ------
    Refused
        Every problem, with file, line and the id of the condition.
    """
    problems: list[Problem] = []
    names: dict[str, Node] = {name: Node("fact", fact.type, name, value=name) for name, fact in rule.facts.items()}
    parameters = {}
    for name, parameter in rule.parameters.items():
        value = parameter.at(as_of, known_at)
        if value is None:
            problems.append(
                Problem(
                    "rules.no_value",
                    mark("The parameter “%(name)s” has no value on %(as_of)s."),
                    Place(file=rule.file, line=rule.lines.get("parameters")),
                    mark("Add the value and the day from which it holds."),
                    params={"name": name, "as_of": as_of},
                )
            )
        else:
            parameters[name] = value
            try:
                node = constant(exact(value) if isinstance(value, Decimal) else value)
            except BadExpression as error:
                problems.append(_problem(error, rule, name, rule.lines.get("parameters")))
                continue
            names[name] = Node("parameter", node.type, name, value=value)
    if problems:
        raise Refused(*problems)
    conditions = _conditions(rule, names, problems)
    if len(conditions) < len(rule.conditions):
        raise Refused(*problems)
    every = " and ".join(conditions)
    result = amount = None
    try:
        result = parse(every if rule.result == "all" else rule.result, conditions, expected=Type.BOOLEAN)
        _check_result(result)
    except BadExpression as error:
        problems.append(_problem(error, rule, "result", rule.lines.get("result")))
    if rule.amount is not None:
        try:
            amount = parse(rule.amount, {**names, **conditions}, expected=Type.NUMBER)
        except BadExpression as error:
            problems.append(_problem(error, rule, "amount", rule.lines.get("amount")))
    if problems or result is None:
        raise Refused(*problems)
    return BoundRule(rule, as_of, known_at, conditions, result, amount, parameters)


def _check_result(node: Node) -> None:
    if node.op not in ("and", "or", "not", "condition"):
        raise BadExpression(
            "rules.node",
            mark("“%(source)s” is not allowed in a result."),
            mark("Join conditions with and, or and not."),
            source=node.source,
        )
    if node.op != "condition":
        for arg in node.args:
            _check_result(arg)


def _conditions(rule: Rule, names: Mapping[str, Node], problems: list[Problem]) -> dict[str, Node]:
    """Parse the conditions, one that names another after it; a circle is refused."""
    waiting = {condition.id: condition for condition in rule.conditions}
    parsed: dict[str, Node] = {}
    while waiting:
        stuck = True
        for name, condition in list(waiting.items()):
            missing = {other for other in waiting if other in _words(condition.expr)} - set(names)
            if missing:
                continue
            stuck = False
            del waiting[name]
            try:
                node = parse(condition.expr, {**names, **parsed}, expected=Type.BOOLEAN)
                parsed[name] = Node("condition", Type.BOOLEAN, condition.expr, (node,), value=name)
            except BadExpression as error:
                problems.append(_problem(error, rule, name, condition.line))
                parsed[name] = Node("condition", Type.BOOLEAN, condition.expr, (constant(True),), value=name)
        if stuck:
            problems.append(
                Problem(
                    "rules.circle",
                    mark("The conditions %(names)s name each other in a circle."),
                    Place(file=rule.file, line=min(condition.line for condition in waiting.values())),
                    mark("Write one of them without the others."),
                    params={"names": ", ".join(waiting)},
                )
            )
            break
    return {condition.id: parsed[condition.id] for condition in rule.conditions if condition.id in parsed}


def _words(expression: str) -> frozenset[str]:
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def _problem(error: BadExpression, rule: Rule, name: str, line: int | None) -> Problem:
    place = Place(file=rule.file, line=line, column=name)
    return Problem(error.code, error.message, place, error.remedy, params=error.params)
