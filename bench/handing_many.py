"""`python -m bench.handing_many 1000000`: so many cases that wait, handed over in rounds: CPU and memory of each round."""

import argparse

from .__main__ import _own_installation


def main() -> None:
    """Print a line a round, and one for all."""
    parser = argparse.ArgumentParser(prog="python -m bench.handing_many", description="多くの引渡しを測る")
    parser.add_argument("ready", type=int, help="引渡しを待つ件数")
    parser.add_argument("--round", type=int, default=10_000, help="一回りの件数（既定1万）")
    args = parser.parse_args()
    with _own_installation() as work:
        from . import handovers, links

        links.prepare()
        for line in handovers.many(args.ready, work, round_size=args.round):
            print(line, flush=True)


if __name__ == "__main__":
    main()
