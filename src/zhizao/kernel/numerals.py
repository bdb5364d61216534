"""Chinese numerals, both ways: 一百二十三, 两千, 二〇三五, 壹佰, and mixed forms such as 3.5万, 2千万, 1亿2000万.

A number is read as sections of 亿 and 万 (万亿 is 10^12), each with 千, 百, 十. A string of digits without these
(二〇三五) is read by position. The last digit may leave its unit out (两万五 is 25,000). 兆 is refused: it means 10^6
or 10^12.

Source: GB/T 15835-2011 (numerals in publications); the formal digits: 《支付结算办法》 (银发〔1997〕393号), annex 1.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

from zhizao.kernel import text as texts
from zhizao.kernel.result import Problem, Refused, mark

DIGITS: Final = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
MULTIPLIERS: Final = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
LIMIT: Final = 10**16

_FORMAL_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_FOLD: Final = str.maketrans(
    {
        **dict(zip("壹贰叁肆伍陆柒捌玖拾佰仟萬億兩貳參陸", "一二三四五六七八九十百千万亿两二三六", strict=True)),
        "廿": "二十",
        "卅": "三十",
        "○": "〇",
    }
)
_ARABIC: Final = r"(?:\d{1,3}(?:,\d{3}){1,8}|\d{1,32})(?:\.\d{1,32})?"
_LEVELS: Final = "亿万千百十"
_POSITIONAL: Final = re.compile("[零〇一二三四五六七八九两]{1,16}")
_TOKEN: Final = re.compile(rf"(?P<arabic>{_ARABIC})|(?P<digit>[零〇一二三四五六七八九两])|(?P<multiplier>[十百千万亿])")


def parse(text: str) -> Decimal:
    """Read a number in Chinese, Arabic or mixed digits, exactly.

    Parameters
    ----------
    text : str
        Full-width digits, grouped thousands and a sign are allowed; a unit is not.

    Raises
    ------
    Refused
        ``numerals.not_a_number``.

    Examples
    --------
    >>> [str(parse(s)) for s in ("一百二十三", "两千万", "二〇三五", "壹仟零贰拾", "３．５万", "1亿2000万", "872,974")]
    ['123', '20000000', '2035', '1020', '35000', '120000000', '872974']
    >>> parse("三点一四"), parse("负十")
    (Decimal('3.14'), Decimal('-10'))
    >>> parse("abc")
    Traceback (most recent call last):
    zhizao.kernel.result.Refused: “abc” is not a number. Write it in digits (1234.5) or in full Chinese numerals.
    """
    value = _read(text)
    if value is None:
        raise Refused(
            Problem(
                "numerals.not_a_number",
                mark("“%(text)s” is not a number."),
                remedy=mark("Write it in digits (1234.5) or in full Chinese numerals."),
                params={"text": text},
            )
        )
    return value


def _read(text: str) -> Decimal | None:
    """The number, or ``None`` where the text is not one."""
    body = texts.normalise(text).translate(_FOLD).replace("−", "-")
    sign = -1 if body[:1] in ("-", "负") else 1
    body = body[1:] if body[:1] in ("-", "负", "+") else body
    whole, point, fraction = body.partition("点")
    value = _positional(whole) if _POSITIONAL.fullmatch(whole) else _section(_tokens(whole), 0)
    if value is None or value >= LIMIT:
        return None
    if point:
        if not _POSITIONAL.fullmatch(fraction) or whole[0] in "0123456789":
            return None
        value += _positional(fraction) / 10 ** len(fraction)
    return to_decimal(sign * value)


def _positional(digits: str) -> Fraction:
    return Fraction(int("".join(str(DIGITS[digit]) for digit in digits)))


def _tokens(body: str) -> list[Fraction | str]:
    """Digits and Arabic numbers as fractions, multipliers as characters; nothing where another character stands."""
    tokens: list[Fraction | str] = []
    position = 0
    while position < len(body):
        found = _TOKEN.match(body, position)
        if found is None:
            return []
        position = found.end()
        if found["arabic"]:
            tokens.append(Fraction(found["arabic"].replace(",", "")))
        else:
            tokens.append(Fraction(DIGITS[found["digit"]]) if found["digit"] else found["multiplier"])
    return tokens


def _section(tokens: list[Fraction | str], level: int) -> Fraction | None:
    """``left × multiplier + right``, split at the last multiplier of the highest level that stands in the tokens."""
    while level < len(_LEVELS) and _LEVELS[level] not in tokens:
        level += 1
    if level == len(_LEVELS):
        return _ones(tokens)
    multiplier = MULTIPLIERS[_LEVELS[level]]
    at = len(tokens) - 1 - tokens[::-1].index(_LEVELS[level])
    left, right = tokens[:at], tokens[at + 1 :]
    if not left:
        high = Fraction(1) if multiplier == 10 else None  # 十二 is 12, but 百二 is not a numeral
    else:
        high = _section(left, level + 1) if multiplier >= 10**4 else _ones(left)
    if high is None or (high == 0 and (right or multiplier < 10**4)):
        return None
    if not right:
        return high * multiplier
    low = _section(right, level + 1)
    if low is not None and len(right) == 1 and low < 10 and multiplier > 10:
        low *= multiplier // 10  # 两万五
    return high * multiplier + low if low and low < multiplier and high.denominator == 1 else None


def _ones(tokens: list[Fraction | str]) -> Fraction | None:
    """One digit or Arabic number, after any zeros."""
    *zeros, last = tokens or [""]
    return last if isinstance(last, Fraction) and not any(zeros) else None


def to_chinese(number: int, *, formal: bool = False) -> str:
    """Write a whole number in Chinese numerals, below 10^16.

    Parameters
    ----------
    number : int
    formal : bool
        The digits of cheques, 壹贰叁, which cannot be altered.

    Raises
    ------
    Refused
        ``numerals.too_large``.

    Examples
    --------
    >>> to_chinese(12), to_chinese(872974), to_chinese(100_010_005), to_chinese(10**12)
    ('十二', '八十七万二千九百七十四', '一亿零一万零五', '一万亿')
    >>> to_chinese(1020, formal=True)
    '壹仟零贰拾'
    """
    if abs(number) >= LIMIT:
        raise Refused(
            Problem(
                "numerals.too_large",
                mark("%(number)s is too large to be written in Chinese numerals."),
                remedy=mark("Write it in digits."),
                params={"number": number},
            )
        )
    if number < 0:
        return "负" + to_chinese(-number, formal=formal)
    chinese = _write(number) or "零"
    if formal:
        return chinese.translate(str.maketrans("零一二三四五六七八九十百千", _FORMAL_DIGITS + "拾佰仟"))
    return chinese.removeprefix("一") if chinese.startswith("一十") else chinese


def _write(number: int) -> str:
    for multiplier, character in ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= multiplier:
            high, low = divmod(number, multiplier)
            gap = "零" if 0 < low < multiplier // 10 else ""
            return _write(high) + character + gap + _write(low)
    return "零一二三四五六七八九"[number] if number else ""


def to_decimal(value: Fraction, *, digits: int = 28) -> Decimal:
    """A fraction as a decimal: exact where the decimal ends, else to ``digits`` significant digits, half to even.

    >>> to_decimal(Fraction(1, 8)), to_decimal(Fraction(2, 3), digits=5)
    (Decimal('0.125'), Decimal('0.66667'))
    """
    if value.denominator == 1:
        return Decimal(value.numerator)
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest == 1:
        places = max(twos, fives)
        return Decimal(f"{value.numerator * 10**places // value.denominator}E-{places}")
    return Context(prec=digits).divide(Decimal(value.numerator), Decimal(value.denominator))
