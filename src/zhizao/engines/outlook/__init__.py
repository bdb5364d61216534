"""Will we make it: forecasts of a panel, intervals that hold, and what follows for targets.

| module | what it answers |
|---|---|
| ``panel`` | figures of many series on one grid, from spans; sums that are known only together |
| ``forecast`` | mean, intervals and past errors of every series |
| ``theta``, ``combination``, ``fallbacks`` | the models: of the tail, of the largest, of what bears none |
| ``festival`` | what the Spring Festival does to months |
| ``calibrate`` | widths that hold |
| ``scores``, ``backtest`` | how good it was, as it would have been done |
| ``hierarchy``, ``reconcile``, ``choosing`` | forecasts that add up |
| ``trend_line``, ``paths``, ``target``, ``probability``, ``prior`` | the chance of a target, from joint paths |
| ``change`` | what moved a forecast and a chance |
| ``path_to_target``, ``drivers`` | pace and path to a target, what closes the gap |
| ``evaluation`` | a finished period: reached, missed, not measurable |

Public names are taken from the package. Four functions have the name of their module, which the package's attribute of
that name is; here they are called ``forecast_panel``, ``backtest_panel``, ``hierarchy_of`` and ``assess_targets``, and
the kinds of a target ``TargetKind``.

>>> from zhizao.engines.outlook import forecast_panel, read_panel
>>> panel = read_panel(b"series,span,value\\na,2025-01,3\\na,2025-02,3\\na,2025-03,3\\n")
>>> forecast_panel(panel, horizon=2, combined=0).mean.tolist()
[[3.0, 3.0]]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhizao.kernel.late import late_names

if TYPE_CHECKING:
    from zhizao.engines.outlook.assess import Assessment, assess_targets
    from zhizao.engines.outlook.backtest import Backtest, backtest_panel
    from zhizao.engines.outlook.change import Moved, Step, moved
    from zhizao.engines.outlook.choosing import choose, weights_of
    from zhizao.engines.outlook.drivers import Driver, Gap, close
    from zhizao.engines.outlook.evaluation import Actual, Call, Evaluation, Promise, Verdict, evaluate
    from zhizao.engines.outlook.forecast import Forecast, forecast_panel
    from zhizao.engines.outlook.hierarchy import Hierarchy, hierarchy_of
    from zhizao.engines.outlook.panel import Joint, Panel, panel_of, read_panel
    from zhizao.engines.outlook.path_to_target import Pace, Shape, best_pace, monthly_path, pace, yearly_path
    from zhizao.engines.outlook.paths import Sampler, sampler
    from zhizao.engines.outlook.prior import OutsideView, outside_view, shipped_reference_classes
    from zhizao.engines.outlook.probability import brier, brier_skill, wilson
    from zhizao.engines.outlook.reconcile import Projection, Weights, shrink, structural, variance
    from zhizao.engines.outlook.scores import Scores, score
    from zhizao.engines.outlook.target import Bound, Chance, Futures, Target, TargetKind, chance
    from zhizao.engines.outlook.target_table import targets_of

__all__ = [
    "Actual",
    "Assessment",
    "Backtest",
    "Bound",
    "Call",
    "Chance",
    "Driver",
    "Evaluation",
    "Forecast",
    "Futures",
    "Gap",
    "Hierarchy",
    "Joint",
    "Moved",
    "OutsideView",
    "Pace",
    "Panel",
    "Projection",
    "Promise",
    "Sampler",
    "Scores",
    "Shape",
    "Step",
    "Target",
    "TargetKind",
    "Verdict",
    "Weights",
    "assess_targets",
    "backtest_panel",
    "best_pace",
    "brier",
    "brier_skill",
    "chance",
    "choose",
    "close",
    "evaluate",
    "forecast_panel",
    "hierarchy_of",
    "monthly_path",
    "moved",
    "outside_view",
    "pace",
    "panel_of",
    "read_panel",
    "sampler",
    "score",
    "shipped_reference_classes",
    "shrink",
    "structural",
    "targets_of",
    "variance",
    "weights_of",
    "wilson",
    "yearly_path",
]

_HOMES = {
    "assess": ("Assessment", "assess_targets"),
    "backtest": ("Backtest", "backtest_panel"),
    "change": ("Moved", "Step", "moved"),
    "choosing": ("choose", "weights_of"),
    "drivers": ("Driver", "Gap", "close"),
    "evaluation": ("Actual", "Call", "Evaluation", "Promise", "Verdict", "evaluate"),
    "forecast": ("Forecast", "forecast_panel"),
    "hierarchy": ("Hierarchy", "hierarchy_of"),
    "panel": ("Joint", "Panel", "panel_of", "read_panel"),
    "path_to_target": ("Pace", "Shape", "best_pace", "monthly_path", "pace", "yearly_path"),
    "paths": ("Sampler", "sampler"),
    "prior": ("OutsideView", "outside_view", "shipped_reference_classes"),
    "probability": ("brier", "brier_skill", "wilson"),
    "reconcile": ("Projection", "Weights", "shrink", "structural", "variance"),
    "scores": ("Scores", "score"),
    "target": ("Bound", "Chance", "Futures", "Target", "TargetKind", "chance"),
    "target_table": ("targets_of",),
}
__getattr__ = late_names(__name__, {name: home for home, names in _HOMES.items() for name in names})
