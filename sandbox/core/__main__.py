"""`python -m sandbox.core --data DIR --state DIR [--port N] [--port-file F]`."""

import argparse
from pathlib import Path

from sandbox.web import run_until_told

from .server import CoreServer


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--port-file", type=Path)
    args = parser.parse_args()
    run_until_told(CoreServer(args.data, args.state, args.port).server, args.port_file)


main()
