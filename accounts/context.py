"""What is known about the request under way: its id, the address it came from, who sent it.

Pure: a context variable that the middleware fills and the audit trail and the logs read.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class RequestInfo:
    """Where an act came from; empty for commands and jobs."""

    request_id: str = ""
    address: str | None = None


NOTHING = RequestInfo()
current: ContextVar[RequestInfo] = ContextVar("request_info", default=NOTHING)
