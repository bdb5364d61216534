"""A simulated economy that agrees with what a plan states, and whose truth is known.

Sizes of firms are fitted by maximum entropy to everything the plan says about output (``entropy``, ``pack_facts``);
months follow with season, Spring Festival, factors, noise and known shocks (``paths``, ``shocks``); links between
suppliers and buyers are fitted to purchases (``links``); reports come late, are revised and slip in their units
(``reports``). All that is assumed stands in one file (``parameters``). Everything made here is marked simulated.

**Nothing that forecasts or warns may import this package**, nor statistics: it would know the answer. import-linter
holds that.

>>> from zhizao.engines.simulation import invented, shipped_parameters, simulate
>>> economy = simulate(invented(40, seed=1), shipped_parameters(), seed=7)
>>> economy.observations["status"].unique().to_list()
['simulated']
>>> economy.events.filter(is_direct=True)["event"].n_unique() >= 200
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhizao.kernel.late import late_names

if TYPE_CHECKING:
    from zhizao.engines.simulation.economy import Economy, simulate, simulated_codes
    from zhizao.engines.simulation.entropy import Statement, fit
    from zhizao.engines.simulation.facts import EconomyFacts, subject_of
    from zhizao.engines.simulation.files import observations_csv, write_demo
    from zhizao.engines.simulation.inventing import invented
    from zhizao.engines.simulation.pack_facts import facts_of_pack
    from zhizao.engines.simulation.parameters import Parameters, parameters_of, shipped_parameters

__all__ = [
    "Economy",
    "EconomyFacts",
    "Parameters",
    "Statement",
    "facts_of_pack",
    "fit",
    "invented",
    "observations_csv",
    "parameters_of",
    "shipped_parameters",
    "simulate",
    "simulated_codes",
    "subject_of",
    "write_demo",
]

_HOMES = {
    "economy": ("Economy", "simulate", "simulated_codes"),
    "entropy": ("Statement", "fit"),
    "facts": ("EconomyFacts", "subject_of"),
    "files": ("observations_csv", "write_demo"),
    "inventing": ("invented",),
    "pack_facts": ("facts_of_pack",),
    "parameters": ("Parameters", "parameters_of", "shipped_parameters"),
}
__getattr__ = late_names(__name__, {name: home for home, names in _HOMES.items() for name in names})
