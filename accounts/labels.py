"""What permissions, audit events and their outcomes are called on a page (gettext source strings)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission

PERMISSION_LABELS: dict[Permission, Promise] = {
    Permission.VIEW_PLAN: _("Read the plan and its approved progress"),
    Permission.VIEW_SUBMITTED: _("Read what is submitted and not yet approved"),
    Permission.ENTER_FIGURES: _("Enter, upload and submit figures and texts of the own unit"),
    Permission.ENTER_FOR_UNITS: _("Enter and submit figures and texts for any unit of the bureau"),
    Permission.REVIEW_UNIT: _("Pass or return what the own unit submitted"),
    Permission.SIGN_OFF: _("Sign off what the units in charge submitted"),
    Permission.APPROVE: _("Give the final approval for the bureau"),
    Permission.IMPORT_PLANS: _("Import published work plans"),
    Permission.ORGANISE_PLAN: _("Assign units, allocate targets, add tasks and tags"),
    Permission.MANAGE_PERIODS: _("Start and lock reporting periods"),
    Permission.PROPOSE_ADJUSTMENT: _("Propose adjustments of targets"),
    Permission.APPROVE_ADJUSTMENT: _("Decide about adjustments of targets"),
    Permission.MANAGE_STEPS: _("Set the steps of the bureau's review"),
    Permission.EXPORT_REPORTS: _("Export workbooks and bulletins"),
    Permission.OVERSEE_BUREAUS: _("Compare the approved progress of all bureaus"),
    Permission.MANAGE_ACCOUNTS: _("Manage accounts and units"),
    Permission.MANAGE_ROLES: _("Manage roles and policy"),
    Permission.READ_AUDIT: _("Read the audit log"),
}

# The vocabulary of the audit trail; a kind that is not named here is shown by its code.
KIND_LABELS: dict[str, Promise] = {
    "session.login": _("Log-in"),
    "session.login_failed": _("Failed log-in"),
    "session.logout": _("Log-out"),
    "session.expired": _("Session timed out"),
    "access.denied": _("Access refused"),
    "account.disabled": _("Account disabled"),
    "account.enabled": _("Account enabled"),
    "period.started": _("Reporting period started"),
    "period.locked": _("Reporting period locked"),
    "exception.asked": _("Exception asked for"),
    "exception.granted": _("Exception granted"),
    "exception.declined": _("Exception declined"),
    "exception.withdrawn": _("Exception withdrawn"),
    "entry.saved": _("Draft saved"),
    "entry.submitted": _("Entry submitted"),
    "item.pass": _("Passed in the unit"),
    "item.sign": _("Signed off by the leader in charge"),
    "item.return": _("Returned with a reason"),
    "item.approve": _("Finally approved"),
    "comment.written": _("Comment written"),
    "settings.changed": _("Settings changed"),
    "correction.opened": _("Correction begun"),
    "correction.withdrawn": _("Correction withdrawn"),
    "workbook.downloaded": _("Workbook downloaded"),
    "upload.received": _("Upload received"),
    "upload.refused": _("Upload refused"),
    "upload.applied": _("Upload applied"),
    "upload.discarded": _("Upload discarded"),
    "plan.created": _("Plan made"),
    "plan.assigned": _("Units and tags assigned"),
    "tag.added": _("Tag added"),
    "tag.renamed": _("Tag renamed"),
    "tag.deleted": _("Tag deleted"),
    "import.received": _("Work plan received for import"),
    "import.refused": _("Work plan refused"),
    "import.decided": _("Import: decided"),
    "import.undone": _("Import: decision taken back"),
    "import.taken_along": _("Import: proposals taken over"),
    "import.confirmed": _("Import confirmed: plan made"),
    "import.discarded": _("Import discarded"),
    "export.requested": _("Export requested"),
    "export.downloaded": _("Export downloaded"),
    "reminder.sent": _("Reminder sent"),
    "unit.handed_over": _("Unit handed over"),
    "adjustment.proposed": _("Adjustment of a target proposed"),
    "adjustment.declined": _("Adjustment of a target declined"),
    "adjustment.withdrawn": _("Adjustment of a target taken back"),
    "target.adjusted": _("Target adjusted"),
    "postponement.asked": _("Postponement asked for"),
    "postponement.declined": _("Postponement declined"),
    "postponement.withdrawn": _("Postponement taken back"),
    "milestone.postponed": _("Milestone postponed"),
}

OUTCOME_LABELS: dict[str, Promise] = {
    "done": _("Succeeded"),
    "failed": _("Failed"),
    "refused": _("Refused"),
    "403": _("Refused (403)"),
    "404": _("Refused (404)"),
}
