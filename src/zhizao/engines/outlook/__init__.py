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
| ``paths``, ``target``, ``probability``, ``prior`` | the chance of a target, from joint paths |

Functions are imported from their module, since some have its name:

>>> from zhizao.engines.outlook.forecast import forecast
>>> from zhizao.engines.outlook.panel import read_panel
>>> panel = read_panel(b"series,span,value\\na,2025-01,3\\na,2025-02,3\\na,2025-03,3\\n")
>>> forecast(panel, horizon=2, combined=0).mean.tolist()
[[3.0, 3.0]]
"""

from __future__ import annotations
