"""What a body's own history says of its estimates."""

from collections.abc import Iterable

from todoke.programme.forecast.values import Calibration

MOST = 1000  # per cent: a longer overrun is another kind of event than a wrong estimate
OWN, PEERS, NONE = "自団体の実績", "ほかの団体の実績", "実績がまだ少ないため、報告された日数のまま"


def calibrate(pairs: Iterable[tuple[int, int]], peers: Iterable[tuple[int, int]] = ()) -> Calibration:
    """From (estimated, actual) working days of finished work; with fewer than five of our own, those of peers.

    Nothing is made up: with too few of both the forecast uses what was reported, and says so.
    """
    own, others = _ratios(pairs), _ratios(peers)
    for ratios, source in ((own, OWN), (others, PEERS)):
        found = Calibration(ratios, f"{source}（{len(ratios)}件）")
        if found.is_used:
            return found
    return Calibration(own, NONE)


def _ratios(pairs: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    return tuple(
        sorted(min(max(actual, 1) * 100 // estimated, MOST) for estimated, actual in pairs if estimated > 0)
    )
