"""Problems kept as JSON, and said in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.forms import Form
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhizao.kernel.result import Place, Problem, Refused, Severity


def to_json(problem: Problem) -> dict[str, Any]:
    """A problem in JSON's own types; figures that JSON has no word for become text."""
    place = {name: value for name, value in asdict(problem.place).items() if value is not None}
    params = {
        name: value if isinstance(value, str | int | float | bool | None) else str(value)
        for name, value in problem.params.items()
    }
    return {
        "code": problem.code,
        "message": problem.message,
        "remedy": problem.remedy,
        "params": params,
        "severity": problem.severity.value,
        "place": place,
    }


def from_json(item: Mapping[str, Any]) -> Problem:
    """The problem that ``to_json`` wrote."""
    return Problem(
        code=item["code"],
        message=item["message"],
        remedy=item["remedy"],
        params=item["params"],
        severity=Severity(item["severity"]),
        place=Place(**item["place"]),
    )


def say(template: str, params: Mapping[str, object] | None = None) -> str:
    """A marked English template in the reader's language with its figures; a text without figures is not formatted."""
    if not template:
        return ""
    words = _(template)
    return words % params if params else words


def words(problem: Problem) -> str:
    """What is wrong, in the reader's language."""
    return say(problem.message, problem.params)


def remedy_words(problem: Problem) -> str:
    """What to do about it, in the reader's language."""
    return say(problem.remedy, problem.params)


def place_words(place: Place) -> str:
    """Where it is, in the reader's language.

    >>> from django.utils import translation
    >>> with translation.override("en"):
    ...     place_words(Place(file="plan.xlsx", row=12, column="land_mu"))
    'plan.xlsx, row 12, column land_mu'
    """
    parts = [place.file, place.sheet]
    if place.page is not None:
        parts.append(_("page %(number)s") % {"number": place.page})
    if place.line is not None:
        parts.append(_("line %(number)s") % {"number": place.line})
    if place.row is not None:
        parts.append(_("row %(number)s") % {"number": place.row})
    if place.column is not None:
        parts.append(_("column %(name)s") % {"name": place.column})
    return pgettext("between the parts of a place", ", ").join(part for part in parts if part)


def refuse(form: Form, refused: Refused, *, field: str | None = None) -> None:
    """Say every problem of a refusal at a field, or over the form."""
    for problem in refused.problems:
        place = place_words(problem.place)
        text = " ".join(filter(None, (f"{place}：" if place else "", words(problem), remedy_words(problem))))
        form.add_error(field if field in form.fields else None, text)
