"""Source strings of other packages that appear on our pages, named here so that makemessages finds them.

Nothing imports this module. Django speaks Simplified Chinese as `zh-hans`; packages that only ship `zh_CN`
stay English under it, so our own catalogue carries their strings (project catalogues come first).
"""

from __future__ import annotations

from django.utils.translation import gettext_noop

DJANGO_FILTER = [
    gettext_noop("All"),
    gettext_noop("Unknown"),
    gettext_noop("Yes"),
    gettext_noop("No"),
    gettext_noop("Today"),
    gettext_noop("Yesterday"),
    gettext_noop("Past 7 days"),
    gettext_noop("This month"),
    gettext_noop("This year"),
    gettext_noop("Ordering"),
    gettext_noop("%s (descending)"),
    gettext_noop("Multiple values may be separated by commas."),
    gettext_noop("Range query expects two values."),
    gettext_noop("Select a lookup."),
    gettext_noop("is in"),
    gettext_noop("contains"),
    gettext_noop("exclude"),
]

# Not translated in Django's own zh_Hans catalogue.
DJANGO = [
    gettext_noop("%(model)s instance with %(field)s %(value)r is not a valid choice."),
]
