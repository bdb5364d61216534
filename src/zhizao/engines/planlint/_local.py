from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Quantity:
    value: Decimal
    high: Decimal | None
    unit: str
    bound: str
    start: int
    end: int
    text: str


_B = {
    "〉": "gt",
    ">": "gt",
    "＞": "gt",
    "≥": "ge",
    "〈": "lt",
    "<": "lt",
    "≤": "le",
    "约": "about",
    "不低于": "ge",
    "突破": "gt",
    "超过": "gt",
    "不超过": "le",
}
_RE = re.compile(
    r"(〉|>|＞|≥|〈|<|≤|约|不低于|不超过|突破|超过)?\s*([+-]?\d[\d,]*(?:\.\d+)?)(?:\s*[-—–~至]\s*(\d[\d,]*(?:\.\d+)?))?\s*([^\d\s以左]{0,5})(以上|以下|以内)?"
)


def find(text: str) -> list[Quantity]:
    out = []
    for m in _RE.finditer(text):
        b = _B.get(m[1] or "", "eq")
        if m[5]:
            b = "ge" if m[5] == "以上" else "le"
        out.append(
            Quantity(
                Decimal(m[2].replace(",", "")), Decimal(m[3]) if m[3] else None, m[4] or "", b, m.start(), m.end(), m[0]
            )
        )
    return out


_U = {
    "元": ("m", Decimal(1)),
    "万元": ("m", Decimal(10000)),
    "亿元": ("m", Decimal(10**8)),
    "平方米": ("a", Decimal(1)),
    "公顷": ("a", Decimal(10000)),
    "亩": ("a", Decimal(2000) / 3),
    "平方公里": ("a", Decimal(10**6)),
    "%": ("p", Decimal(1)),
    "家": ("n", Decimal(1)),
    "个": ("n", Decimal(1)),
    "件": ("n", Decimal(1)),
}


class Unit:
    def __init__(self, s):
        self.s = s
        self.kind, self.f = _U[s]

    def convert(self, v, to):
        if to.kind != self.kind:
            raise ValueError
        from fractions import Fraction

        f = lambda u: Fraction(2000, 3) if u.s == "亩" else Fraction(u.f)
        r = Fraction(v) * f(self) / f(to)
        return Decimal(r.numerator) / Decimal(r.denominator)


def unit(s):
    return Unit(s)
