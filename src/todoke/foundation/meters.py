"""What a process counts of itself for Prometheus: requests, batches, outcomes, claims, dead children.

Labels hold codes and names of our own, never anything that a person wrote. A web server of several processes adds
them up through the files in PROMETHEUS_MULTIPROC_DIR, which `todoke serve` sets for it; a worker has its own.
"""

import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
REQUEST_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"})
RESERVED = 4_194_304  # bytes of a mapped file; a page with a method and a status takes about 2,500
BATCH_SECONDS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0)

_OWN = CollectorRegistry()
REQUESTS = Histogram(
    "todoke_request_seconds", "画面と受け口が答えるまでの秒数", ("page", "method", "status"),
    buckets=REQUEST_SECONDS, registry=_OWN,
)  # fmt: skip
BATCHES = Histogram(
    "todoke_batch_seconds",
    "仕事のあった一まとまりの処理にかかった秒数",
    ("stage",),
    buckets=BATCH_SECONDS,
    registry=_OWN,
)
ROWS = Counter("todoke_rows_moved", "自動処理が進めた行の数", ("stage", "body"), registry=_OWN)
FAILURES = Counter("todoke_batch_failures", "失敗した一まとまりの数", ("stage", "body"), registry=_OWN)
SETTLED = Counter(
    "todoke_packages_settled", "判定した申請データの数（受理・隔離・確認待ち、符号ごと）", ("body", "outcome", "code"),
    registry=_OWN,
)  # fmt: skip
RECLAIMED = Counter(
    "todoke_rows_claimed_again", "二度目以降に受け持たれた行の数（失敗の後か、受け持ちが途中で死んだ後）", ("table",),
    registry=_OWN,
)  # fmt: skip
DEATHS = Counter(
    "todoke_confined_deaths",
    "解析の途中で終わった隔離した子プロセスの数",
    ("reason",),
    registry=_OWN,
)
COUNTED = (REQUESTS, BATCHES, ROWS, FAILURES, SETTLED, RECLAIMED, DEATHS)
_held: set[tuple[int, str]] = set()  # by process: the files whose bytes are there


@dataclass(slots=True)
class Gauge:
    """One kind of reading: its name, its words, the names of its labels, and the values found."""

    name: str
    words: str
    labels: tuple[str, ...]
    found: dict[tuple[str, ...], float] = field(default_factory=dict)


class _Read(Collector):
    """Readings taken by others, as Prometheus wants them."""

    def __init__(self, gauges: Iterable[Gauge]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for one in self._gauges:
            family = GaugeMetricFamily(one.name, one.words, labels=one.labels)
            for labels, value in one.found.items():
                family.add_metric(labels, value)
            yield family


def exposition(gauges: Iterable[Gauge] = (), *, counted_in: str = "") -> bytes:
    """Everything in the text format: what this process (or all of a web server) counted, and these readings."""
    registry = CollectorRegistry()
    folder = counted_in or os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder:
        MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]  # the library says no types here
    else:
        registry.register(_OWN)
        ProcessCollector(registry=registry)
    registry.register(_Read(gauges))
    return generate_latest(registry)


def names_counted() -> frozenset[str]:
    """The names of the samples that processes count, as alert rules may use them."""
    suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
    families = [family for meter in COUNTED for family in meter.collect()]
    return frozenset(f"{family.name}{suffix}" for family in families for suffix in suffixes[family.type])


def _has_room(kind: str) -> bool:
    """Whether the file in which this process counts has all its bytes on the disk; asks for them at first.

    The library maps a file of holes. On a full disk the first write into a hole kills the process（SIGBUS, F07）: the
    desk would end for its figures. So the bytes are there before the file is; while there is no room nothing is counted.
    """
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    place = (os.getpid(), kind)
    if not folder or place in _held:
        return True
    path = os.path.join(folder, f"{kind}_{place[0]}.db")
    try:
        descriptor, draft = tempfile.mkstemp(prefix=".counted-", dir=folder)
    except OSError:
        return False
    try:
        os.posix_fallocate(descriptor, 0, RESERVED)
        if not os.path.exists(path):
            os.rename(draft, path)
    except OSError:
        return False
    finally:
        os.close(descriptor)
        with suppress(OSError):  # it has its name by now
            os.unlink(draft)
    _held.add(place)
    return True


def count_settled(body: str, outcomes: Mapping[tuple[str, str], int]) -> None:
    """Count packages that were judged, by outcome and code; call when it is committed."""
    for (outcome, code), many in outcomes.items() if _has_room("counter") else ():
        SETTLED.labels(body, outcome, code or "-").inc(many)


def count_reclaimed(table: str, many: int) -> None:
    """Count rows that were claimed before."""
    if many and _has_room("counter"):
        RECLAIMED.labels(table).inc(many)


def count_death(reason: str) -> None:
    """Count a confined child that died over a question."""
    if _has_room("counter"):
        DEATHS.labels(reason).inc()


def count_batch(job: str, body: str, *, moved: int, seconds: float) -> None:
    """Count a batch in which rows moved."""
    if _has_room("histogram") and _has_room("counter"):
        BATCHES.labels(job).observe(seconds)
        ROWS.labels(job, body).inc(moved)


def count_failure(job: str, body: str) -> None:
    """Count a batch that failed."""
    if _has_room("counter"):
        FAILURES.labels(job, body).inc()


def count_request(page: str, method: str, status: int, *, seconds: float) -> None:
    """Count an answer; `page` is the name of the address, never the address. Methods that nobody knows count as one."""
    if _has_room("histogram"):
        REQUESTS.labels(page, method if method in METHODS else "-", str(status)).observe(seconds)
