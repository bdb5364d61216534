"""Why an alarm lapses."""

from __future__ import annotations

from typing import Final

from zhizao.kernel.result import mark

STANDS, CHANGED, WITHDRAWN, GRAVER = "", "figures_changed", "data_withdrawn", "graver"
"""What stands has no reason."""
REASONS: Final = {
    CHANGED: mark("The figures were corrected; the rule no longer calls."),
    WITHDRAWN: mark("The figures it stood on were withdrawn."),
    GRAVER: mark("It was called anew as a serious one."),
}
