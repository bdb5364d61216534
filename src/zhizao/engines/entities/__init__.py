"""Which company a name means: registered, short, former, English and misspelt names to one entity, with reasons.

Names are taken apart (``parts``), pairs that share a key are compared (``candidates``, ``evidence``), and the
candidates of a name share its probability: with b bits for candidate i and b₀ for “none of the register”, the score is
2^(bᵢ − b₀) / (1 + Σⱼ 2^(bⱼ − b₀)). So a name that fits two companies equally is a match for neither. Names that differ
in legal form, place, number, branch, or group against member are never more than doubtful, whatever their score.

Source: I. P. Fellegi, A. B. Sunter, A Theory for Record Linkage, JASA 64 (1969), doi 10.1080/01621459.1969.10501049;
names of companies: 《企业名称登记管理规定》 (国务院令第734号), article 6.

>>> import polars as pl
>>> from zhizao.engines.entities import resolve
>>> register = pl.DataFrame({"entity": ["e1", "e2"], "name": ["乙丙乳品一厂有限公司", "乙丙乳品二厂有限公司"]})
>>> resolve(["乙丙乳品2厂", "乙丙乳品厂有限公司"], register).select("entity", "decision").rows()
[('e2', 'match'), (None, 'none')]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhizao.kernel.late import late_names

if TYPE_CHECKING:
    from zhizao.engines.entities.evidence import CONFLICTS, REASONS, Conflict, Kind
    from zhizao.engines.entities.resolving import resolve

__all__ = ["CONFLICTS", "REASONS", "Conflict", "Kind", "resolve"]

_HOMES = {"evidence": ("CONFLICTS", "REASONS", "Conflict", "Kind"), "resolving": ("resolve",)}
__getattr__ = late_names(__name__, {name: home for home, names in _HOMES.items() for name in names})
