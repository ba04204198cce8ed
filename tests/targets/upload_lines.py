"""What the page of an upload shows of its changes."""

from __future__ import annotations

from targets.models import Upload
from targets.selectors.uploads import ChangeLine, upload_context


def change_lines(upload: Upload) -> list[ChangeLine]:
    """The changes in the page's order, put into words."""
    return list(upload_context(upload)["lines"])
