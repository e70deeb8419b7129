"""The engine: pure, seeded, explainable. Days are integers; capacity is counted in whole hundredths.

`scheduling` places, `simulating` asks how likely, `explaining` why, `safe_dates` until when, `early_start` and `branches`
what if, `lint` what is odd. Nothing here knows a clock, a database or a set's order.
"""

ENGINE = "todoke-forecast/2"
