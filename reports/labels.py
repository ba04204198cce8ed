"""What the codes that jobs store are called on a page (gettext source strings)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EXPORT_FAILURES: dict[str, Promise] = {
    "worker-lost": _("The program that writes the file was interrupted several times."),
    "time-limit": _("Writing the file took too long."),
    "storage": _("The file could not be stored. Please tell the system administrator."),
    "unexpected": _("Something went wrong while the file was written. Please tell the system administrator."),
}
