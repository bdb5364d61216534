"""``zhizao outlook run``: what is told and kept, and what is refused."""

from __future__ import annotations

import json
from functools import partial

import pytest
from tests.apps.outlook.conftest import (  # noqa: F401 -- fixtures
    area,
    economy,
    enterprises,
    keys,
    plan,
    take,
    yearly,
)
from tests.cli.conftest import Command

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(command: Command, tmp_path, settings) -> Command:
    settings.MEDIA_ROOT = tmp_path / "files"
    return partial(command, "outlook", "run")


def test_every_target_is_told_and_kept_and_the_same_command_tells_the_same(run, economy):  # noqa: F811
    from zhizao.apps.outlook.models import Call

    wish = ("--as-of", "2024-07-31", "--draws", 200, "--combined", 0, "--seed", 7)
    code, said, _err = run(*wish, "--format", "json")
    told = json.loads(said)
    assert (code, told["as_of"], len(told["targets"])) == (0, "2024-07-31", 4)
    assert all(0 <= target["p"] <= 1 for target in told["targets"])
    code, text, _err = run(*wish)
    assert (code, Call.objects.count()) == (0, 4)
    assert f"Run {told['run']}, as of 2024-07-31" in text and "规模工业总产值" in text


def test_what_cannot_be_told_leaves_with_1(run, plan):  # noqa: F811
    code, said, _err = run("--as-of", "2024-07-31", "--combined", 0)
    assert code == 1 and "untold" in said


@pytest.mark.parametrize(
    "wish", [("--as-of", "2999-01-01"), ("--as-of", "x"), ("--draws", 99), ("--area", "1"), ("--as-of", "2020-01-31")]
)
def test_bad_wishes_are_one_line_and_nothing_is_kept(run, plan, wish):  # noqa: F811
    from zhizao.base.evidence.models import Run

    code, _out, err = run(*wish)
    lines = [line for line in err.splitlines() if "Forecasting" not in line]
    assert code == 2 and len(lines) == 1 and lines[0].startswith("zhizao: ")
    assert not Run.objects.filter(engine="outlook").exists()
