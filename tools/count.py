"""Add up junit reports and print the one closing line: ``count.py REPORT…``; fails if a test failed or none ran."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree


def count(paths: list[Path]) -> tuple[int, int, int]:
    """Passed, failed and skipped tests of all reports.

    A report that is missing or cut off counts as one failure: its run broke before the end.
    """
    passed = failed = skipped = 0
    for path in paths:
        try:
            suites = list(ElementTree.parse(path).getroot().iter("testsuite"))  # noqa: S314 -- our own pytest wrote it
        except (OSError, ElementTree.ParseError):
            failed += 1
            continue
        for suite in suites:
            bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            idle = int(suite.get("skipped", 0))
            passed += int(suite.get("tests", 0)) - bad - idle
            failed += bad
            skipped += idle
    return passed, failed, skipped


def main() -> int:
    passed, failed, skipped = count([Path(name) for name in sys.argv[1:]])
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
