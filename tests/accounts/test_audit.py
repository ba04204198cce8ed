"""The chain of audit events: whole, append-only, and part of the act it tells of."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import Error as DatabaseFault
from django.db import connection, transaction
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.audit import first_broken_event, record
from accounts.labels import KIND_LABELS
from accounts.middleware import address_of
from accounts.models import AuditEvent, Bureau, User
from accounts.permissions import Role
from accounts.selectors import chain_reports
from accounts.services import set_account_active

from .conftest import Town

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def chain(town: Town) -> list[AuditEvent]:
    return [
        record("entry.saved", by=None, bureau=town.bureau, label=f"第{n}条", after={"value": "6725", "n": n})
        for n in range(4)
    ]


def tamper(statement: str, *values: object) -> None:
    """Change the table behind the trigger's back, as somebody with the database's own rights could."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_an_untouched_chain_is_whole(town: Town, chain: list[AuditEvent]) -> None:
    assert [event.number for event in chain] == [1, 2, 3, 4]
    assert first_broken_event(town.bureau) is None
    assert [report.is_whole for report in chain_reports(town.bureau.pk)] == [True]


@pytest.mark.parametrize(
    "change",
    ['after = \'{"value": "9999"}\'', "username = 'other'", "at = at - interval '1 day'", "outcome = 'x'"],
)
def test_one_altered_row_is_found(town: Town, chain: list[AuditEvent], change: str) -> None:
    tamper(f"UPDATE accounts_auditevent SET {change} WHERE id = %s", chain[1].pk)
    assert first_broken_event(town.bureau) == chain[1]
    assert not chain_reports(town.bureau.pk)[0].is_whole


def test_a_removed_row_is_found(town: Town, chain: list[AuditEvent]) -> None:
    tamper("DELETE FROM accounts_auditevent WHERE id = %s", chain[1].pk)
    assert first_broken_event(town.bureau) == chain[2]


def test_removed_newest_rows_are_found(town: Town, chain: list[AuditEvent]) -> None:
    tamper("DELETE FROM accounts_auditevent WHERE id = %s", chain[3].pk)
    report = chain_reports(town.bureau.pk)[0]
    assert report.cut_off
    assert not report.is_whole


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditevent SET outcome = 'x' WHERE id = %s",
        "DELETE FROM accounts_auditevent WHERE id = %s",
        "TRUNCATE accounts_auditevent",
    ],
)
def test_the_database_refuses_every_change(chain: list[AuditEvent], statement: str) -> None:
    with (
        pytest.raises(DatabaseFault, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement, [chain[0].pk] if "%s" in statement else None)
    with pytest.raises(DatabaseFault, match="append-only"), transaction.atomic():
        AuditEvent.objects.filter(pk=chain[0].pk).update(outcome="x")
    assert AuditEvent.objects.filter(pk=chain[0].pk, outcome="done").exists()


def test_each_bureau_has_a_chain_of_its_own(town: Town, chain: list[AuditEvent]) -> None:
    other = record("entry.saved", by=None, bureau=town.elsewhere)
    assert (other.number, other.previous_hash) == (1, "")


def test_what_is_rolled_back_leaves_no_event(town: Town, chain: list[AuditEvent]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        record("entry.saved", by=None, bureau=town.bureau)
        raise RuntimeError
    assert AuditEvent.objects.filter(bureau=town.bureau).count() == 4
    assert record("entry.saved", by=None, bureau=town.bureau).number == 5


def test_an_act_that_cannot_be_audited_does_not_happen(
    hire: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("audit down")

    admin, person = hire(Role.SYSTEM_ADMIN), hire(Role.REPORTER)
    monkeypatch.setattr("accounts.services.record", broken)
    with pytest.raises(RuntimeError):
        set_account_active(user=person, active=False, by=admin)
    person.refresh_from_db()
    assert person.is_active
    monkeypatch.undo()
    assert set_account_active(user=person, active=False, by=admin)


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("fe80::1%eth0", "fe80::1"),
        ("", None),
        ("unix:", None),
    ],
)
def test_addresses_are_written_in_one_spelling_and_keep_the_chain_whole(
    client: Client,
    town: Town,
    hire: Callable[..., User],
    visit: Callable[..., Client],
    sent: str,
    written: str | None,
) -> None:
    user = hire(Role.REPORTER)
    visit(user).get("/people/", REMOTE_ADDR=sent)
    event = AuditEvent.objects.get(user=user, kind="access.denied")
    assert event.address == written
    assert first_broken_event(town.bureau) is None


def test_a_forwarded_address_counts_only_behind_our_own_proxy(settings: Settings) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR="1.1.1.1, 10.7.7.7")
    assert address_of(request) == "10.0.0.9"
    settings.TRUST_PROXY = True
    assert address_of(request) == "10.7.7.7"


def recorded_kinds() -> Iterator[re.Pattern[str]]:
    """What every act of the product is recorded as; where a part is put in, anything may stand there."""
    for app in ("accounts", "plans", "targets", "reports"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                kinds = [word.value for word in node.keywords if word.arg == "kind"]
                if getattr(node.func, "id", "") in {"record", "_record"}:
                    kinds += node.args[:1]
                yield from (re.compile(pattern) for kind in kinds for pattern in patterns_of(kind))


def patterns_of(kind: ast.expr) -> Iterator[str]:
    """The texts in an expression that names an act, such as "item.pass", or "item." with a part put in."""
    for part in ast.walk(kind):
        if isinstance(part, ast.JoinedStr):
            texts = [re.escape(str(getattr(value, "value", ""))) for value in part.values]
            put_in = [isinstance(value, ast.FormattedValue) for value in part.values]
            yield "".join(r"[a-z_]+" if open_ else text for text, open_ in zip(texts, put_in, strict=True))
            return
        if isinstance(part, ast.Constant) and re.fullmatch(r"[a-z]+\.[a-z_]+", str(part.value)):
            yield re.escape(str(part.value))


def test_every_kind_of_event_has_a_name_in_words() -> None:
    kinds = {kind.pattern for kind in recorded_kinds()}
    assert {r"session\.login", r"exception\.granted", r"item\.[a-z_]+"} <= kinds
    assert {kind for kind in kinds if not any(re.fullmatch(kind, name) for name in KIND_LABELS)} == set()


def test_the_auditor_s_page_shows_filters_and_checks(
    town: Town, chain: list[AuditEvent], hire: Callable[..., User], visit: Callable[..., Client]
) -> None:
    client = visit(hire(Role.AUDIT_ADMIN))
    page = client.get("/audit-log/", {"bureau": town.bureau.pk, "check": "1"})
    assert [event.number for event in page.context["page_obj"]] == [4, 3, 2, 1]
    assert [report.is_whole for report in page.context["chains"]] == [True]
    assert "第3条" in page.content.decode()
    tamper("UPDATE accounts_auditevent SET username = 'x' WHERE id = %s", chain[2].pk)
    page = client.get("/audit-log/", {"bureau": town.bureau.pk, "check": "1"})
    assert page.context["chains"][0].broken == chain[2]
    assert client.get("/audit-log/").context.get("chains") is None, "hashing all is done on request only"


def test_the_auditor_s_filters(town: Town, hire: Callable[..., User], visit: Callable[..., Client]) -> None:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    shanghai = ZoneInfo("Asia/Shanghai")
    late = datetime(2020, 5, 1, 23, 59, tzinfo=shanghai)
    record("entry.saved", by=None, username="late", bureau=town.bureau, at=late)
    record(
        "entry.submitted",
        by=None,
        username="next",
        bureau=town.bureau,
        at=datetime(2020, 5, 2, tzinfo=shanghai),
    )
    record("upload.refused", by=None, username="other", bureau=town.elsewhere, outcome="refused", at=late)
    client = visit(hire(Role.AUDIT_ADMIN))

    def found(**query: object) -> list[str]:
        page = client.get("/audit-log/", {"from_day": "2020-05-01", "to_day": "2020-05-02", **query})
        return sorted(event.username for event in page.context["page_obj"])

    assert found() == ["late", "next", "other"]
    assert found(to_day="2020-05-01") == ["late", "other"]
    assert found(from_day="2020-05-02") == ["next"]
    assert found(bureau=town.elsewhere.pk) == ["other"]
    assert found(kind="entry.submitted") == ["next"]
    assert found(username="LAT") == ["late"]
    assert found(outcome="refused") == ["other"]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDIT_ADMIN}))
def test_nobody_else_reads_the_log(
    role: Role, hire: Callable[..., User], visit: Callable[..., Client]
) -> None:
    assert visit(hire(role)).get("/audit-log/").status_code == 403


def test_the_page_asks_the_same_number_of_questions_for_one_event_and_for_many(
    town: Town,
    hire: Callable[..., User],
    visit: Callable[..., Client],
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    client = visit(hire(Role.AUDIT_ADMIN))
    bureaus: list[Bureau] = [town.bureau, town.elsewhere]
    for n in range(6):
        record("entry.saved", by=hire(Role.REPORTER, f"r{n}"), bureau=bureaus[n % 2])
    client.get("/audit-log/")
    with django_assert_max_num_queries(7):
        client.get("/audit-log/")
