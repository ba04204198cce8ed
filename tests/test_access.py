"""One matrix: every address × every role, for the own bureau and another one.

Another bureau's object answers 404, a missing right 403; beside each refusal stands somebody who gets in. An
address that is missing here fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Bureau, Unit, User
from plans.models import Plan, Task
from reports.services.exports import request_export
from targets.models import (
    AllocationImport,
    Evidence,
    Figure,
    ImportStage,
    Milestone,
    Period,
    PlanImport,
    Target,
    Upload,
)
from targets.periods import PeriodKey
from targets.services.adding import NewTask, add_task
from targets.services.exceptions import ask_exception
from targets.services.postponing import ask_postponement
from tests.targets.acts import proposed

pytestmark = pytest.mark.django_db

# What each role gets from Wuhan's pages. r: own unit's reporter, v: its reviewer, o: office, l: leader,
# n: a reporter of another unit, s: observer, a: the three administrators, x: the office of Xi'an.
ROLES = {
    "r": "wuhan_reporter",
    "v": "wuhan_reviewer",
    "o": "wuhan_office",
    "l": "wuhan_leader",
    "n": "wuhan_reporter_08",
    "s": "observer",
    "a": "sysadmin",
    "x": "xian_office",
}
ALL = "rvolnsax"
READERS = "rvolns"

# address name → who gets 200 or a redirect (GET); for all others 403 or 404, see `expected`.
GET: dict[str, str] = {
    "home": ALL,
    "healthz": ALL,
    "readyz": ALL,
    "login": ALL,
    "plan": READERS,
    "document": READERS,
    "target": READERS,
    "task": READERS,
    "dashboard": READERS,
    "assignment": "o",
    "tags": "o",
    "allocations": "o",
    "added-task-create": "o",
    "added-target-create": "o",
    "allocation-matrix": "o",
    "allocation-template": "o",
    "allocation-import": "o",
    "allocation-import-progress": "o",
    "overview": "s",
    "entry": "rnox",
    "entry-sheet": "rvol",
    "entry-bureau": "o",
    "entry-confirmation": "rvol",
    "entry-evidence": "ro",
    "evidence": "rvol",
    "entry-correction": "ro",
    "entry-workbook": "r",
    "exception-ask": "ro",
    "exception": "rvo",
    "exceptions": "o",
    "uploads": "rnox",
    "upload": "r",
    "upload-progress": "r",
    "upload-marked": "",
    "review": "vox",
    "texts": "ol",
    "texts-print": "ol",
    "texts-download": "ol",
    "comments": "rvol",
    "imports": "ox",
    "import": "o",
    "import-progress": "o",
    "import-confirm": "o",
    "settings": "ox",
    "periods": "o",
    "reporting-matrix": "rvoln",
    "period-reminders": "o",
    "contact": ALL,
    "period-start": "o",
    "period-deadlines": "o",
    "period-lock": "o",
    "adjustments": "olx",
    "adjustment": "ol",
    "adjustment-propose": "o",
    "postponement-ask": "ro",
    "postponement": "rvol",
    "exports": "olx",
    "export": "ol",
    "export-progress": "ol",
    "export-download": "ol",
    "people": "a",
    "roles": "",
    "hand-over": "",
    "audit-log": "",
}
POST_ONLY = {
    "added-task-remove",
    *("allocation-upload", "allocation-import-apply", "allocation-import-discard"),
    "exception-decide",
    "logout",
    "set-language",
    "set-text-size",
    "keep-alive",
    "set-account-active",
    "review-decide",
    "texts-start",
    "texts-save",
    "entry-preview",
    "settings-steps",
    "settings-policy",
    "entry-draft",
    "evidence-remove",
    "upload-create",
    "upload-apply",
    "upload-discard",
    "upload-columns",
    "export-create",
    "import-create",
    "import-decide",
    "import-act",
    "import-take",
    "import-discard",
    "adjustment-decide",
    "postponement-decide",
}
WITH_NUMBER = {
    *("adjustment-decide", "postponement-decide"),
    *("allocation-import-apply", "allocation-import-discard"),
    *("set-account-active", "upload-apply", "upload-discard", "exception-decide"),
    "entry-preview",
    *("set-account-active", "upload-apply", "upload-discard", "upload-columns"),
    "entry-draft",
    "evidence-remove",
    *("set-account-active", "upload-apply", "upload-discard"),
    *("set-account-active", "upload-apply", "upload-discard", "settings-steps", "settings-policy"),
    *("import-decide", "import-act", "import-take", "import-discard"),
}
# Addresses that name an object.
OBJECTS = [
    *(
        "plan",
        "document",
        "target",
        "task",
        "dashboard",
        "entry-sheet",
        "entry-correction",
        "comments",
        "entry-bureau",
        "entry-evidence",
        "evidence",
        "entry-correction",
        "entry-workbook",
    ),
    *("plan", "document", "target", "task", "dashboard", "comments"),
    *("texts", "texts-print", "texts-download"),
    *("entry-sheet", "entry-confirmation", "entry-correction", "entry-workbook"),
    *("adjustment", "adjustment-propose", "postponement-ask", "postponement"),
    *("upload", "upload-progress", "upload-marked", "periods", "period-start", "period-lock"),
    *("exception-ask", "exception", "exceptions", "period-deadlines"),
    *("reporting-matrix", "period-reminders"),
    *("export", "export-progress", "export-download"),
    *("exception-ask", "exception", "exceptions"),
    *("import", "import-progress", "import-confirm", "assignment", "tags"),
    *("added-task-create", "added-target-create"),
    *("allocations", "allocation-matrix", "allocation-template"),
    *("allocation-import", "allocation-import-progress"),
]


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        else:
            yield str(pattern.name)


def test_every_address_stands_in_the_matrix() -> None:
    assert set(names(get_resolver().url_patterns)) == {*GET, *POST_ONLY}


@pytest.fixture
def arguments(wuhan: Bureau, wuhan_plan: Plan, september: Period) -> dict[str, list[object]]:
    """Wuhan's objects, belonging to 高新技术处 where they belong to a unit."""
    unit = Unit.objects.get(bureau=wuhan, name="高新技术处")
    reporter, office = (User.objects.get(username=f"wuhan_{role}") for role in ("reporter", "office"))
    upload = Upload.objects.create(owner=reporter, unit=unit, period=september, original_name="表.xlsx")
    job, _is_new = request_export(plan=wuhan_plan, period=september, by=office)
    reading = {"year": 2015, "sections": [], "tasks": [], "targets": [], "ledger": []}
    plan_import = PlanImport.objects.create(
        owner=office, bureau=wuhan, text="要点", title="要点", stage=ImportStage.REVIEW, reading=reading
    )
    order = NewTask("迎检", "市政府督办", unit, since=9)
    added = add_task(plan=wuhan_plan, task=order, by=office)
    matrix = AllocationImport.objects.create(owner=office, plan=wuhan_plan, original_name="分解.xlsx")
    approved = Figure.objects.get(target__key="W2", period=september)
    june = Period.objects.get(bureau=wuhan, month=6)
    asked = ask_exception(period=june, unit=unit, reason="补报", items={}, by=reporter)
    stored = default_storage.save("evidence/一.pdf", ContentFile(b"%PDF-"))
    file = Evidence.objects.create(
        figure=approved,
        file=stored,
        original_name="一.pdf",
        kind="pdf",
        size=5,
        sha256="0" * 64,
        by=reporter,
        at=approved.submitted_at or wuhan.now,
    )
    place, when = [wuhan.code, wuhan_plan.year], [wuhan.code, 2014, 9]
    node = Milestone.objects.get(task__plan=wuhan_plan, task__path="三/(二)/二是", text="中期检查")
    act = proposed(Target.objects.get(key="W6"), 12, value=300)
    later = ask_postponement(
        milestone=node, period=september, to=PeriodKey(2015, 3), reason="延期", by=reporter
    )
    return {
        "adjustment": [act.pk],
        "adjustment-propose": [Target.objects.get(key="W2").pk],
        "postponement-ask": [node.pk],
        "postponement": [later.pk],
        "plan": place,
        "document": place,
        **dict.fromkeys(("texts", "texts-print", "texts-download", "texts-start", "texts-save"), place),
        "target": [Target.objects.get(key="W2").pk],
        "task": [Task.objects.get(plan=wuhan_plan, path="三/(二)/二是").pk],
        "dashboard": [wuhan.code, "2014-09"],
        "assignment": place,
        "tags": [wuhan.code],
        "added-task-create": place,
        **{name: [added.pk] for name in ("added-target-create", "added-task-remove")},
        "allocations": [Target.objects.get(key="W7").pk],
        **dict.fromkeys(("allocation-matrix", "allocation-template", "allocation-upload"), place),
        **{name: [matrix.pk] for name in ("allocation-import", "allocation-import-progress")},
        "entry-sheet": [september.pk, unit.pk],
        "entry-bureau": [september.pk],
        "entry-confirmation": [september.pk, unit.pk],
        "entry-evidence": [september.pk, unit.pk, f"f{approved.target_id}"],
        "evidence": [file.pk],
        "entry-correction": ["figure", approved.pk],
        "comments": ["figure", approved.pk],
        "entry-workbook": [september.pk, unit.pk],
        **{name: [upload.pk] for name in ("upload", "upload-progress", "upload-marked")},
        "exception-ask": [june.pk, unit.pk],
        "exception": [asked.pk],
        "exceptions": [wuhan.code],
        "periods": [wuhan.code],
        "period-start": [wuhan.code, 2014, 12],
        "period-lock": when,
        "period-reminders": when,
        "reporting-matrix": [wuhan.code],
        "period-deadlines": when,
        **{name: [plan_import.pk] for name in ("import", "import-progress", "import-confirm")},
        **{name: [job.pk] for name in ("export", "export-progress", "export-download")},
    }


@pytest.mark.parametrize("name", GET)
def test_who_reaches_which_page(
    name: str, arguments: dict[str, list[object]], client_of: Callable[[str], Client]
) -> None:
    address = reverse(name, args=arguments.get(name, []))
    for role, username in ROLES.items():
        answer = client_of(username).get(address)
        if role in GET[name]:
            assert answer.status_code in {200, 302}, username
            assert "/login" not in answer.headers.get("Location", ""), username
        else:
            assert answer.status_code in {403, 404}, username


@pytest.mark.parametrize("name", sorted({*GET} & {*OBJECTS}))
def test_another_bureaus_object_does_not_exist(
    name: str, arguments: dict[str, list[object]], client_of: Callable[[str], Client]
) -> None:
    address = reverse(name, args=arguments[name])
    for role in ("reporter", "reviewer", "office", "leader"):
        status = client_of(f"xian_{role}").get(address).status_code
        letter = next(letter for letter, username in ROLES.items() if username == f"wuhan_{role}")
        assert status == 404 if letter in GET[name] else status in {403, 404}, role


@pytest.mark.parametrize("name", sorted(POST_ONLY))
def test_no_state_changes_by_get(
    name: str, arguments: dict[str, list[object]], client_of: Callable[[str], Client]
) -> None:
    needed = arguments.get(name) or ([1] if name in WITH_NUMBER else [])
    assert client_of("wuhan_office").get(reverse(name, args=needed)).status_code == 405


@pytest.mark.parametrize("name", [*GET, *sorted(POST_ONLY)])
def test_a_post_without_a_token_is_refused(
    name: str, arguments: dict[str, list[object]], wuhan: Bureau
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="wuhan_office"))
    needed = arguments.get(name) or ([1] if name in WITH_NUMBER else [])
    assert client.post(reverse(name, args=needed), {"action": "save"}).status_code in {403, 405}, name
