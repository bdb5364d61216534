"""A brief as issued, with two figures: what an address needs, without the seconds that a whole one takes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from zhizao.base.evidence import canonical
from zhizao.base.evidence.services import record_run

AS_OF = dt.date(2025, 7, 20)


def brief(area: Any) -> Any:
    """The brief of June 2025 in Chinese."""
    from zhizao.apps.cockpit import reading
    from zhizao.apps.cockpit.book import fact, text
    from zhizao.apps.cockpit.models import Brief
    from zhizao.base.files.store import put
    from zhizao.kernel.span import Span

    month = Span.of_month(2025, 6)
    sector = {
        "name": text("电子"),
        "points": fact("points", "7.50", source="s", simulated=True),
        "growth": fact("change", "10.00", source="s", simulated=True),
        "public": fact("flag", value=True),
    }
    data = {
        "facts": {
            "area": text(area.name),
            "month": fact("span", month),
            "ytd": fact("span", Span.year_to_date(2025, 6)),
            "as_of": fact("day", AS_OF),
            "template": fact("number", 1),
        },
        "lists": {"sectors": [sector], "pulled": [sector]},
        "sources": {"s": {"kind": "sector", "name": "工业总产值", "of": "电子", "span": "2025-01..06", "rows": 3}},
    }
    run = record_run(
        actor=None,
        area=area,
        engine=reading.ENGINE,
        engine_version=reading.ENGINE_VERSION,
        inputs={"ytd": "0" * 64},
        parameters={"month": str(month), "template": 1},
        seed=None,
        as_of=AS_OF,
        output=canonical.dumps(data),
    )
    return Brief.objects.create(
        area=area,
        start_month=month.start_month,
        as_of=AS_OF,
        language="zh",
        template_version=1,
        run=run,
        docx_sha256=put(b"docx"),
        pdf_sha256=put(b"pdf"),
    )
