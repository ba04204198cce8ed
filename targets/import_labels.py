"""What an import's verdicts, fields and kinds of item are called on a page (gettext source strings)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# A sign stands beside the colour of each verdict, so that a grey photocopy still tells.
SIGNS = {
    "TARGET": "●", "REPEAT": "＝", "OTHER_YEAR": "▷", "SCOPE": "□", "NAME": "◇", "THRESHOLD": "△",
    "PAST": "◁", "BASELINE": "▽", "DATE": "▤", "ORDINAL": "＃", "WORD": "～",
}  # fmt: skip

VERDICTS: dict[str, Promise] = {
    "TARGET": _("Target"),
    "REPEAT": _("Repeat of a target"),
    "OTHER_YEAR": _("Goal of another year"),
    "SCOPE": _("Scope"),
    "NAME": _("Name or slogan"),
    "THRESHOLD": _("Threshold"),
    "PAST": _("Past result"),
    "BASELINE": _("Baseline value"),
    "DATE": _("Date"),
    "ORDINAL": _("Ordinal"),
    "WORD": _("Part of a word"),
}

FIELD_LABELS: dict[str, Promise] = {
    "verdict": _("Verdict"),
    "accepted": _("Accepted"),
    "repeat_of": _("Repeat of"),
    "title": _("Title"),
    "year": _("Year"),
    "section": _("Section"),
    "left_out": _("Left out"),
    "name": _("Name of the target"),
    "indicator": _("Indicator"),
    "comparison": _("Comparison"),
    "wording": _("Wording"),
    "value": _("Annual target"),
    "unit": _("Unit of measure"),
    "decimals": _("Decimals shown"),
    "measure": _("Measure"),
    "commitment": _("Commitment"),
    "commitment_wording": _("Commitment wording"),
    "year_due": _("Year due"),
    "baseline": _("Baseline"),
    "baseline_source": _("Source of the baseline"),
    "pace": _("Pace"),
    "pace_shares": _("Cumulative shares (for a custom pace)"),
    "due": _("Due"),
    "lead": _("Lead unit"),
    "cooperating": _("Cooperating units"),
    "cooperating_text": _("Other cooperating parties"),
    "data_source": _("Data source and caliber"),
    "note": _("Note"),
    "key": _("Number"),
    "path": _("Place in the plan"),
    "group": _("Group of conditions"),
}
