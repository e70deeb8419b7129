"""`python -m sandbox.clamd --port 3310`: a pretended scanner for trying the desk out. It protects nobody."""

import argparse
import signal
from datetime import UTC, datetime

from sandbox.clamd.server import ClamdServer

parser = argparse.ArgumentParser(description="偽のウイルス対策ソフト（何も守らない） / a pretended scanner")
parser.add_argument("--port", type=int, default=3310)
server = ClamdServer(built_at=datetime.now(UTC), port=parser.parse_args().port)
server.start()
print(f"TODOKE_CLAMD={server.address}", flush=True)
signal.pause()
