"""Exports of the demonstration, for the tests of the workbook and of its job."""

from __future__ import annotations

from django.utils import translation

from accounts.models import JobState, User
from reports.models import ExportJob
from reports.selectors.exports import Report, plan_of, report_of
from reports.services import exports
from targets.models import Period


def period_of(bureau: str, month: int) -> Period:
    return Period.objects.select_related("bureau").get(bureau__code=bureau, month=month)


def asked(bureau: str = "wuhan", month: int = 9, role: str = "office") -> ExportJob:
    period = period_of(bureau, month)
    by = User.objects.get(username=f"{bureau}_{role}")
    return exports.request_export(plan=plan_of(period), period=period, by=by)[0]


def exported(bureau: str = "wuhan", month: int = 9) -> ExportJob:
    job = asked(bureau, month)
    exports.write_export(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.failure
    return job


def reported(bureau: str = "wuhan", month: int = 9) -> Report:
    with translation.override("zh-hans"):
        return report_of(asked(bureau, month))
