"""Word documents as text: paragraphs, revisions, tables, and the printed labels of automatic lists."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.readers import MAX_CHARACTERS, DocumentCode, xml_events
from plans.readers.number_formats import format_number
from tests.plans import documents as made
from tests.plans.documents import LIST, cell, code_of, item, level, p, run, table, word, word_zip

# Word documents


def test_a_document_of_python_docx_with_numbered_headings_and_merged_cells():
    assert word(made.plan_by_python_docx()).split("\n") == [
        "市科技局2014年工作要点",
        "一、总体要求",
        "二、主要目标",
        "（一）产业目标",
        "1. 产值6725亿元。",
        "2. 5家孵化器。",
        "指标\t目标",
        "产值\t6725\t亿元",
        "\t2040\t亿元",
        "完",
    ]


@pytest.mark.parametrize("space", [made.W, "http://purl.oclc.org/ooxml/wordprocessingml/main"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_both_namespaces_and_both_encodings_of_the_standard_are_read(space, encoding):
    parts = made.parts_of(word_zip(p("目标5")))
    text = parts[made.BODY].decode().replace(made.W, space)
    assert word(made.packed(parts | {made.BODY: text.encode(encoding)})) == "目标5"


def test_empty_paragraphs_inside_stay_and_those_at_the_ends_go():
    assert word(word_zip(p() + p("甲1") + p() + p("乙2") + p())) == "甲1\n\n乙2"


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        pytest.param(
            f"<w:p><w:hyperlink r:id='r1'>{run('链接')}</w:hyperlink>{run('5')}</w:p>", "链接5", id="link"
        ),
        pytest.param(
            "<w:p><w:r><w:t>甲1</w:t><w:br/><w:t>乙</w:t><w:cr/></w:r></w:p>", "甲1\n乙", id="soft break"
        ),
        pytest.param("<w:p><w:r><w:t>甲1</w:t><w:tab/><w:t>乙</w:t></w:r></w:p>", "甲1\t乙", id="tab"),
        pytest.param(
            "<w:p><w:pPr><w:tabs><w:tab w:val='left' w:pos='9'/></w:tabs></w:pPr>" + run("1") + "</w:p>",
            "1",
            id="tab stop",
        ),
        pytest.param(
            p("甲1") + "<w:p><w:r><w:br w:type='page'/><w:t>乙</w:t></w:r></w:p>", "甲1\n乙", id="page break"
        ),
        pytest.param(
            "<w:p><w:r><w:t> 甲1 </w:t><w:t xml:space='preserve'> 乙</w:t></w:r></w:p>", "甲1 乙", id="blanks"
        ),
        pytest.param("<w:p><w:r><w:t>甲1\n乙</w:t></w:r></w:p>", "甲1 乙", id="line feed in the XML"),
        pytest.param("<w:p><w:r><w:t>A</w:t><w:noBreakHyphen/><w:t>1</w:t></w:r></w:p>", "A-1", id="hyphen"),
        pytest.param(
            "<w:p><w:r><w:sym w:font='Symbol' w:char='F0B3'/><w:t>5%</w:t></w:r></w:p>", "≥5%", id="symbol"
        ),
        pytest.param(
            "<w:p><w:r><w:sym w:font='Wingdings' w:char='F06E'/><w:sym w:char='?'/><w:t>5</w:t></w:r></w:p>",
            "•5",
            id="symbol without a character",
        ),
        pytest.param("<w:p><m:oMath><m:r><m:t>≥20%</m:t></m:r></m:oMath></w:p>", "≥20%", id="formula"),
        pytest.param(
            f"<w:p><w:r><w:instrText> PAGE 9 </w:instrText></w:r>{run('第1页')}</w:p>", "第1页", id="field"
        ),
        pytest.param(
            "<w:p><w:r><w:ruby><w:rt><w:r><w:t>mù</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>目1</w:t></w:r>"
            "</w:rubyBase></w:ruby></w:r></w:p>",
            "目1",
            id="reading aid",
        ),
        pytest.param(
            f"<w:sdt><w:sdtContent>{p('控件5')}</w:sdtContent></w:sdt>", "控件5", id="content control"
        ),
    ],
)
def test_what_stands_in_a_paragraph(inner, text):
    assert word(word_zip(inner)) == text


def revised(kind: str, inner: str) -> str:
    return f"<w:{kind} w:id='1' w:author='a'>{inner}</w:{kind}>"


def test_inserted_text_stays_and_deleted_text_goes():
    deleted = "<w:r><w:tab/><w:delText>20</w:delText><w:t>21</w:t></w:r>"
    inner = f"<w:p>{run('突破')}{revised('del', deleted)}{revised('ins', run('320'))}{run('亿元')}</w:p>"
    moved = f"<w:p>{revised('moveFrom', run('旧'))}{revised('moveTo', run('新1'))}</w:p>"
    assert word(word_zip(inner + moved)) == "突破320亿元\n新1"


@pytest.mark.parametrize("mark", ["<w:del w:id='1'/>", "<w:vanish/>"])
def test_a_deleted_or_hidden_end_of_a_paragraph_joins_it_with_the_next(mark):
    lists = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr>{mark}</w:rPr>'
    inner = p("总体", properties=lists) + item("要求") + item("目标") + p("完", mark=mark)
    assert word(word_zip(inner, LIST)) == "一、总体要求\n二、目标\n完"


def test_several_paragraphs_without_an_end_are_one_with_one_number():
    lists = '<w:numPr><w:numId w:val="1"/></w:numPr><w:rPr><w:del w:id="1"/></w:rPr>'
    inner = p("总", properties=lists) + p("体", properties=lists) + item("要求") + item("目标")
    assert word(word_zip(inner, LIST)) == "一、总体要求\n二、目标"
    assert word(word_zip(p("甲1", mark="<w:del w:id='1'/>") + table(cell("乙")) + p("丙"))) == "甲1\n乙\n丙"


def test_a_paragraph_inside_of_another_is_one_of_its_own():
    assert word(word_zip(f"<w:p>{run('甲1')}{p('乙')}</w:p>")) == "甲1\n乙"


def test_a_paragraph_that_is_deleted_as_a_whole_leaves_no_line_and_no_number():
    inner = "<w:p><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr><w:rPr><w:del w:id='1'/></w:rPr></w:pPr>"
    inner += revised("del", "<w:r><w:delText>旧</w:delText></w:r>") + "</w:p>"
    assert word(word_zip(item("甲") + inner + item("乙"), LIST)) == "一、甲\n二、乙"


def test_former_numbering_of_a_revision_does_not_count():
    change = '<w:pPrChange w:id="1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:pPrChange>'
    assert word(word_zip(p("甲1", properties=change) + item("乙"), LIST)) == "甲1\n一、乙"


def test_deleted_rows_and_cells_go():
    rows = "<w:tr><w:trPr><w:del w:id='1'/></w:trPr>" + cell("旧") + "</w:tr>"
    gone = cell("旧", properties="<w:cellDel w:id='1'/>")
    assert word(word_zip(f"<w:tbl>{rows}<w:tr>{cell('甲1')}{gone}{cell('乙')}</w:tr></w:tbl>")) == "甲1\t乙"


STYLES = (
    '<w:style w:type="paragraph" w:styleId="secret"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="child"><w:basedOn w:val="secret"/></w:style>'
    '<w:style w:type="character" w:styleId="shown"><w:rPr><w:vanish w:val="0"/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="hidden"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="round"><w:basedOn w:val="about"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="about"><w:basedOn w:val="round"/></w:style>'
    '<w:style w:type="table" w:styleId="t"><w:tblStylePr><w:rPr><w:vanish/></w:rPr></w:tblStylePr></w:style>'
)
SHOWN = '<w:vanish w:val="false"/>'
IN_HIDDEN_STYLE = '<w:rStyle w:val="hidden"/>'


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        (f"<w:p>{run('1')}{run('密', '<w:vanish/>')}{run('2', SHOWN)}</w:p>", "12"),
        (f"<w:p>{run('1')}{run('密', IN_HIDDEN_STYLE)}</w:p>", "1"),
        (p("1") + made.styled("密", "secret"), "1"),
        (p("1") + made.styled("密", "child"), "1"),
        (p("1") + made.styled("2", "round") + made.styled("3", "t"), "1\n2\n3"),
        (
            "<w:p><w:pPr><w:pStyle w:val='secret'/></w:pPr>"
            + run("显1", '<w:rStyle w:val="shown"/>')
            + run("密")
            + "</w:p>",
            "显1",
        ),
    ],
)
def test_hidden_text_goes_whether_the_run_or_a_style_hides_it(inner, text):
    assert word(word_zip(inner, styles=STYLES)) == text


def box(inner: str) -> str:
    content = f"<wps:txbx><w:txbxContent>{inner}</w:txbxContent></wps:txbx>"
    return f"<mc:Choice Requires='wps'><w:drawing>{content}</w:drawing></mc:Choice>"


def test_a_text_box_comes_once_and_after_its_paragraph():
    content = f"<w:txbxContent>{p('框5')}</w:txbxContent>"
    old = f"<mc:Fallback><w:pict><v:textbox>{content}</v:textbox></w:pict></mc:Fallback>"
    both = f"<mc:AlternateContent>{box(p('框5') + p('框6'))}{box(p('框7'))}{old}</mc:AlternateContent>"
    inner = f"<w:p><w:r>{both}</w:r>{run('甲')}</w:p>" + p("乙")
    assert word(word_zip(inner)) == "甲\n框5\n框6\n乙"
    only_old = f"<w:p><w:r><mc:AlternateContent>{old}</mc:AlternateContent></w:r></w:p>"
    assert word(word_zip(p("甲") + only_old + p("乙"))) == "甲\n框5\n乙"
    hidden = only_old.replace("<w:r>", "<w:r><w:rPr><w:vanish/></w:rPr>", 1)
    assert word(word_zip(p("甲") + hidden + p("乙1"))) == "甲\n\n乙1"


def test_footnotes_headers_and_comments_are_no_text_of_the_plan():
    inner = (
        "<w:p>"
        + run("目标5")
        + "<w:r><w:footnoteReference w:id='1'/><w:commentReference w:id='1'/></w:r></w:p>"
    )
    others = {
        name: f"<w:{tag} {made.NAMESPACES}>{p('别的')}</w:{tag}>"
        for name, tag in [("footnotes", "footnotes"), ("header1", "hdr"), ("comments", "comments")]
    }
    assert word(word_zip(inner, **others)) == "目标5"


@pytest.mark.parametrize(
    ("inner", "lines"),
    [
        pytest.param(table(cell("甲") + cell("1")), ["甲\t1"], id="cells"),
        pytest.param(table(cell("甲") + cell("1", "2")), ["甲\t1 2"], id="two paragraphs in a cell"),
        pytest.param(table(cell("甲") + cell() + cell("1")), ["甲\t\t1"], id="an empty cell"),
        pytest.param(table(cell() + cell()) + p("1"), ["1"], id="an empty row"),
        pytest.param(table(cell("一、甲", "1")), ["一、甲", "1"], id="a frame"),
        pytest.param(
            table(cell("甲", properties='<w:gridSpan w:val="2"/>') + cell("1")),
            ["甲\t1"],
            id="merged in a row",
        ),
        pytest.param(
            table(
                cell("甲", properties='<w:vMerge w:val="restart"/>') + cell("1"),
                cell("甲", properties="<w:vMerge/>") + cell("2"),
            ),
            ["甲\t1", "\t2"],
            id="merged in a column",
        ),
        pytest.param(
            table(cell(*"一二三四五六七八九十甲乙丙") + cell("丁")),
            list("一二三四五六七八九十甲乙丙丁"),
            id="columns of a layout",
        ),
        pytest.param(
            table(cell("甲") + f"<w:tc>{table(cell('1') + cell('2'))}{p()}</w:tc>"),
            ["甲\t1 2"],
            id="table in a cell",
        ),
        pytest.param(p("1") + table(cell("甲") + cell("乙")) + p("后"), ["1", "甲\t乙", "后"], id="order"),
        pytest.param(
            table(cell("甲") + "<w:tc><w:p><w:r><w:t>1</w:t><w:tab/><w:br/><w:t>2</w:t></w:r></w:p></w:tc>"),
            ["甲\t1  2"],
            id="tab and break in a cell",
        ),
    ],
)  # fmt: skip
def test_rows_of_tables_are_lines_with_tabs(inner, lines):
    assert word(word_zip(inner)).split("\n") == lines


def test_numbers_of_a_list_go_on_in_table_cells():
    inner = item("甲") + f"<w:tbl><w:tr><w:tc>{item('乙')}</w:tc><w:tc>{item('丙')}</w:tc></w:tr></w:tbl>"
    assert word(word_zip(inner, LIST)) == "一、甲\n二、乙\t三、丙"


# Automatic numbers


@pytest.mark.parametrize(
    ("number_format", "printed"),
    [
        ("decimal", {1: "1", 12: "12"}),
        ("decimalZero", {1: "01", 12: "12"}),
        ("decimalFullWidth", {1: "１", 20: "２０"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "21"}),
        ("decimalEnclosedCircleChinese", {3: "③"}),
        ("decimalEnclosedParen", {1: "⑴", 20: "⒇"}),
        ("decimalEnclosedFullstop", {1: "⒈", 20: "⒛"}),
        ("numberInDash", {3: "- 3 -"}),
        ("lowerLetter", {1: "a", 26: "z", 27: "aa", 54: "bbb"[:2] + "b", 0: "0"}),
        ("upperLetter", {2: "B", 28: "BB"}),
        ("lowerRoman", {4: "iv", 1994: "mcmxciv"}),
        ("upperRoman", {9: "IX", 3999: "MMMCMXCIX", 4000: "4000", 0: "0"}),
        ("chineseCounting", {1: "一", 10: "十", 11: "十一", 20: "二十", 99: "九十九", 100: "一○○"}),
        ("chineseCountingThousand", {10: "十", 15: "十五", 21: "二十一", 100: "一百", 105: "一百零五",
                                     110: "一百一十", 115: "一百一十五", 1001: "一千零一",
                                     1010: "一千零一十", 2340: "二千三百四十",
                                     10000: "10000"}),
        ("japaneseCounting", {1: "一", 11: "十一", 100: "百", 101: "百一", 110: "百十", 2000: "二千"}),
        ("ideographDigital", {1: "一", 10: "一〇", 25: "二五"}),
        ("taiwaneseDigital", {10: "一○"}),
        ("chineseLegalSimplified", {1: "壹", 10: "壹拾", 12: "壹拾贰", 105: "壹佰零伍"}),
        ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
        ("ideographZodiac", {1: "子"}),
        ("ideographEnclosedCircle", {1: "㊀", 10: "㊉"}),
        ("none", {1: ""}),
        ("someday", {7: "7"}),
    ],
)  # fmt: skip
def test_numbers_are_printed_in_the_list_s_format(number_format, printed):
    assert {number: format_number(number, number_format) for number in printed} == printed


@given(
    st.integers(-(10**9), 10**9),
    st.sampled_from(["chineseCountingThousand", "upperRoman", "lowerLetter", "x"]),
)
def test_every_number_is_printed_in_little_room(number, number_format):
    assert 0 < len(format_number(number, number_format)) < 31


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("%1、", "一、甲"), ("（%1）", "（一）甲"), ("第%1章", "第一章 甲"), ("%1.", "一. 甲"),
        ("(%1)", "(一) 甲"), ("%1", "一 甲"), ("第%1条　", "第一条　甲"), ("", "甲"), ("%2%9、", "00、甲"),
    ],
)  # fmt: skip
def test_a_label_is_joined_to_its_text_as_it_is_printed(text, first):
    lists = made.definition(level(0, "chineseCounting", text)) + made.numbered(1)
    assert word(word_zip(item("甲") + p("1"), lists)) == f"{first}\n1"


def test_a_label_never_runs_into_a_number():
    lists = made.definition(level(0, "decimal", "%1.")) + made.numbered(1)
    assert word(word_zip(item("5亿元"), lists)) == "1. 5亿元"
    close = made.definition(level(0, "decimal", "%1.", more='<w:suff w:val="nothing"/>')) + made.numbered(1)
    assert word(word_zip(item("甲"), close)) == "1.甲"


def test_levels_restart_under_the_next_higher_one():
    inner = (
        item("甲") + item("一") + item("子", level=1) + item("丑", level=1) + item("乙") + item("寅", level=1)
    )
    inner += item("卯", level=2) + item("辰", level=2) + item("巳", level=1) + item("午", level=2)
    assert word(word_zip(inner, LIST)).split("\n") == [
        *(
            "一、甲",
            "二、一",
            "（一）子",
            "（二）丑",
            "三、乙",
            "（一）寅",
            "1. 卯",
            "2. 辰",
            "（二）巳",
            "1. 午",
        )
    ]


def test_levels_may_be_shown_together_start_anywhere_and_never_restart():
    lists = made.definition(
        level(0, "chineseCounting", "%1、", start=3),
        level(1, "decimal", "%1.%2", more="<w:isLgl/>"),
        level(2, "decimal", "%3)", more='<w:lvlRestart w:val="0"/>'),
        level(3, "decimal", "%4)", more='<w:lvlRestart w:val="1"/>'),
    ) + made.numbered(1)
    inner = item("甲") + item("乙", level=1) + item("丙", level=2) + item("丁", level=3) + item("戊", level=1)
    inner += (
        item("己", level=2) + item("庚", level=3) + item("辛") + item("壬", level=2) + item("癸", level=3)
    )
    assert word(word_zip(inner, lists)).split("\n") == [
        *("三、甲", "3.1 乙", "1) 丙", "1) 丁", "3.2 戊", "2) 己", "2) 庚", "四、辛", "3) 壬", "1) 癸")
    ]


def test_lists_of_one_definition_count_together_unless_one_says_where_it_starts():
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    lists = LIST + made.numbered(2) + made.numbered(3, overrides=override)
    inner = item("甲", 1) + item("乙", 2) + item("丙", 3) + item("丁", 3)
    assert word(word_zip(inner, lists)) == "一、甲\n二、乙\n一、丙\n二、丁"


def test_lists_of_two_definitions_count_apart():
    lists = made.definition(level(0, "decimal", "%1、"), key=1) + LIST + made.numbered(2, 1)
    assert word(word_zip(item("甲", 1) + item("乙", 2) + item("丙", 1), lists)) == "一、甲\n1、乙\n二、丙"


def test_a_list_may_override_a_level():
    override = f'<w:lvlOverride w:ilvl="0">{level(0, "decimal", "%1、", start=7)}</w:lvlOverride>'
    lists = LIST + made.numbered(2, overrides=override)
    assert word(word_zip(item("甲", 2), lists)) == "7、甲"


def style(key: str, numbering: str = "", *, based_on: str = "", kind: str = "paragraph") -> str:
    above = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    properties = f"<w:pPr><w:numPr>{numbering}</w:numPr></w:pPr>" if numbering else ""
    return f'<w:style w:type="{kind}" w:styleId="{key}">{above}{properties}</w:style>'


HEADINGS = (
    style("h1", '<w:numId w:val="1"/>')
    + style("h2", '<w:ilvl w:val="1"/>', based_on="h1")
    + style("h3", based_on="h2")
    + style("plain", '<w:numId w:val="0"/>', based_on="h1")
    + style("tied", based_on="h1")
    + style("outline", '<w:numId w:val="1"/>', kind="numbering")
)


def test_a_paragraph_is_numbered_through_its_style():
    tied = made.definition(
        level(0, "chineseCounting", "%1、"), level(1, "chineseCounting", "（%2）"),
        level(2, "decimal", "%3、", more='<w:pStyle w:val="tied"/>'),
    ) + made.numbered(1)  # fmt: skip
    none = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    inner = (
        made.styled("甲", "h1")
        + made.styled("乙", "h2")
        + made.styled("丙", "h3")
        + made.styled("丁", "plain")
    )
    inner += made.styled("戊", "tied") + made.styled("己", "h1", none) + made.styled("庚", "h1") + item("辛")
    assert word(word_zip(inner, tied, HEADINGS)).split("\n") == [
        *("一、甲", "（一）乙", "（二）丙", "丁", "1、戊", "己", "二、庚", "三、辛")
    ]


def test_a_default_style_numbers_paragraphs_without_one():
    styles = HEADINGS.replace('"paragraph" w:styleId="h1"', '"paragraph" w:default="1" w:styleId="h1"')
    assert word(word_zip(p("甲"), LIST, styles)) == "一、甲"


def test_a_definition_may_be_that_of_a_numbering_style():
    link = '<w:abstractNum w:abstractNumId="5"><w:numStyleLink w:val="outline"/></w:abstractNum>'
    assert (
        word(word_zip(item("甲", 6) + item("乙", 1), link + LIST + made.numbered(6, 5), HEADINGS))
        == "一、甲\n二、乙"
    )


def test_numbering_of_tables_and_of_former_styles_does_not_count():
    numbering = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    styles = f'<w:style w:styleId="t"><w:tblStylePr>{numbering}</w:tblStylePr></w:style>'
    styles += f'<w:style w:styleId="c"><w:pPr><w:pPrChange>{numbering}</w:pPrChange></w:pPr></w:style>'
    assert word(word_zip(made.styled("甲1", "t") + made.styled("乙", "c"), LIST, styles)) == "甲1\n乙"


def test_a_start_beyond_all_counting_is_none():
    lists = made.definition(level(0, "decimal", "%1、")).replace('"1"', f'"{"9" * 5000}"', 1) + made.numbered(
        1
    )
    assert word(word_zip(item("甲"), lists)) == "0、甲"


def test_bullets_are_bullets():
    lists = made.definition(level(0, "bullet", "\uf0b7"), level(1, "bullet", "◆")) + made.numbered(1)
    assert word(word_zip(item("甲1") + item("乙", level=1), lists)) == "• 甲1\n◆ 乙"


@pytest.mark.parametrize(
    "numbering",
    [
        pytest.param("", id="no lists"),
        pytest.param(made.numbered(1, 7), id="no definition"),
        pytest.param(made.definition() + made.numbered(1), id="no levels"),
        pytest.param(made.definition(level(0, "decimal", "")) + made.numbered(1), id="no label"),
        pytest.param(made.definition(level(77, "decimal", "%1")) + made.numbered(1), id="no such level"),
    ],
)
def test_a_paragraph_whose_list_is_missing_keeps_its_text(numbering):
    assert word(word_zip(item("甲1"), numbering)) == "甲1"


# Large and hostile documents


def test_a_document_that_is_too_long_is_not_read_to_its_end():
    noise = random.Random(6)
    text = "".join(chr(0x4E00 + noise.randrange(3000)) for _ in range(MAX_CHARACTERS + 1))
    assert code_of(word_zip(p(text) + "<w:p>broken"), "要点.docx") is DocumentCode.TOO_LONG


def test_labels_count_as_text():
    lists = made.definition(level(0, "decimal", "长" * 300)) + made.numbered(1)
    assert word(word_zip(item("1"), lists)) == "长" * 255 + " 1"
    inner = "".join(item(str(number)) for number in range(8000))
    assert code_of(word_zip(inner + "<w:p>broken", lists), "要点.docx") is DocumentCode.TOO_LONG


@pytest.mark.parametrize("change", ["elements", "depth", "tables"])
def test_a_document_of_too_many_elements_is_refused(monkeypatch, change):
    inner = {"elements": p("1") * 300, "depth": "<w:x>" * 300 + "</w:x>" * 300}.get(change)
    nested = "<w:tbl><w:tr><w:tc>" * 40 + p("1") + "</w:tc></w:tr></w:tbl>" * 40
    word(word_zip((inner or "") + p("1")))
    monkeypatch.setattr(xml_events, "MAX_ELEMENTS" if change == "elements" else "MAX_DEPTH", 200)
    assert code_of(word_zip(inner or nested), "要点.docx") is DocumentCode.TOO_COMPLEX
