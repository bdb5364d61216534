"""Seen early: which enterprises depart from what their past and their peers let expect, and how the economy stands.

| module | what it answers |
|---|---|
| ``figures`` | monthly figures on one grid, January–February one cell |
| ``residuals`` | what a figure is off from its own past and from its peers' present |
| ``beyond`` | what one figure is beyond what goes with another |
| ``distress`` | one score of several measures, its p-value, the share of false calls |
| ``settings`` | what is watched, and the dated rules that call |
| ``running`` | alarms, with the arithmetic of each |
| ``breaks`` | whether a sum over enterprises has broken with its past |
| ``concentration`` | how much hangs on few |
| ``scoring`` | how good alarms were, by rule |
| ``prosperity``, ``lamps`` | diffusion and composite index, turning points, climate; lamps by dated cut-offs |

Functions are imported from their module:

>>> from zhizao.engines.warning.settings import shipped_watch
>>> shipped_watch().measures["output"].of
'gross_output'
"""

from __future__ import annotations
