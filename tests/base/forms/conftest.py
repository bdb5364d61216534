"""The forms of the nation's pack, and a small one of the tests' own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

SMALL = """
id: small
edition: "1"
number: T-1
title: {zh: 小表, en: Small}
issuer: {zh: 某局, en: Office}
effective_from: 2024-01-01
rhythm: month
unit: 万元
columns:
  - {id: period, name: {zh: 本月, en: Month}, span: period}
  - {id: ytd, name: {zh: 累计, en: To date}, span: ytd}
rows:
  - {code: "01", name: {zh: 甲, en: A}, unit: 万元, indicator: a}
  - {code: "02", name: {zh: 乙, en: B}, unit: 万元, negative: yes}
  - {code: "03", name: {zh: 计, en: Sum}, unit: 万元, negative: yes, formula: r01 + half * r02, indicator: sum}
  - {code: "04", name: {zh: 人, en: Staff}, unit: 人, kind: integer, required: no, measure: stock, indicator: staff}
parameters:
  half: {value: 0.5}
checks:
  - id: grows
    severity: soft
    each: {rows: ["01"], columns: [ytd]}
    expr: x >= x_before
    text: {zh: "%(x)s<%(x_before)s"}
  - id: parts
    severity: hard
    each: {rows: ["01", "02"], columns: [ytd]}
    expr: x >= x_period
    text: {zh: "小于本月", en: less}
"""


@pytest.fixture
def small_text() -> str:
    return SMALL


@pytest.fixture
def small() -> Any:
    from zhizao.base.forms.loading import read_form

    return read_form(SMALL.encode())


@pytest.fixture
def nation() -> Any:
    from zhizao.base.forms.library import library

    return library()


@pytest.fixture
def period() -> Any:
    from zhizao.kernel.span import Span

    return Span.parse("2025-03")


def asked(user: Any, since: str = "2020-01-01", *, key: str = "") -> Any:
    """An account of an enterprise that an office has asked to report since a day."""
    from datetime import date

    from zhizao.base.facts import services as facts
    from zhizao.base.forms.circle import subject_key
    from zhizao.base.forms.models import Duty

    organisation = user.organisation
    if key:
        organisation.enterprise_key = key
        organisation.save()
    kind, _colon, id_part = subject_key(organisation).partition(":")
    subject = facts.subject(kind=kind, id_part=id_part, area=organisation.area)
    facts.state([Duty(subject=subject, asked=True, valid_from=date.fromisoformat(since), source="test")])
    return user


def decimals(**cells: str) -> dict[str, Decimal]:
    """``decimals(c01_ytd="5")`` is ``{"01.ytd": Decimal(5)}``."""
    return {name[1:].replace("_", "."): Decimal(value) for name, value in cells.items()}
