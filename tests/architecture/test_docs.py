"""The documentation says what the code says: settings, and files that it points to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = re.compile(r"\b(?:ZHIZAO_[A-Z_]+|DATABASE_URL)\b")
PICTURES = "docs/images/"  # made by the browser journeys


def settings_read() -> set[str]:
    text = (ROOT / "src/zhizao/site/settings.py").read_text(encoding="utf-8")
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text))


@pytest.mark.parametrize("page", ["docs/how-to/operate.md", "docs/how-to/operate.zh.md"])
def test_every_setting_is_described_and_none_that_is_not_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    described = set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))
    assert settings_read() <= described, "describe the new setting"
    assert described - settings_read() == {"ZHIZAO_LANG"}, "only the command line reads ZHIZAO_LANG"
    assert set(VARIABLE.findall(text)) <= described


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_links_of_the_readme_lead_to_files(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    targets = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert targets
    assert [target for target in targets if not target.startswith(PICTURES) and not (ROOT / target).exists()] == []
