"""Fields of a step's answer and facts of a case: how a procedure declares them, and how what was typed is checked.

A form is one text: ``result 核实结果: choice(real 属实|false 不属实); note 说明: text?``. Each field has a name that
conditions use, a label that people read, a kind of a white-list; ``?`` says it may stay empty. The same text with
English labels may stand beside it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from zhizao.base.flow.speech import said
from zhizao.kernel.result import Place, Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.kernel.rules.expression import Constant

KINDS: Final = ("text", "choice", "date", "yes_no", "number")
YES_NO: Final = {"yes": True, "no": False}
LONGEST_TEXT: Final = 4_000
MOST: Final = 50  # fields of a form, and options of a field
_NAME: Final = r"[A-Za-z_][A-Za-z0-9_]{0,39}"
_FIELD: Final = re.compile(
    rf"(?P<name>{_NAME})(?:\s+(?P<label>[^:;()|]{{1,60}}?))?\s*:\s*(?P<kind>[a-z_]+)(?:\((?P<options>[^()]*)\))?(?P<free>\?)?"
)
_OPTION: Final = re.compile(rf"(?P<value>{_NAME})(?:\s+(?P<label>[^|]{{1,60}}))?")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a step's answer says, or a fact of the case."""

    name: str
    kind: str
    label: str
    options: tuple[tuple[str, str], ...] = ()
    required: bool = True
    label_en: str = ""
    options_en: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """The label in the reader's language."""
        return said(self.label, self.label_en)

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """The options in the reader's language."""
        english = dict(self.options_en)
        return tuple((value, said(label, english.get(value, ""))) for value, label in self.options)

    @property
    def values(self) -> tuple[Constant, ...] | None:
        """All values that it can take; ``None`` where they cannot be listed."""
        if self.kind == "yes_no":
            return (True, False)
        return tuple(value for value, _ in self.options) if self.kind == "choice" else None


def fields(text: str) -> tuple[Field, ...]:
    """The fields that a text declares.

    Raises
    ------
    ValueError
        With the part that cannot be read; ``TooManyError``.

    Examples
    --------
    >>> [field.name for field in fields("result 结果: choice(real 属实|false 不属实); note: text?")]
    ['result', 'note']
    >>> fields("x: script")
    Traceback (most recent call last):
    ValueError: x: script
    """
    found: dict[str, Field] = {}
    for part in few(text, ";"):
        if words := part.split():
            field = _field(" ".join(words))  # runs of blanks would take the pattern below very long
            if field.name in found:
                raise ValueError(field.name)
            found[field.name] = field
    return tuple(found.values())


class TooManyError(ValueError):
    """More fields or options than anybody would be asked; a file could keep a server busy with them."""


def few(text: str, separator: str) -> list[str]:
    """The parts of a text, ``MOST`` of them at most."""
    if text.count(separator) >= MOST:
        raise TooManyError(text)
    return text.split(separator)


def with_english(form: tuple[Field, ...], english: tuple[Field, ...]) -> tuple[Field, ...]:
    """A form with the labels of its English text.

    Raises
    ------
    ValueError
        With the field by which the two differ in more than labels.

    Examples
    --------
    >>> with_english(fields("note 说明: text?"), fields("note Remark: text?"))[0].label_en
    'Remark'
    >>> with_english(fields("note 说明: text?"), fields("note Remark: date?"))
    Traceback (most recent call last):
    ValueError: note
    """
    for one, other in zip_longest(form, english):
        if one is None or other is None or _shape(one) != _shape(other):
            raise ValueError((one or other).name)
    pairs = zip(form, english, strict=True)
    return tuple(replace(one, label_en=other.label, options_en=other.options) for one, other in pairs)


def _shape(field: Field) -> tuple[object, ...]:
    return field.name, field.kind, [value for value, _ in field.options], field.required


def _field(text: str) -> Field:
    match = _FIELD.fullmatch(text)
    if match is None or match["kind"] not in KINDS or (match["options"] is not None) != (match["kind"] == "choice"):
        raise ValueError(text)
    options = []
    for part in few(match["options"] or "", "|") if match["kind"] == "choice" else ():
        option = _OPTION.fullmatch(part.strip())
        if option is None:
            raise ValueError(text)
        options.append((option["value"], (option["label"] or option["value"]).strip()))
    if len({value for value, _ in options}) < len(options):
        raise ValueError(text)
    return Field(match["name"], match["kind"], match["label"] or match["name"], tuple(options), not match["free"])


def value(field: Field, text: object) -> Constant | None:
    """What was typed, as the kind of the field; ``None`` where nothing was.

    >>> value(Field("day", "date", "日期"), "2025-01-24")
    datetime.date(2025, 1, 24)

    Raises
    ------
    ValueError
        What was typed is not of the kind.
    """
    if text is None or text == "":
        return None
    typed = str(text).strip()
    match field.kind:
        case "choice":
            if typed not in dict(field.options):
                raise ValueError(typed)
            return typed
        case "yes_no":
            if isinstance(text, bool):
                return text
            if typed not in YES_NO:
                raise ValueError(typed)
            return YES_NO[typed]
        case "date":
            return dt.date.fromisoformat(typed)
        case "number":
            from zhizao.kernel.rules.expression import BadExpression, exact  # late: it loads Polars

            try:
                return exact(Decimal(typed))
            except (InvalidOperation, BadExpression):
                raise ValueError(typed) from None
    if len(typed) > LONGEST_TEXT:
        raise ValueError(typed[:40])
    return typed


def typed(form: Iterable[Field], answer: Mapping[str, object]) -> dict[str, Constant | None]:
    """An answer checked against its form.

    Raises
    ------
    Refused
        ``flow.field_unknown``, ``flow.field_missing``, ``flow.field_value``; the place's column is the field.
    """
    by_name = {field.name: field for field in form}
    problems = [
        Problem(
            "flow.field_unknown",
            mark("The step has no field “%(name)s”."),
            Place(column=name),
            mark("Open the case again; its procedure says what is asked."),
            params={"name": name},
        )
        for name in answer
        if name not in by_name
    ]
    found: dict[str, Constant | None] = {}
    for name, field in by_name.items():
        try:
            found[name] = value(field, answer.get(name))
        except ValueError:
            problems.append(_wrong(field, str(answer[name])))
            continue
        if field.required and found[name] is None:
            message = mark("“%(label)s” is missing.")
            remedy = mark("Fill it in.")
            problems.append(
                Problem("flow.field_missing", message, Place(column=name), remedy, params={"label": field.title})
            )
    if problems:
        raise Refused(*problems)
    return found


def _wrong(field: Field, text: str) -> Problem:
    remedies = {
        "choice": mark("Choose one of those offered."),
        "yes_no": mark("Answer yes or no."),
        "date": mark("Write a date like 2025-06-30."),
        "number": mark("Write digits, at most ten decimal places."),
        "text": mark("Write 4,000 characters at most."),
    }
    return Problem(
        "flow.field_value",
        mark("“%(label)s” cannot be “%(text)s”."),
        Place(column=field.name),
        remedies[field.kind],
        params={"label": field.title, "text": text[:40]},
    )
