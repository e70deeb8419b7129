"""How logs are written: one event a line, as JSON or readable, through the processors of `log_lines`."""

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

import structlog
from structlog.stdlib import ProcessorFormatter

from todoke.foundation import log_lines

log = logging.getLogger("todoke")


def formatter(form: str = "console") -> ProcessorFormatter:
    """The formatter of every handler, also for records of libraries: `json` for machines, `console` for people."""
    return ProcessorFormatter(
        use_get_message=False,
        pass_foreign_args=True,
        foreign_pre_chain=[log_lines.event_of],
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            ProcessorFormatter.remove_processors_meta,
            log_lines.accident_of,
            log_lines.only_known,
            log_lines.one_line,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _renderer(form),
        ],
    )


def _renderer(form: str) -> structlog.typing.Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), timestamp_key="at", pad_event_to=0)


@contextmanager
def about(**fields: str | int) -> Iterator[None]:
    """Every line within the block also carries these fields: the request, the job, the body."""
    with structlog.contextvars.bound_contextvars(**fields):
        yield


def tell(event: str, *, level: str = "info", **fields: str | float | None) -> None:
    """Write one event with its fields. What is neither known nor of the known shape is left out."""
    log.log(logging.getLevelName(level.upper()), event, extra=fields)


def last_resort() -> None:
    """Let an uncaught error of a long-running process be an event too: its text may hold what somebody wrote."""

    def tell_and_end(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        log.critical("run.crashed", exc_info=error)

    sys.excepthook = tell_and_end
    threading.excepthook = lambda told: tell_and_end(
        told.exc_type, told.exc_value or told.exc_type(), told.exc_traceback
    )
