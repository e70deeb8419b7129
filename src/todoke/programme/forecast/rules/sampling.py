"""Three estimates as a table of 256 equally likely durations: a byte of chance becomes working days.

Triangular between low and high with its top at likely; only + − × ÷ and the square root, which IEEE 754 rounds the same
everywhere, so that the tables are the same on every machine.
"""

from collections.abc import Sequence
from math import sqrt

from todoke.programme.forecast.values import ActivityState, Calibration, Network

SIZE = 256
BINS = 8  # of the common factor


def quantiles(low: int, likely: int, high: int, percent: int = 100) -> list[int]:
    """256 durations in working days at the middle of 256 equal shares, ascending; at least 1 where there is work.

    `percent` stretches all of them: what a body's own history says of its estimates.
    """
    if not high:
        return [0] * SIZE
    if low == high:
        return [max(1, (low * percent + 50) // 100)] * SIZE
    top = (likely - low) / (high - low)
    return [max(1, int(_at((one + 0.5) / SIZE, low, high, top) * percent / 100 + 0.5)) for one in range(SIZE)]


def _at(share: float, low: int, high: int, top: float) -> float:
    """The inverse distribution function of the triangular distribution."""
    if share < top:
        return low + (high - low) * sqrt(share * top)
    return high - (high - low) * sqrt((1 - share) * (1 - top))


def common_factors(calibration: Calibration) -> tuple[int, ...]:
    """Eight equally likely per cents by which all work of one run takes longer or shorter; (100,) without a history.

    They are common to a run because what delays one piece of work（a vendor, a late specification）delays many.
    """
    ratios = sorted(calibration.ratios)
    if not calibration.is_used:
        return (100,)
    return tuple(ratios[(2 * one + 1) * len(ratios) // (2 * BINS)] for one in range(BINS))


def tables(network: Network, factors: Sequence[int]) -> list[list[list[int]]]:
    """For each factor, one table per activity; equal estimates share theirs."""
    shared: dict[tuple[int, int, int, int], list[int]] = {}
    found = []
    for percent in factors:
        row = []
        for one in network.activities:
            moves = one.state in {ActivityState.OPEN, ActivityState.RUNNING}
            key = (one.low, one.likely, one.high, percent) if moves else (0, 0, 0, percent)
            if key not in shared:
                shared[key] = quantiles(*key)
            row.append(shared[key])
        found.append(row)
    return found
