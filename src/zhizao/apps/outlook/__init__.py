"""Will the plan be met: runs of the forecasts, the probability of each target, and how good such calls were."""
