"""``zhizao brief``: the files, and what is refused."""

from __future__ import annotations

from functools import partial

import pytest
from tests.apps.cockpit.conftest import figures  # noqa: F401 -- fixtures
from tests.apps.outlook.conftest import area, enterprises, row, take  # noqa: F401 -- fixtures
from tests.cli.conftest import Command

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(command: Command, tmp_path, settings) -> Command:
    settings.MEDIA_ROOT = tmp_path / "files"
    return partial(command, "brief")


def test_the_same_month_and_day_give_the_same_bytes_after_later_corrections_too(run, figures, take, tmp_path):  # noqa: F811
    wish = ("--month", "2024-06", "--as-of", "2024-07-20")
    files = [tmp_path / name for name in ("a.docx", "b.docx", "a.pdf", "b.pdf")]
    code, said, _err = run(*wish, "--out", files[0])
    assert code == 0 and "brief of 2024-06 as known on 2024-07-20, run " in said
    assert run(*wish, "--out", files[2])[0] == 0
    take(row("enterprise:a", "gross_output", "2024-01..06", 1000, "2024-08-05"), name="更正.csv")
    assert run(*wish, "--out", files[1])[0] == run(*wish, "--out", files[3])[0] == 0
    assert files[0].read_bytes() == files[1].read_bytes() and files[2].read_bytes() == files[3].read_bytes()
    assert run(*wish, "--out", files[1], "--lang", "zh")[0] == 0
    assert files[0].read_bytes() != files[1].read_bytes()


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (("--month", "2024-06", "--as-of", "2024-07-20", "--out", "brief.odt"), "docx or a pdf"),
        (("--month", "2024-06", "--as-of", "2024-07-20", "--out", "brief"), "docx or a pdf"),
        (("--month", "2999-01", "--out", "b.pdf"), "January"),
        (("--month", "2999-06", "--out", "b.pdf"), "not over yet"),
        (("--month", "2024-06", "--as-of", "2024-06-20", "--out", "b.pdf"), "nothing of it could be known"),
        (("--month", "2024-06", "--as-of", "yesterday", "--out", "b.pdf"), "not a date"),
        (("--month", "1999-06", "--as-of", "2024-07-20", "--out", "b.pdf"), "Nothing was known"),
        (("--month", "2024-06", "--area", "nowhere", "--out", "b.pdf"), "no area"),
        (("--out", "b.pdf"), "--month"),
        (("--month", "2024-06", "--as-of", "2024-07-20", "--out", "nowhere/b.pdf"), "cannot be written"),
        (("--month", "2024-06", "--as-of", "2024-07-20", "--out", "../folder.pdf"), "cannot be written"),
    ],
)
def test_a_bad_wish_is_one_line_and_nothing_is_written_or_kept(run, figures, wish, words, tmp_path, monkeypatch):  # noqa: F811
    from zhizao.base.evidence.models import Run

    (tmp_path / "here").mkdir()
    (tmp_path / "folder.pdf").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    code, _said, err = run(*wish)
    assert code == 2 and words in err and len(err.strip().splitlines()) == 1
    assert not Run.objects.exists() and not list((tmp_path / "here").iterdir())
