"""The settings of a bureau: who sets which, what stands in the way, and what the audit log keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEvent, Bureau, Unit, User
from targets.enums import State
from targets.errors import Refused
from targets.models import Figure, Period
from targets.services.settings import set_review_steps

pytestmark = pytest.mark.django_db

STEPS, POLICY = "/settings/wuhan/steps/", "/settings/wuhan/policy/"


@pytest.fixture
def unit(wuhan: Bureau) -> Unit:
    return Unit.objects.select_related("bureau").get(bureau=wuhan, name="条件财务处")


def steps(
    bureau: Bureau, by: User, *, leaders: dict[int, User | None] | None = None, **switches: bool
) -> bool:
    wanted = {"skip_unit_review": False, "leader_sign_off": False} | switches
    return set_review_steps(bureau=bureau, leaders=leaders or {}, by=by, **wanted)


def last_event() -> AuditEvent:
    return AuditEvent.objects.filter(kind="settings.changed").latest("pk")


class TestReviewSteps:
    def test_the_office_sets_them_and_before_and_after_are_kept(self, wuhan, unit, person) -> None:
        leader = person("wuhan_leader_3")
        assert steps(wuhan, person("wuhan_office"), leaders={unit.pk: leader}, leader_sign_off=True)
        wuhan.refresh_from_db()
        unit.refresh_from_db()
        assert wuhan.leader_sign_off and unit.leader_account == leader
        event = last_event()
        assert event.before == {"leader_sign_off": False, "条件财务处": "wuhan_leader_1"}
        assert event.after == {"leader_sign_off": True, "条件财务处": "wuhan_leader_3"}

    def test_setting_them_again_changes_nothing(self, wuhan, person) -> None:
        assert steps(wuhan, person("wuhan_office"), leader_sign_off=True)
        count = AuditEvent.objects.filter(kind="settings.changed").count()
        assert not steps(wuhan, person("wuhan_office"), leader_sign_off=True)
        assert AuditEvent.objects.filter(kind="settings.changed").count() == count

    @pytest.mark.parametrize("username", ["wuhan_reviewer", "wuhan_leader", "xian_office", "secadmin"])
    def test_nobody_else_does(self, wuhan, person, username: str) -> None:
        with pytest.raises(Refused):
            steps(wuhan, person(username), leader_sign_off=True)
        wuhan.refresh_from_db()
        assert not wuhan.leader_sign_off

    @pytest.mark.parametrize("username", ["wuhan_reviewer", "xian_leader_1", "wuhan_office"])
    def test_only_a_leader_of_the_bureau_signs_off(self, wuhan, unit, person, username: str) -> None:
        with pytest.raises(Refused, match="条件财务处"):
            steps(wuhan, person("wuhan_office"), leaders={unit.pk: person(username)}, leader_sign_off=True)
        wuhan.refresh_from_db()
        assert not wuhan.leader_sign_off
        assert steps(
            wuhan, person("wuhan_office"), leaders={unit.pk: person("wuhan_leader_2")}, leader_sign_off=True
        )

    def test_another_bureaus_unit_is_left_alone(self, wuhan, xian, person) -> None:
        foreign = Unit.objects.get(bureau=xian, name="发展计划处")
        steps(wuhan, person("wuhan_office"), leaders={foreign.pk: None}, leader_sign_off=True)
        foreign.refresh_from_db()
        assert foreign.leader_account == person("xian_leader_1")

    def test_a_step_stays_while_something_waits_at_it(self, wuhan, unit, september, person, target) -> None:
        """Neither switching it off nor leaving the unit without a leader may strand what was passed."""
        office, leader = person("wuhan_office"), person("wuhan_leader_1")
        steps(wuhan, office, leader_sign_off=True)
        figure = Figure.objects.get(target=target("W9"), period__month=6, period__bureau=wuhan)
        Figure.objects.filter(pk=figure.pk).update(state=State.PASSED)
        for refused in ({"leader_sign_off": False}, {"leader_sign_off": True, "leaders": {unit.pk: None}}):
            with pytest.raises(Refused):
                steps(wuhan, office, **refused)
        wuhan.refresh_from_db()
        unit.refresh_from_db()
        assert wuhan.leader_sign_off and unit.leader_account == leader
        Figure.objects.filter(pk=figure.pk).update(state=State.APPROVED)
        assert steps(wuhan, office, leader_sign_off=False)


class TestThePage:
    def test_the_office_sees_the_steps_of_its_own_bureau(self, client_of) -> None:
        text = client_of("wuhan_office").get("/settings/").content.decode()
        assert STEPS in text and "/settings/xian/" not in text and POLICY not in text

    def test_the_security_administrator_sees_the_policy_of_every_bureau(self, client_of) -> None:
        text = client_of("secadmin").get("/settings/").content.decode()
        assert POLICY in text and "/settings/xian/policy/" in text and STEPS not in text

    def test_the_office_switches_the_sign_off_on_with_a_leader_per_unit(
        self, client_of, wuhan, unit, person
    ) -> None:
        leader = person("wuhan_leader_2")
        data = {"wuhan-leader_sign_off": "on", f"wuhan-unit_{unit.pk}": leader.pk}
        assert client_of("wuhan_office").post(STEPS, data).status_code == 302
        wuhan.refresh_from_db()
        unit.refresh_from_db()
        assert wuhan.leader_sign_off and unit.leader_account == leader

    @pytest.mark.parametrize("who", ["xian_leader_1", "wuhan_reviewer"])
    def test_a_stranger_cannot_be_chosen(self, client_of, wuhan, unit, person, who: str) -> None:
        data = {"wuhan-leader_sign_off": "on", f"wuhan-unit_{unit.pk}": person(who).pk}
        assert client_of("wuhan_office").post(STEPS, data).status_code == 200
        wuhan.refresh_from_db()
        assert not wuhan.leader_sign_off

    @pytest.mark.parametrize(
        ("username", "status"),
        [
            ("wuhan_office", 403),
            ("sysadmin", 403),
            ("wuhan_leader", 403),
            ("xian_office", 404),
            ("secadmin", 302),
        ],
    )
    def test_only_the_security_administrator_sets_the_policy(
        self, client_of, wuhan, username: str, status: int
    ) -> None:
        answer = client_of(username).post(POLICY, {"allow_self_approval": "on"})
        assert answer.status_code == status
        wuhan.refresh_from_db()
        assert wuhan.allow_self_approval is (status == 302)
        if status == 302:
            assert last_event().after == {"allow_self_approval": True}

    @pytest.mark.parametrize(
        ("username", "status"),
        [("wuhan_reviewer", 403), ("wuhan_leader", 403), ("secadmin", 403), ("xian_office", 404)],
    )
    def test_nobody_but_the_office_sets_the_steps(self, client_of, wuhan, username: str, status: int) -> None:
        assert client_of(username).post(STEPS, {"wuhan-leader_sign_off": "on"}).status_code == status
        wuhan.refresh_from_db()
        assert not wuhan.leader_sign_off

    def test_without_the_token_nothing_is_set(self, person: Callable[[str], User], wuhan: Bureau) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(person("wuhan_office"))
        assert strict.post(STEPS, {"wuhan-leader_sign_off": "on"}).status_code == 403
        wuhan.refresh_from_db()
        assert not wuhan.leader_sign_off


class TestTheLeadersDesk:
    """What waits for a leader: the units in their charge, nothing else."""

    @pytest.fixture
    def waiting(self, wuhan: Bureau, september: Period, target: Any) -> Figure:
        Bureau.objects.filter(pk=wuhan.pk).update(leader_sign_off=True)
        figure = Figure.objects.get(target=target("W10"), period=september)  # 高新技术处: 分管领导乙
        Figure.objects.filter(pk=figure.pk).update(state=State.PASSED)
        return figure

    def test_the_leader_in_charge_finds_it_and_signs(self, client_of, september, waiting) -> None:
        client = client_of("wuhan_leader_2")
        (desk,) = client.get("/review/").context["desks"]
        assert (desk.step, desk.count, desk.due) == ("sign", 1, september.signoff_due)
        assert client.get("/dashboard/wuhan/2014-09/").context["to_sign"] == 1
        name = f"figure.{waiting.pk}.{waiting.revision}"
        client.post("/review/decide/", {"period": september.pk, "item": name, "decision": "sign"})
        waiting.refresh_from_db()
        assert waiting.state == State.REVIEWED

    def test_another_leader_finds_nothing_and_is_refused(self, client_of, september, waiting) -> None:
        client = client_of("wuhan_leader_1")
        (desk,) = client.get("/review/").context["desks"]
        assert desk.count == 0
        name = f"figure.{waiting.pk}.{waiting.revision}"
        for decision in ("sign", "return"):
            data = {"period": september.pk, "item": name, "decision": decision, "reason": "核对"}
            assert client.post("/review/decide/", data).status_code == 200
        waiting.refresh_from_db()
        assert waiting.state == State.PASSED

    def test_the_leader_returns_it_with_a_reason(self, client_of, september, waiting) -> None:
        name = f"figure.{waiting.pk}.{waiting.revision}"
        data = {"period": september.pk, "item": name, "decision": "return", "reason": "请核对口径"}
        client_of("wuhan_leader_2").post("/review/decide/", data)
        waiting.refresh_from_db()
        assert waiting.state == State.RETURNED

    def test_the_way_there_is_shown_only_where_the_bureau_has_the_step(
        self, client_of, wuhan, waiting
    ) -> None:
        page = "/plans/wuhan/2014/"
        assert 'href="/review/"' in client_of("wuhan_leader_2").get(page).content.decode()
        Bureau.objects.filter(pk=wuhan.pk).update(leader_sign_off=False)
        assert 'href="/review/"' not in client_of("wuhan_leader_2").get(page).content.decode()
        assert client_of("wuhan_leader_2").get("/review/").status_code == 403
