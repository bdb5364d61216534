"""What an enterprise is by the dated rules: size, above-scale, the ladder of firms; and how far the next rung is.

The rules are data (``packs/china/rules``); nothing here knows a threshold. ``classify`` answers all of them for many
enterprises, ``standings`` for one with the reasons; ``next_rung`` picks what comes next, and ``distances`` says of each
condition that fails the least change of one fact, in its own unit, that would meet it while all else stays:

    R&D / revenue = 2.6 %, needed 3 %   ⇒   +41 (万元 of R&D)

Answers are yes, no and unknown (Kleene): a fact that is not known is neither met nor failed.

Source: 国统字〔2017〕213号 (size); 工信部企业〔2022〕63号 and its revision of 2026 (ladder); 国科发火〔2016〕32号;
工信部政法〔2023〕138号; S. C. Kleene, Introduction to Metamathematics (1952), §64.

>>> import datetime as dt
>>> from zhizao.engines.ladder import distances, next_rung, rulebook, standings
>>> facts = {"innovation_score": 30, "growth_score": 20, "specialisation_score": 20, "years_in_niche": 4,
...          "srdi_score": 72, "rd_wan_yuan": 266.5, "revenue_wan_yuan": 10250}
>>> day = dt.date(2025, 6, 1)
>>> rung = next_rung(standings(rulebook(), facts, on=day)).rule
>>> rung, [(str(d.have), str(d.need), str(d.delta), d.unit) for d in distances(rulebook(), rung, facts, on=day)]
('srdi_sme', [('2.6', '3', '41', '万元')])
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhizao.kernel.late import late_names

if TYPE_CHECKING:
    from zhizao.engines.ladder.classifying import classify
    from zhizao.engines.ladder.pack import LADDER, RULES, FactKind, facts, rulebook
    from zhizao.engines.ladder.standing import Distance, Standing, distances, next_rung, standings

__all__ = [
    "LADDER",
    "RULES",
    "Distance",
    "FactKind",
    "Standing",
    "classify",
    "distances",
    "facts",
    "next_rung",
    "rulebook",
    "standings",
]

_HOMES = {
    "classifying": ("classify",),
    "pack": ("LADDER", "RULES", "FactKind", "facts", "rulebook"),
    "standing": ("Distance", "Standing", "distances", "next_rung", "standings"),
}
__getattr__ = late_names(__name__, {name: home for home, names in _HOMES.items() for name in names})
