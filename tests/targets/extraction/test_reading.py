"""Whole readings: the two real plans, the ledger, groups, repeats, due years, and awkward texts."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.numerals import fold
from targets.enums import Commitment, Measure
from targets.extraction import RULES, Reading, read_plan
from targets.extraction.findings import Direction, FoundTarget, Verdict
from tests.targets.extraction.corpus import documents

DOCUMENTS = Path(__file__).resolve().parents[3] / "fixtures" / "documents"


def seed(name: str) -> Reading:
    return read_plan((DOCUMENTS / f"{name}-2014.txt").read_bytes().decode("utf-8"))


def read(*lines: str, year: int = 2014) -> Reading:
    return read_plan("\n".join((f"某市{year}年工作要点", "一、重点工作", *lines)), year)


def only(reading: Reading) -> FoundTarget:
    assert len(reading.targets) == 1, [reading.text[t.start : t.end] for t in reading.targets]
    return reading.targets[0]


def quotes(reading: Reading) -> list[str]:
    return [reading.text[target.start : target.end] for target in reading.targets]


def verdict_of(reading: Reading, quote: str) -> str:
    start = reading.text.index(quote)
    return next(entry.verdict.value for entry in reading.ledger if entry.start <= start < entry.end)


class TestTheRealPlans:
    def test_wuhan(self) -> None:
        reading = seed("wuhan")
        assert (reading.year, len(reading.tasks), len(reading.sections)) == (2014, 24, 12)
        assert quotes(reading) == [
            "20%", "6725亿元", "20%", "2040亿元", "2.90%", "320亿元", "120万平方米", "20个", "5个", "200家",
            "1200家",
            "320亿元", "20个", "120万平方米",
        ]  # fmt: skip
        assert sum(target.repeat_of is not None for target in reading.targets) == 3

    def test_xian(self) -> None:
        reading = seed("xian")
        assert (reading.year, len(reading.tasks), len(reading.sections)) == (2014, 21, 7)
        assert len(reading.targets) == 25
        assert "千名" in quotes(reading)
        assert sum(target.repeat_of is not None for target in reading.targets) == 5

    @pytest.mark.parametrize(
        ("name", "quote", "verdict"),
        [
            ("wuhan", "15条", "SCOPE"), ("wuhan", "3D", "NAME"), ("wuhan", "3551", "NAME"),
            ("wuhan", "9915", "ORDINAL"),
            ("wuhan", "2014-2020", "DATE"), ("wuhan", "十条新政", "NAME"), ("wuhan", "十亿元", "THRESHOLD"),
            ("xian", "10个重点", "SCOPE"), ("xian", "千企", "NAME"), ("xian", "万家", "NAME"),
            ("xian", "五项", "NAME"),
        ],
    )  # fmt: skip
    def test_what_is_no_target(self, name: str, quote: str, verdict: str) -> None:
        assert verdict_of(seed(name), quote) == verdict

    def test_the_same_value_is_not_the_same_target(self) -> None:
        """Xi'an has 100家 three times and 300家 twice, all different things."""
        reading = seed("xian")
        for quote in ("100家", "300家"):
            found = [t for t in reading.targets if reading.text[t.start : t.end] == quote]
            assert len(found) >= 2
            assert all(target.repeat_of is None for target in found)

    def test_a_growth_and_a_level_of_one_thing_are_a_group(self) -> None:
        reading = seed("wuhan")
        groups = [target.group for target in reading.targets[:4]]
        assert groups == ["G1", "G1", "G2", "G2"]
        assert all(target.group is None for target in reading.targets[4:])

    def test_offsets_point_into_the_text(self) -> None:
        for name in ("wuhan", "xian"):
            reading = seed(name)
            for entry in reading.as_json()["targets"]:
                assert reading.text[entry["start"] : entry["end"]] == entry["quote"]
                assert entry["sentence_start"] <= entry["start"] < entry["end"] <= entry["sentence_end"]


class TestOnePromise:
    """Comparison, commitment, measure, year and name of single sentences."""

    @pytest.mark.parametrize(
        ("sentence", "comparison", "wording"),
        [
            ("新增高新技术企业100家。", "=", ""),
            ("技术合同成交额达到320亿元。", ">=", "达到"),
            ("高新技术产业产值增幅20%以上。", ">=", "以上"),
            ("发明专利申请量超过2万件。", ">", "超过"),
            ("城镇登记失业率控制在4%以内。", "<=", "控制在"),
            ("会议费支出不超过300万元。", "<=", "不超过"),
            ("事故死亡率低于0.5%。", "<", "低于"),
            ("每所学校至少配备2名教师。", ">=", "至少"),
            ("固定资产投资增长8%左右。", "=", ""),
            ("商品材采伐量不得突破208万立方米。", "<=", "不得突破"),
        ],
    )
    def test_comparison(self, sentence: str, comparison: str, wording: str) -> None:
        target = only(read(sentence))
        assert (target.comparison, target.wording) == (comparison, wording)

    def test_about_is_marked(self) -> None:
        assert only(read("固定资产投资增长8%左右。")).approximate
        assert not only(read("固定资产投资增长8%。")).approximate

    @pytest.mark.parametrize(
        ("sentence", "commitments"),
        [
            ("力争成交额突破500亿元,转化率30%;新增企业100家。", ["STRIVE", "STRIVE", "PLAIN"]),
            ("确保新增企业50家,力争达到60家。", ["FIRM", "STRIVE"]),
            ("力争新增企业50家。培训人员200人。", ["STRIVE", "PLAIN"]),
            ("必须完成改造30公里。", ["FIRM"]),
            ("清欠工资保证金200万元。", ["PLAIN"]),
        ],
    )
    def test_strive_governs_the_commas_up_to_a_stop(self, sentence: str, commitments: list[str]) -> None:
        assert [target.commitment.value for target in read(sentence).targets] == commitments

    @pytest.mark.parametrize(
        ("sentence", "measure"),
        [
            ("新增高新技术企业100家。", Measure.FLOW),
            ("高新技术企业总数达到1200家。", Measure.STOCK),
            ("科技信贷余额15亿元。", Measure.STOCK),
            ("研发投入占生产总值比重达到2.9%。", Measure.RATIO),
            ("高新技术产业增加值增长12%。", Measure.GROWTH),
            ("成果转化率提高到30%。", Measure.RATIO),
            ("成果转化率提高3个百分点。", Measure.GROWTH),
            ("单位能耗下降3%。", Measure.GROWTH),
            ("细颗粒物年均浓度不高于35微克/立方米。", Measure.RATIO),
            ("办理时限压缩到3个工作日以内。", Measure.RATIO),
            ("每万人发明专利拥有量达到8件。", Measure.RATIO),
            ("技术合同成交额达到320亿元。", Measure.FLOW),
            ("空气优良天数达到300天。", Measure.FLOW),
        ],
    )
    def test_measure(self, sentence: str, measure: Measure) -> None:
        assert only(read(sentence)).measure == measure

    @pytest.mark.parametrize(
        ("sentence", "year"),
        [
            ("新增企业100家。", 2014),
            ("到2016年,科技企业达到500家。", 2016),
            ("三年内建成孵化器30个。", 2016),
            ("到“十三五”末,科技企业达到900家。", 2020),
            ("明年新增企业80家。", 2015),
            ("2014年底前新增企业60家。", 2014),
        ],
    )
    def test_year_due(self, sentence: str, year: int) -> None:
        reading = read(sentence)
        assert only(reading).year == year
        expected = Verdict.TARGET if year == 2014 else Verdict.OTHER_YEAR
        assert [e.verdict for e in reading.ledger if e.start == only(reading).start] == [expected]

    @pytest.mark.parametrize(
        ("sentence", "names"),
        [
            ("全市发明专利申请量超过2万件,授权量4000件。", ["发明专利申请量", "发明专利授权量"]),
            ("高新技术产业产值增幅20%以上,力争突破6725亿元。", ["高新技术产业产值增幅", "高新技术产业产值"]),
            ("支持100家科技企业。", ["支持科技企业"]),
            ("小学、初中入学率分别达到99%、98%。", ["小学入学率", "初中入学率"]),
            ("工业投资和技改投资分别增长10%和15%。", ["工业投资增长", "技改投资增长"]),
            ("力争50家企业通过第三方认证。", ["企业通过第三方认证"]),
            ("规上工业总产值再上台阶,突破2300亿元。", ["规上工业总产值"]),
            ("解决100户规模以上工业企业的技术需求。", ["解决规模以上工业企业的技术需求"]),
        ],
    )
    def test_indicator(self, sentence: str, names: list[str]) -> None:
        assert [target.indicator for target in read(sentence).targets] == names

    def test_where_the_year_begins_is_the_baseline(self) -> None:
        reading = read("技改投资占比由40.6%提高到43%。")
        target = only(reading)
        assert (target.value, target.baseline, target.comparison) == (Decimal(43), Decimal("40.6"), ">=")
        assert verdict_of(reading, "40.6%") == "BASELINE"

    def test_a_fall_keeps_its_wording_and_says_that_it_falls(self) -> None:
        target = only(read("单位生产总值能耗下降3%以上。"))
        assert (target.comparison, target.direction) == (">=", Direction.DOWN)

    def test_a_range_has_both_ends(self) -> None:
        target = only(read("申报国家级项目3—5项。"))
        assert (target.value, target.high) == (Decimal(3), Decimal(5))


class TestWhatWasIsNotPromised:
    @pytest.mark.parametrize(
        "sentence",
        [
            "去年全市完成投资300亿元,增长12%。",
            "2013年新增高新技术企业80家,总数达到900家。",
            "截至目前,累计培训人员5000人次。",
            "全市已建成孵化器30个。",
            "目前全市共有科技企业1200家,其中规上企业300家。",
        ],
    )
    def test_in_a_plan(self, sentence: str) -> None:
        assert quotes(read(sentence)) == []

    def test_this_year_after_last_year(self) -> None:
        reading = read("去年新增企业80家。今年新增企业100家。")
        assert quotes(reading) == ["100家"]

    def test_below_a_heading_that_looks_back(self) -> None:
        text = (
            "某市2013年工作总结和2014年工作计划\n一、2013年工作回顾\n新增企业80家,成交额达到200亿元。\n"
            "二、2014年工作计划\n新增企业100家,成交额达到300亿元。\n"
        )
        reading = read_plan(text)
        assert reading.year == 2014
        assert quotes(reading) == ["100家", "300亿元"]

    def test_a_report_of_the_year_end_plans_for_the_next(self) -> None:
        text = (
            "关于今年工作情况和明年工作打算的汇报\n(2013年12月20日)\n一、今年工作\n今年新增企业80家。\n"
            "二、明年工作\n明年新增企业100家。明年培训人员300人。\n"
        )
        reading = read_plan(text)
        assert reading.year == 2014
        assert quotes(reading) == ["100家", "300人"]


class TestTables:
    """Cells parted by tabs, as Word and web documents give them."""

    ROWS = (
        "指标名称\t单位\t2013年完成\t2014年目标\t责任科室",
        "社会消费品零售总额\t亿元\t720\t800\t流通科",
        "新引进项目\t个\t42\t≥50\t招商科",
        "进出口总额增幅(%)\t\t7.5\t10\t外贸科",
    )

    def test_the_column_of_targets_promises_and_the_one_of_results_does_not(self) -> None:
        reading = read(*self.ROWS)
        found = [(t.indicator, t.comparison, f"{t.value}{t.unit}", t.measure) for t in reading.targets]
        assert found == [
            ("社会消费品零售总额", "=", "800亿元", Measure.FLOW),
            ("新引进项目", ">=", "50个", Measure.FLOW),
            ("进出口总额增幅", "=", "10%", Measure.GROWTH),
        ]
        assert verdict_of(reading, "720") == verdict_of(reading, "7.5") == "PAST"

    def test_without_a_column_of_targets_a_bare_number_stays_one(self) -> None:
        reading = read("指标名称\t单位\t数量", "社会消费品零售总额\t亿元\t800")
        assert quotes(reading) == []

    def test_running_text_below_a_table_is_read_as_before(self) -> None:
        assert quotes(read(*self.ROWS, "新增企业30家。"))[-1] == "30家"


class TestRepeats:
    def test_another_name_in_a_later_task_is_proposed(self) -> None:
        text = (
            "某市2014年工作要点\n一、主要目标\n1、技术合同成交额达到320亿元。\n二、重点工作\n"
            "(一)发展市场。技术合同交易额力争达到320亿元。\n"
        )
        first, second = read_plan(text).targets
        assert second.repeat_of == first.id
        assert (first.commitment, second.commitment) == (Commitment.PLAIN, Commitment.STRIVE)

    @pytest.mark.parametrize(
        "later",
        ["支持科技企业320家。", "技术合同成交额达到330亿元。", "技术合同登记额增长32%。"],
    )
    def test_neither_the_value_nor_the_name_alone_makes_a_repeat(self, later: str) -> None:
        goals = "某市2014年工作要点\n一、主要目标\n1、技术合同成交额达到320亿元。\n"
        text = f"{goals}二、重点工作\n(一)甲。{later}\n"
        assert all(target.repeat_of is None for target in read_plan(text).targets)

    def test_two_goals_of_one_list_are_two(self) -> None:
        text = "某市2014年工作要点\n一、主要目标\n1、工业产值增幅20%;\n2、工业产值增幅20%;\n"
        assert all(target.repeat_of is None for target in read_plan(text).targets)


NUMERALS = re.compile(r"[0-9]+|[零一二三四五六七八九十百千万亿两]+")


def assert_ledger_is_complete(reading: Reading) -> None:
    """Every numeral lies in exactly one entry, entries do not overlap, every rule has a sentence."""
    last = 0
    for entry in reading.ledger:
        assert last <= entry.start < entry.end
        last = entry.end
        assert entry.rule in RULES
    inside = [0] * (len(reading.text) + 1)
    for entry in reading.ledger:
        inside[entry.start : entry.end] = [1] * (entry.end - entry.start)
    for hit in NUMERALS.finditer(fold(reading.text)):
        assert all(inside[hit.start() : hit.end()]), reading.text[hit.start() - 5 : hit.end() + 5]


class TestTheLedger:
    def test_of_every_annotated_document(self) -> None:
        for folder in ("working", "unseen", "blind"):
            for document in documents(folder):
                assert_ledger_is_complete(read_plan(document.text))

    def test_agrees_with_the_targets(self) -> None:
        for name in ("wuhan", "xian"):
            reading = seed(name)
            counted = {Verdict.TARGET, Verdict.REPEAT, Verdict.OTHER_YEAR}
            entries = {entry.start: entry for entry in reading.ledger if entry.verdict in counted}
            assert set(entries) == {target.start for target in reading.targets}
            for target in reading.targets:
                entry = entries[target.start]
                assert (entry.end, entry.rule) == (target.end, target.rule)
                assert (entry.verdict == Verdict.REPEAT) == (target.repeat_of is not None)

    PIECES = st.sampled_from(
        [
            *(
                "力争",
                "新增",
                "达到",
                "超过",
                "去年",
                "今年",
                "企业",
                "100家",
                "20%",
                "3—5项",
                "从",
                "提高到",
                "的",
                "全市",
                "围绕",
            ),
            *(
                ",",
                "。",
                ";",
                "\n",
                "一、",
                "(一)",
                "1.",
                "一是",
                "“",
                "”",
                "(",
                ")",
                "两千三百张",
                "1/3",
                "2016年",
                "十三五末",
                "万家",
                " ",
            ),
        ]
    )

    @settings(max_examples=300)
    @given(st.lists(PIECES, max_size=40))
    def test_of_any_text(self, pieces: list[str]) -> None:
        reading = read_plan("".join(pieces), 2014)
        assert_ledger_is_complete(reading)
        json.dumps(reading.as_json())

    @given(st.text(max_size=200))
    def test_no_text_is_too_odd(self, text: str) -> None:
        reading = read_plan(text)
        assert "".join(reading.outline.pieces) == text

    @pytest.mark.parametrize(
        "piece", ["1", "(", "“", "一二三", "力争新增企业200家,", "从3%", " 3 3%", "2014年3月至"]
    )
    def test_one_line_of_a_hundred_thousand_characters(self, piece: str) -> None:
        text = (piece * (100_000 // len(piece) + 1))[:100_000]
        assert read_plan(text).text == text


def test_reading_twice_gives_the_same() -> None:
    text = (DOCUMENTS / "xian-2014.txt").read_bytes().decode("utf-8")
    assert read_plan(text).as_json() == read_plan(text).as_json()


def test_every_number_is_text_and_every_offset_a_number() -> None:
    for entry in seed("wuhan").as_json()["targets"]:
        for name in ("value", "value_base"):
            assert Decimal(entry[name]) is not None
            assert isinstance(entry[name], str)
        assert isinstance(entry["start"], int)
        assert entry["value_high"] is None or isinstance(entry["value_high"], str)
