"""One target by our own fuzzer: `python -m tests.fuzz.blind TARGET RUNS SECONDS SEED`."""

import sys
import time

from tests.fuzz import mutation
from tests.fuzz.targets import TARGETS


def main() -> None:
    """Say how many inputs were read; an input that broke its reader ends this with its bytes."""
    name, (runs, seconds, seed) = sys.argv[1], (int(word) for word in sys.argv[2:5])
    until = time.monotonic() + seconds
    executions = runs if runs >= 0 else sys.maxsize
    done = mutation.run(
        TARGETS[name], executions=executions, seed=seed, is_over=lambda: time.monotonic() > until
    )
    print(f"number_of_executed_units: {done}")


if __name__ == "__main__":
    main()
