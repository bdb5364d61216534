"""Unified social credit codes of legal persons and other organisations: checked, taken apart, built.

A code has 18 characters of 31 (no I, O, S, V, Z): authority (1), kind (1), region (6), organisation (9), check
(1). With v_i the place of a character in ``ALPHABET`` and the weights w_i = 3^(i−1) mod 31, the check character has
the value (31 − Σ v_i w_i mod 31) mod 31, over i = 1 … 17. As 31 is prime and no weight is 0, any single wrong character
is caught, and any two neighbours exchanged. The organisation part is a code with a check character of its own (weights
3, 7, 9, 10, 5, 8, 4, 2; modulus 11).

Source: GB 32100-2015; GB 11714-1997.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from zhizao.kernel import text as texts
from zhizao.kernel.result import Problem, Refused, Severity, mark

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"

_WEIGHTS: Final = tuple(pow(3, i, 31) for i in range(17))
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SCIENTIFIC: Final = re.compile(r"\d(?:\.\d+)?E\+?\d+")
_HIGHEST_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A code that has passed its check.

    Parameters
    ----------
    text : str
        The 18 characters.

    Examples
    --------
    >>> code = parse("91500108MA0000015H")
    >>> code.kind, code.region, code.organisation, code.check
    ('91', '500108', 'MA0000015', 'H')
    """

    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def authority(self) -> str:
        """The registering authority, position 1.

        >>> parse("91500108MA0000015H").authority
        '9'
        """
        return self.text[0]

    @property
    def kind(self) -> str:
        """Authority and kind of organisation, positions 1 and 2; ``kind_names`` has their names.

        >>> kind_names(parse("91500108MA0000015H").kind)
        ('市场监管', '企业')
        """
        return self.text[:2]

    @property
    def region(self) -> str:
        """The division code of the registering office, positions 3 to 8 (GB/T 2260).

        >>> parse("91500108MA0000015H").region
        '500108'
        """
        return self.text[2:8]

    @property
    def organisation(self) -> str:
        """The organisation code with its own check character, positions 9 to 17 (GB 11714).

        >>> parse("91500108MA0000015H").organisation
        'MA0000015'
        """
        return self.text[8:17]

    @property
    def check(self) -> str:
        """The check character, position 18.

        >>> parse("91500108MA0000015H").check
        'H'
        """
        return self.text[17]


def parse(text: str) -> CreditCode:
    """Read a code, or refuse it with every reason found; blanks and full-width or small letters are accepted.

    Raises
    ------
    Refused
        ``credit_code.scientific``, ``credit_code.length``, ``credit_code.character``, ``credit_code.region``,
        ``credit_code.check``.

    Examples
    --------
    >>> str(parse(" 9111 0000 6000 37341l"))
    '91110000600037341L'
    >>> parse("91110000600037342L")
    Traceback (most recent call last):
    zhizao.kernel.result.Refused: The check character of 91110000600037342L is wrong. Compare it with the licence.
    """
    errors = tuple(problem for problem in problems(text) if problem.severity is Severity.ERROR)
    if errors:
        raise Refused(*errors)
    return CreditCode(_fold(text))


def is_valid(text: str) -> bool:
    """Whether ``parse`` would accept it.

    >>> is_valid("11320000MB151840XJ"), is_valid("11320000MB151840XK")
    (True, False)
    """
    return all(problem.severity is not Severity.ERROR for problem in problems(text))


def problems(text: str) -> tuple[Problem, ...]:
    """What is wrong with a code; a wrong check character inside the organisation part is only a warning.

    The inner check is not everywhere kept by old registers, so that it cannot refuse a code whose outer check is right.

    >>> [problem.code for problem in problems("9111000060003734OL")]
    ['credit_code.character']
    >>> old = build(kind="91", region="500108", organisation="123456789")
    >>> [(problem.code, problem.severity.value) for problem in problems(old)]
    [('credit_code.organisation_check', 'warning')]
    """
    code = _fold(text)
    shown = code[:_HIGHEST_SHOWN]
    if _SCIENTIFIC.fullmatch(code):
        message = mark("%(code)s is a number that a spreadsheet has rounded; the code is lost.")
        return (
            _problem("scientific", message, mark("Format the column as text and type the code again."), code=shown),
        )
    if len(code) != 18:
        message = mark("A credit code has 18 characters; this one has %(length)s.")
        return (_problem("length", message, mark("Compare it with the licence."), length=len(code)),)
    found = [
        _problem(
            "character",
            mark("“%(character)s” at position %(position)s cannot stand in a credit code."),
            mark("I, O, S, V and Z are not used: write 1, 0, 5, U or 2 if that is meant."),
            character=character,
            position=position,
        )
        for position, character in enumerate(code, start=1)
        if character not in ALPHABET
    ]
    if found:
        return tuple(found)
    if not code[2:8].isdecimal():
        message = mark("Positions 3 to 8 of %(code)s are not the six digits of a region.")
        found.append(_problem("region", message, mark("Compare it with the licence."), code=shown))
    if check_character(code[:17]) != code[17]:
        message = mark("The check character of %(code)s is wrong.")
        found.append(_problem("check", message, mark("Compare it with the licence."), code=shown))
    if not found and organisation_check_character(code[8:16]) != code[16]:
        message = mark("The organisation part of %(code)s has a check character that does not fit.")
        remedy = mark("Compare it with the licence; old registers have such codes.")
        found.append(_problem("organisation_check", message, remedy, severity=Severity.WARNING, code=shown))
    return tuple(found)


def build(*, kind: str, region: str, organisation: str) -> str:
    """A code from its parts; an organisation part of 8 characters is given its own check character first.

    >>> build(kind="91", region="500108", organisation="MA000001")
    '91500108MA0000015H'

    Raises
    ------
    Refused
        As ``parse``, where a part is too long, too short or has a wrong character.
    """
    if len(organisation) == 8 and set(organisation) <= set(_ORGANISATION_ALPHABET):
        organisation += organisation_check_character(organisation)
    body = kind + region + organisation
    fits = (len(kind), len(region), len(organisation)) == (2, 6, 9) and set(body) <= set(ALPHABET)
    return parse(body + (check_character(body) if fits else "")).text


def check_character(body: str) -> str:
    """The check character of the first 17 (GB 32100-2015); a wrong length or character raises ``ValueError``.

    >>> check_character("91110000600037341")
    'L'
    """
    if len(body) != 17:
        raise ValueError(body)
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organisation_check_character(body: str) -> str:
    """The check character of the first 8 of an organisation code (GB 11714-1997); ``X`` stands for 10.

    >>> organisation_check_character("60003734"), organisation_check_character("MB151840")
    ('1', 'X')
    """
    if len(body) != 8:
        raise ValueError(body)
    weighted = zip(body, _ORGANISATION_WEIGHTS, strict=True)
    return "0123456789X"[-sum(_ORGANISATION_ALPHABET.index(character) * weight for character, weight in weighted) % 11]


def kind_names(kind: str) -> tuple[str, str] | None:
    """The names of authority and kind (positions 1 and 2), or ``None`` where the standard has none.

    >>> kind_names("93"), kind_names("94")
    (('市场监管', '农民专业合作社'), None)
    """
    return _kinds().get(kind)


@cache
def _kinds() -> dict[str, tuple[str, str]]:
    from zhizao.kernel import tables  # late: the tables take a second to import, and only names need them

    frame = tables.read_csv(files("zhizao") / "packs" / "china" / "codes" / "gb32100_kinds.csv")
    return {code: (authority, kind) for code, authority, kind in frame.select("code", "authority", "kind").rows()}


def _fold(text: str) -> str:
    return re.sub(r"[\s-]", "", texts.normalise(text)).upper()


def _problem(rule: str, message: str, remedy: str, *, severity: Severity = Severity.ERROR, **params: object) -> Problem:
    return Problem(f"credit_code.{rule}", message, remedy=remedy, severity=severity, params=params)
