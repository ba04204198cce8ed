"""Log lines: one per event, with the request's id, and no line breaks that a user could smuggle in (A-13)."""

from __future__ import annotations

import logging

from accounts.context import current


class RequestIdFilter(logging.Filter):
    """Adds `request_id` to every record ("-" outside a request)."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current.get().request_id or "-"
        return True


class OneLineFormatter(logging.Formatter):
    """Encodes CR and LF inside the message; a traceback keeps its lines."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (the base class's name)
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")
