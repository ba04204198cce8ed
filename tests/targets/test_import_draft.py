"""The draft: the reading with people's decisions over it, what is missing, what is proposed. No database."""

from __future__ import annotations

from decimal import Decimal

import pytest

from targets.enums import Comparison, Pace
from targets.import_draft import (
    FieldProblem,
    GapCode,
    PastTarget,
    PastTask,
    UnitName,
    clean,
    draft,
    missing,
    propose,
)
from tests.targets.import_reading import TEXT, small_reading


def made(decisions: dict[str, dict[str, object]] | None = None):  # type: ignore[no-untyped-def]
    return draft(small_reading(), decisions or {}, TEXT, "要点")


def by_id(found, identity: str):  # type: ignore[no-untyped-def]
    candidate = found.candidate(identity)
    assert candidate is not None
    return candidate


class TestWhatTheRulesSay:
    def test_a_repeat_becomes_a_second_sentence_and_gives_its_task(self) -> None:
        first = by_id(made(), "T1")
        assert [source.name_in_text for source in first.sources] == ["技术合同成交额", "技术合同交易额"]
        assert (first.section, first.task) == ("一", "二/(一)")
        assert (by_id(made(), "T3").verdict, by_id(made(), "T3").root) == ("REPEAT", "T1")

    def test_a_fall_is_a_negative_ceiling(self) -> None:
        fall = by_id(made(), "T2")
        assert (fall.value, fall.comparison, fall.pace) == (Decimal("-3"), Comparison.AT_MOST, Pace.CONSTANT)
        assert fall.rules["value"] == "-3"

    def test_a_number_without_a_comparing_word_is_at_least(self) -> None:
        reading = small_reading()
        reading["targets"][0]["comparison"] = "="
        assert by_id(draft(reading, {}, TEXT), "T1").comparison == Comparison.AT_LEAST

    def test_a_goal_of_another_year_is_no_target_until_accepted(self) -> None:
        assert by_id(made(), "T4").verdict == "OTHER_YEAR"
        accepted = made({"target:T4": {"accepted": True}})
        assert by_id(accepted, "T4").verdict == "TARGET"
        assert by_id(accepted, "T4").year_due == 2020

    def test_targets_are_numbered_in_the_order_of_the_text(self) -> None:
        assert [found.key for found in made().targets] == ["1", "2"]

    def test_the_pace_follows_measure_and_baseline(self) -> None:
        stock = {"target:T1": {"measure": "STOCK"}}
        assert by_id(made(stock), "T1").pace == Pace.CONSTANT
        stock["target:T1"]["baseline"] = "350"
        assert by_id(made(stock), "T1").pace == Pace.LINEAR
        stock["target:T1"]["pace"] = "YEAR_END"
        assert by_id(made(stock), "T1").pace == Pace.YEAR_END

    def test_a_text_without_sections_gets_one(self) -> None:
        reading = small_reading() | {"sections": [], "tasks": []}
        whole = draft(reading, {}, TEXT)
        assert [(part.start, part.end) for part in whole.sections] == [(0, len(TEXT))]
        assert {found.section for found in whole.candidates} == {whole.sections[0].path}


class TestWhatPeopleDecide:
    def test_the_rules_stay_beside_what_was_changed(self) -> None:
        found = by_id(made({"target:T1": {"name": "成交额", "value": "410"}}), "T1")
        assert (found.name, found.value) == ("成交额", Decimal(410))
        assert (found.rules["name"], found.rules["value"]) == ("技术合同成交额", "400")
        assert found.decided == {"name", "value"}

    def test_kept_separate_it_is_a_target_of_its_own(self) -> None:
        separate = made({"target:T3": {"repeat_of": ""}})
        assert [found.id for found in separate.targets] == ["T1", "T2", "T3"]
        assert len(by_id(separate, "T1").sources) == 1
        assert by_id(separate, "T1").task == ""

    def test_a_person_may_merge_what_was_not_proposed(self) -> None:
        merged = made({"target:T2": {"repeat_of": "T1"}})
        assert [source.quote for source in by_id(merged, "T1").sources] == ["400亿元", "3%", "400亿元"]

    def test_a_circle_of_repeats_merges_nothing(self) -> None:
        circle = made({"target:T1": {"repeat_of": "T3"}})
        assert {found.id for found in circle.targets} >= {"T1", "T3"}

    def test_a_repeat_of_what_is_no_target_stands_by_itself(self) -> None:
        alone = made({"target:T1": {"verdict": "PAST"}})
        assert [found.id for found in alone.targets] == ["T2", "T3"]

    def test_a_number_becomes_a_target_where_it_stands(self) -> None:
        start = TEXT.index("15条")
        found = by_id(made({f"number:{start}": {"verdict": "TARGET", "name": "产业链"}}), f"N{start}")
        assert (found.value, found.unit, found.name) == (Decimal(15), "条", "产业链")
        assert (found.section, found.task) == ("二", "二/(一)")
        source = found.source
        assert TEXT[source.sentence_start : source.sentence_end] == "支持15条产业链。"

    def test_every_number_has_one_verdict_that_holds(self) -> None:
        start = TEXT.index("15条")
        ledger = made({"target:T1": {"verdict": "PAST"}, f"number:{start}": {"verdict": "NAME"}}).ledger
        verdicts = {number.text: (number.verdict, number.rule_verdict) for number in ledger}
        assert len(ledger) == 6
        assert verdicts["15条"] == ("NAME", "SCOPE")
        assert ("PAST", "TARGET") in verdicts.values() or ledger[1].verdict == "PAST"

    def test_a_task_moves_and_is_left_out(self) -> None:
        moved = made({"task:二/(一)": {"section": "一"}, "task:二/(二)": {"left_out": True}})
        assert [(task.path, task.section) for task in moved.tasks] == [("二/(一)", "一")]
        assert [task.path for task in moved.left_out] == ["二/(二)"]
        assert by_id(moved, "T4").task == ""

    def test_two_conditions_share_a_group_by_the_shorter_name(self) -> None:
        reading = small_reading()
        for entry in reading["targets"][:2]:
            entry["group"] = "G1"
        both = draft(reading, {}, TEXT)
        assert {found.group for found in both.targets} == {"单位能耗"}
        apart = draft(reading, {"target:T2": {"group": ""}}, TEXT)
        assert {found.group for found in apart.targets} == {""}


class TestMissing:
    def test_everything_that_is_missing_is_listed_with_its_item(self) -> None:
        found = {(gap.code, gap.item) for gap in missing(made())}
        assert found == {
            (GapCode.TARGET_LEAD, "target:T1"),
            (GapCode.TARGET_LEAD, "target:T2"),
            (GapCode.REPEAT, "target:T3"),
            (GapCode.TASK_LEAD, "task:二/(一)"),
            (GapCode.TASK_LEAD, "task:二/(二)"),
        }

    def complete(self) -> dict[str, dict[str, object]]:
        lead = {"lead": "企业处"}
        parts = ("target:T1", "target:T2", "task:二/(一)", "task:二/(二)")
        return {part: dict(lead) for part in parts} | {"target:T3": {"repeat_of": "T1"}}

    def test_nothing_is_missing_when_all_is_decided(self) -> None:
        assert missing(made(self.complete())) == []

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("pace", "CUSTOM", GapCode.SHARES),
            ("unit", "", GapCode.UNIT),
            ("unit", "某某", GapCode.UNIT),
            ("name", "", GapCode.NAME),
            ("value", None, GapCode.VALUE),
            ("key", "2", GapCode.KEY_TWICE),
        ],
    )
    def test_each_lack_of_a_target(self, field: str, value: object, code: GapCode) -> None:
        decisions = self.complete()
        decisions["target:T1"][field] = value
        assert code in {gap.code for gap in missing(made(decisions)) if gap.item == "target:T1"}

    def test_a_plan_needs_year_title_and_something_in_it(self) -> None:
        empty = {"year": None, "sections": [], "tasks": [], "targets": [], "ledger": []}
        codes = [gap.code for gap in missing(draft(empty, {}, "无"))]
        assert codes == [GapCode.YEAR, GapCode.TITLE, GapCode.NOTHING]


class TestFields:
    @pytest.mark.parametrize(
        ("field", "raw", "stored"),
        [
            ("value", " 1,234.50 ", "1234.50"),
            ("value", "４００", "400"),
            ("baseline", "", None),
            ("pace_shares", "10/30/60/100", ["10", "30", "60", "100"]),
            ("pace_shares", "0、20、60、100", ["0", "20", "60", "100"]),
            ("unit", "㎡", "平方米"),
            ("year_due", "2015", 2015),
            ("cooperating", ["甲", "甲", "", "乙"], ["甲", "乙"]),
            ("accepted", "1", True),
            ("name", "  成交\n额 ", "成交 额"),
        ],
    )
    def test_what_a_form_posts_is_understood(self, field: str, raw: object, stored: object) -> None:
        assert clean("target:T1", field, raw) == stored

    @pytest.mark.parametrize(
        ("field", "raw"),
        [
            ("value", ""),
            ("value", "四百"),
            ("value", "NaN"),
            ("value", "1e3"),
            ("value", "1234567890123456789"),
            ("value", "0.1234567"),
            ("pace_shares", "30/10/60/100"),
            ("pace_shares", "10/30/60"),
            ("pace_shares", "10/30/60/90"),
            ("unit", "某某"),
            ("year_due", "1999"),
            ("year_due", "²"),
            ("pace", "FAST"),
            ("verdict", "MAYBE"),
            ("name", ""),
            ("name", "长" * 101),
            ("nonsense", "1"),
        ],
    )
    def test_what_cannot_be_is_refused(self, field: str, raw: object) -> None:
        with pytest.raises(FieldProblem):
            clean("target:T1", field, raw)

    def test_a_section_has_no_lead(self) -> None:
        assert clean("task:一", "lead", "企业处") == "企业处"
        with pytest.raises(FieldProblem):
            clean("section:一", "lead", "企业处")


class TestProposals:
    UNITS = [UnitName("办公室", True), UnitName("技术市场处", True), UnitName("企业处", True)]

    def test_last_years_indicator_comes_first(self) -> None:
        past = [
            PastTarget(("技术合同成交额", "技术合同交易额"), {"lead": "办公室", "pace": "CUSTOM"}),
            PastTarget(("人才",), {"lead": "企业处"}),
        ]
        found = propose(made(), TEXT, self.UNITS, past, [PastTask("发展技术市场", {"lead": "办公室"})])
        assert found["target:T1"].origin == "last-year"
        assert found["target:T1"].fields == {"lead": "办公室", "pace": "CUSTOM"}
        assert found["task:二/(一)"].fields == {"lead": "办公室"}

    def test_then_a_unit_that_the_document_names(self) -> None:
        found = propose(made(), TEXT, self.UNITS)["task:二/(二)"]
        assert (found.origin, found.fields["lead"], found.fields["cooperating"]) == (
            "named",
            "企业处",
            ["办公室"],
        )

    def test_then_the_words_of_a_name(self) -> None:
        found = propose(made(), TEXT, self.UNITS)
        assert (found["task:二/(一)"].origin, found["task:二/(一)"].fields) == (
            "words",
            {"lead": "技术市场处"},
        )

    def test_an_unlike_name_proposes_nothing(self) -> None:
        assert "target:T2" not in propose(
            made(), TEXT, self.UNITS, [PastTarget(("人才",), {"lead": "办公室"})]
        )
