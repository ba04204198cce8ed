"""The outline of a published plan: numbering styles, mixed and broken, and nothing of the text lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.outline import PREAMBLE, Kind, Passage, read_outline

DOCUMENTS = Path(__file__).resolve().parents[2] / "fixtures" / "documents"


def paths(text: str) -> list[str]:
    return [passage.path for passage in read_outline(text).numbered]


def titles(text: str) -> list[str]:
    return [passage.title for passage in read_outline(text).numbered]


def passage(text: str, path: str) -> Passage:
    return next(found for found in read_outline(text).passages if found.path == path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "一、甲\n(一)乙\n1.丙\n2.丁\n(二)戊\n二、己",
            ["一", "一/(一)", "一/(一)/1", "一/(一)/2", "一/(二)", "二"],
        ),
        ("第一部分 甲\n一、乙\n第二部分 丙\n一、丁", ["第一部分", "第一部分/一", "第二部分", "第二部分/一"]),
        ("一、甲\n1.乙\n2.丙\n二、丁\n3.戊", ["一", "一/1", "一/2", "二", "二/3"]),
        ("一、甲\n①乙\n②丙", ["一", "一/①", "一/②"]),
        ("一、甲\n(1)乙\n(2)丙\n二、丁", ["一", "一/(1)", "一/(2)", "二"]),
        ("一、甲\n一是乙。\n二是丙。\n二、丁", ["一", "一/一是", "一/二是", "二"]),
        ("一、甲\n首先,乙\n其次,丙", ["一", "一/首先", "一/其次"]),
        ("一、甲\n——乙\n——丙", ["一", "一/——", "一/——~2"]),
        ("Ⅰ 甲\n1.1 乙\n1.2 丙\nⅡ 丁\n2.1 戊", ["Ⅰ", "Ⅰ/1.1", "Ⅰ/1.2", "Ⅱ", "Ⅱ/2.1"]),
        ("（一）甲\n１．乙\n２、丙", ["（一）", "（一）/１", "（一）/２"]),
    ],
)
def test_numbering_styles_nest_as_the_document_uses_them(text: str, expected: list[str]) -> None:
    assert paths(text) == expected


def test_a_number_without_separator_is_the_next_of_its_row() -> None:
    text = "二、主要目标\n4、成交额达到320亿元;\n5新增面积120万平方米;\n6、新增平台5个。"
    assert paths(text) == ["二", "二/4", "二/5", "二/6"]
    assert passage(text, "二/5").title == "新增面积120万平方米"


@pytest.mark.parametrize("line", ["5家企业通过认证", "2014年是关键之年", "3.5亿元用于建设", "50,000人次参加"])
def test_a_line_that_begins_with_a_quantity_is_no_passage(line: str) -> None:
    assert paths(f"一、甲\n{line}\n二、乙") == ["一", "二"]


def test_a_title_ends_at_the_full_stop_and_a_long_one_at_a_comma() -> None:
    assert titles("1.培育小巨人。实施计划,支持企业。") == ["培育小巨人"]
    long = "一、" + "着力推进改革" * 5 + "," + "优化环境" * 20
    assert titles(long) == ["着力推进改革" * 5]


def test_points_inside_a_line_are_found_when_they_follow_each_other() -> None:
    text = "一、甲\n(一)乙。一是做好丙;二是做好丁;三是做好戊。"
    assert paths(text) == ["一", "一/(一)", "一/(一)/一是", "一/(一)/二是", "一/(一)/三是"]
    assert passage(text, "一/(一)/二是").kind == Kind.POINT
    assert paths("一、甲\n这是一是二的问题。") == ["一"]


def test_what_stands_before_the_first_number() -> None:
    text = (
        "今天是:\n某市2014年工作要点\n发布时间:2014-12-05 浏览:9915\n"
        "全市工作的主要目标是:新增高新技术企业100家。\n一、甲\n"
    )
    front, preamble = read_outline(text).passages[:2]
    assert (front.kind, preamble.kind, preamble.path) == (Kind.FRONT, Kind.PREAMBLE, PREAMBLE)
    assert preamble.title == "主要目标"
    assert text[preamble.start :].startswith("全市工作")


def test_signature_and_page_chrome_at_the_end_belong_to_no_passage() -> None:
    text = "一、甲\n1.做好乙工作,完成各项任务。\n某市某局办公室\n2014年3月1日\n【打印】【关闭】\n"
    back = read_outline(text).passages[-1]
    assert back.kind == Kind.BACK
    assert text[back.start :].startswith("某市某局")


def test_a_text_without_numbers_is_one_piece_and_nothing_of_it_vanishes() -> None:
    text = "只有一段文字,没有编号,但仍然是一份文件,说明全市工作的总体考虑和主要安排。"
    outline = read_outline(text)
    assert [found.kind for found in outline.passages] == [Kind.PREAMBLE]
    assert "".join(outline.pieces) == text


@pytest.mark.parametrize("name", ["wuhan-2014.txt", "xian-2014.txt"])
def test_the_pieces_of_the_real_plans_give_the_document_back(name: str) -> None:
    text = (DOCUMENTS / name).read_bytes().decode("utf-8")
    assert "".join(read_outline(text).pieces) == text


LINES = st.lists(
    st.sampled_from(
        [
            "一、",
            "二.",
            "(一)",
            "（二）",
            "1.",
            "2、",
            "3",
            "(1)",
            "①",
            "一是",
            "首先,",
            "——",
            "第一部分",
            "",
            "  ",
            "\t",
            "\r",
        ]
    ).flatmap(
        lambda label: st.text(alphabet="甲乙丙。;,:的是一2年家\r　", max_size=20).map(
            lambda rest: label + rest
        )
    ),
    max_size=12,
)


@given(LINES)
def test_the_pieces_give_any_document_back(lines: list[str]) -> None:
    text = "\n".join(lines)
    outline = read_outline(text)
    assert "".join(outline.pieces) == text


@given(LINES)
def test_passages_nest_and_their_paths_are_unique(lines: list[str]) -> None:
    outline = read_outline("\n".join(lines))
    named = [found.path for found in outline.passages if found.path]
    assert len(set(named)) == len(named)
    for found in outline.passages:
        assert 0 <= found.start <= found.end <= len(outline.text)
        if found.parent is not None:
            assert found.parent.start <= found.start
            assert found.end <= found.parent.end
