"""Compile the Simplified Chinese catalogue without msgfmt, and put it into its one written form first.

The written form: one line per string, no strings that are no longer used, no date that changes by itself.
After new strings:

    python3 run.py manage makemessages -l zh_Hans --add-location file --no-obsolete \\
        -i .venv -i .data -i tests -i runner
    python3 run.py manage compile_catalogue

makemessages needs GNU gettext; compiling does not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

try:
    import polib
except ImportError:  # a tool for development: requirements-dev.txt
    polib = None

METADATA = {
    "Project-Id-Version": "Work Plan Tracker",
    "Report-Msgid-Bugs-To": "",
    "Language-Team": "Simplified Chinese",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


class Command(BaseCommand):
    """`python3 run.py manage compile_catalogue`"""

    help = "Tidies and compiles locale/zh_Hans; needs no msgfmt."

    def handle(self, **options: Any) -> None:
        if polib is None:
            raise CommandError(
                "polib is missing: it is a tool for development, install requirements-dev.txt."
            )
        path = Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "LC_MESSAGES" / "django.po"
        catalogue = polib.pofile(str(path), wrapwidth=0)
        catalogue.header = "Simplified Chinese texts of the Work Plan Tracker."
        catalogue.metadata = dict(METADATA)
        catalogue.metadata_is_fuzzy = False
        for entry in catalogue.obsolete_entries():
            catalogue.remove(entry)
        catalogue.save(str(path))
        catalogue.save_as_mofile(str(path.with_suffix(".mo")))
        unsure = [entry.msgid for entry in catalogue if not entry.translated()]
        for text in unsure:
            self.stderr.write(f"not translated: {text}")
        self.stdout.write(f"{len(catalogue)} strings, {len(unsure)} without translation")
