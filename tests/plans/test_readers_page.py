"""Web pages as text: the article is found, the site around it goes."""

from __future__ import annotations

import re

import pytest

from plans.readers import DocumentCode, RefusedDocument, SourceFormat, page_tree, read_document
from tests.plans.documents import ARTICLE, PIECES, TITLE, article, code_of, government_page, page

# Web pages


@pytest.mark.parametrize("name", ["要点.html", "要点.HTM"])
@pytest.mark.parametrize(
    ("charset", "encoding", "read_as"),
    [
        ("gb2312", "gb18030", "gb18030"),
        ("GBK", "gb18030", "gb18030"),
        ("utf-8", "utf-8", "utf-8"),
        ("gb2312", "utf-8", "utf-8"),  # saved anew by a browser, which left the declaration
        ("utf-8", "gb18030", "gb18030"),
        ("iso-8859-1", "gb18030", "gb18030"),
        ("gb2312", "utf-16", "utf-16-le"),
        ("gb2312", "utf-8-sig", "utf-8"),
    ],
)
def test_the_article_of_a_government_page_is_found(name, charset, encoding, read_as):
    document = read_document(government_page(charset=charset).encode(encoding), name)
    assert document.text.split("\n") == [TITLE, *ARTICLE]
    assert (document.format, document.encoding) == (SourceFormat.HTML, read_as)


def test_a_short_page_is_read_as_it_declares():
    for declaration in (
        '<meta charset="gbk">',
        "<meta http-equiv=content-type content='text/html; charset=GB2312'>",
    ):
        data = f"<html>{declaration}<p>鑫5</p>".encode("gb18030")
        assert read_document(data, "a.html").text == "鑫5"


PARAGRAPHS = "".join(f"<p>{line}</p>" for line in ARTICLE)
LINES = "<br>".join(f"&nbsp;&nbsp;{line}" for line in ARTICLE)
MENU = "".join(f'<td><a href="/{n}">栏目{n}</a></td>' for n in range(8))
OLD_PAGE = f"""<html><head><title>武汉市科学技术局</title></head>
<body><form id=aspnetForm><table><tr>{MENU}</tr></table>
<table><tr><td width=200><table><tr>{MENU}</table></td><td><table>
<tr><td align=center><font size=5><b>{TITLE}</b></font></td></tr><tr><td>{LINES}</td></tr></table></td></tr>
<tr><td colspan=2>版权所有：武汉市科学技术局</td></tr></table></form></body></html>"""


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(OLD_PAGE, id="tables for layout, all of it in a form"),
        pytest.param(
            f"<title>{TITLE}-武汉市科学技术局</title><ul>{MENU}</ul><div class=TRS_Editor>{PARAGRAPHS}</div>"
            "<div>本站声明，以上内容不代表本站观点，请注意。</div><p>甲<a href=/>乙</a></p>",
            id="a mark and the window's title",
        ),
        pytest.param(
            f'<meta name="ArticleTitle" content="{TITLE}"><title>武汉市科学技术局</title>'
            f'<div><a href="/">甲</a></div><div id="UCAP-CONTENT">{PARAGRAPHS}</div>',
            id="a declared title",
        ),
        pytest.param(
            f"<nav>{MENU}</nav><article><header><h1>{TITLE}</h1></header>{PARAGRAPHS}</article>"
            f"<aside><h2>2013年工作要点<a href=/1>全文</a></h2>{MENU}</aside><footer>武汉</footer>",
            id="the elements of HTML 5",
        ),
        pytest.param(
            f"<div>{MENU}</div><h2>{TITLE}</h2><div><div>{PARAGRAPHS}<div></div></div><a href=/>打印</a>",
            id="no names and unclosed tags",
        ),
        pytest.param(f"<h1>{TITLE}</h1>{PARAGRAPHS}", id="nothing but the article"),
        pytest.param(
            f"<title>{TITLE}</title><p>今年以来，各项工作进展顺利，成效明显。<a href=/>详细</a></p>"
            f'<div class="newsContent">{PARAGRAPHS}</div>',
            id="an excerpt of another page",
        ),
        pytest.param(
            f"<title>{TITLE}</title><div>甲处<a href=/>乙</a></div><div>{PARAGRAPHS}</div>"
            "<div>版权所有：市科技局，未经许可，不得转载本站内容。</div>",
            id="a notice in a block without a name",
        ),
        pytest.param(
            f'<div class="share-box" id="print"><h1>{TITLE}</h1>{PARAGRAPHS}</div>',
            id="an article named as chrome",
        ),
        pytest.param(
            f"<h1>{TITLE}</h1><div style='display: none'>隐藏的目标，共5家企业。</div>"
            f"<p hidden>隐藏6</p>{PARAGRAPHS}",
            id="hidden elements",
        ),
    ],
)
def test_the_article_of_other_pages_is_found(html):
    assert page(html).split("\n") == [TITLE, *ARTICLE]


def test_a_heading_that_is_not_the_window_s_title_is_kept_too():
    html = f"<title>首页</title><h2>全市科技工作要点</h2><p>甲<a href=/>乙</a></p><div>{PARAGRAPHS}</div>"
    assert page(html).split("\n") == ["全市科技工作要点", *ARTICLE]
    column = html.replace("首页", "工作计划").replace("全市科技工作要点", TITLE)
    assert page(column).split("\n") == [TITLE, *ARTICLE]


def test_a_name_like_chrome_does_not_take_away_the_whole_text():
    assert (
        page("<div id='print'><p>今年召开5次会议，落实各项工作。</p></div>")
        == "今年召开5次会议，落实各项工作。"
    )


def test_a_cell_of_data_is_not_taken_for_the_article():
    html = "<table><tr><td>高新处<a href=/>附件</a><td>落实各项工作，全年新增企业100家。</table>"
    assert page(html) == "高新处附件\t落实各项工作，全年新增企业100家。"
    for more in ("", "<td>甲<td>乙", "</tr><tr><td>甲"):
        rows = f"<div>丙<a href=/>丁</a></div>{html.replace('</table>', more)}"
        assert page(rows).startswith("高新处附件\t落实各项工作，全年新增企业100家。")
        with_body = rows.replace("<table>", "<table><tbody>")
        assert page(with_body).startswith("高新处附件\t落实各项工作，全年新增企业100家。")


def test_a_title_of_which_there_is_none_is_not_made_up():
    html = f"<title>武汉市科学技术局</title><p><a href=/>甲</a>武汉市科学技术局</p><div>{PARAGRAPHS}</div>"
    assert page(html).split("\n") == list(ARTICLE)


@pytest.mark.parametrize(
    "beside",
    [
        "<h3>一、总体要求</h3>",
        "<p>导语：今年是关键之年，任务繁重，目标如下。</p>",
        "<table><tr><td>产值<td>6725亿元</table>",
        '<div class="section-header">（二）目标</div>',
        "<p>新增100家</p>",
    ],
)
def test_nothing_that_an_article_would_say_is_lost_beside_its_largest_block(beside):
    html = f"<div><a href=/>甲</a>{beside}<div class=content>{PARAGRAPHS}</div></div>"
    text = page(f"<body>{html}</body>")
    assert text.split("\n")[-len(ARTICLE) :] == list(ARTICLE)
    assert re.sub("<[^>]*>", "", beside) in re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<p>甲</br>乙<p hidden>丙<p>丁", ["甲", "乙", "丁"]),
        ("<span>甲<div hidden>乙</span>丙</div>丁", ["甲", "丁"]),
        ("甲<span hidden>乙</span>丙", ["甲丙"]),
        ("<script>if (a</b) '<!--'</script><p>丁", ["丁"]),
        (f"<p>甲&#{'9' * 5000};&#0065;", ["甲\ufffdA"]),
        ("<p>甲<br>乙<br/>丙</p>丁<div>戊</div>己", ["甲", "乙", "丙", "丁", "戊", "己"]),
        ("<p>A&nbsp;&nbsp;B &lt;5&gt; &ldquo;十&rdquo;</p>", ["A  B <5> “十”"]),
        ("<p>&#20116;&#x5341;&amp;amp;</p>", ["五十&amp;"]),
        ("<p>  one \n\t two<b> three</b>  </p>", ["one two three"]),
        ("<p>以\n    “改革”\r\n为动力</p>", ["以“改革”为动力"]),  # no blank where a program broke the line
        ("<p>甲 乙\u3000丙</p><p>&nbsp;</p><p></p>", ["甲 乙\u3000丙"]),
        ("<pre>甲 1\n  乙</pre>", ["甲 1", "乙"]),
        ("<p>甲<span>乙<p>丙<p>丁</div>戊", ["甲乙", "丙", "丁", "戊"]),
        ("<p>5 < 6 <7 a<b", ["5 < 6 <7 a"]),
        ("<!-- <p>注释</p> --><p>甲<![if !x]>乙<![endif]><?xml 丙?></p><!-->丁<!-- 没完", ["甲乙", "丁"]),
        ("<script>'<p>甲</p>'</SCRIPT x><style>乙</style><noscript>丙</noscript><p>丁", ["丁"]),
        ("<svg><text>甲</text></svg><iframe><p>乙</p></iframe><p>丁", ["丁"]),
        ("<select><option>甲</select><textarea>乙</textarea><button>丙</button><p>丁", ["丁"]),
        ("<ul><li>甲<li>乙</ul>", ["甲", "乙"]),
        ("<ol><li>甲<li>乙<ol type=a><li>丙</ol><li value=7>丁</ol>", ["1. 甲", "2. 乙", "a. 丙", "7. 丁"]),
        ("<ol start=3><li>甲</ol>", ["3. 甲"]),
        ("<ol><li>1、乙<li>（二）丙<li><p>第三条</ol>", ["1、乙", "（二）丙", "第三条"]),
        ("<ol style='list-style: none'><li>甲</ol>", ["甲"]),
        ("<a title='x>y' href=\"1\">甲</a>，<a href=2 title=>乙</a>", ["甲，乙"]),
    ],
)  # fmt: skip
def test_a_page_is_broken_into_lines_as_a_browser_breaks_it(html, lines):
    assert article(html) == lines


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<tr><th>指标<th>目标<tr><td>产值<td>5", ["指标\t目标", "产值\t5"]),
        ("<tr><td rowspan=2>产值<td>5</td><td>亿</td></tr><tr><td>6<td>万</tr>", ["产值\t5\t亿", "\t6\t万"]),
        ("<tr><td>甲<td rowspan='2'>5<tr><td>乙<tr><td>丙<td>6", ["甲\t5", "乙\t", "丙\t6"]),
        ("<tr><td>甲</div><td>5", ["甲\t5"]),
        ("<tr><td colspan=2>甲<tr><td>乙<td>5", ["甲", "乙\t5"]),
        ("<tr><td><p>甲</p><p>乙</p><td>5", ["甲 乙\t5"]),
        ("<tr><td><p>甲</p><p>乙</p>", ["甲", "乙"]),
        ("<tr><td>甲<td><table><tr><td>5<td>6</table>", ["甲\t5 6"]),
        ("<td>甲<td>5", ["甲\t5"]),
        ("<tbody><tr><td>甲</td><td>5</td></tr></tbody><tr><td> <td>", ["甲\t5"]),
        ("<tr><td rowspan=99999999999>甲<td>5<tr><td>6", ["甲\t5", "\t6"]),
    ],
)
def test_rows_of_a_page_s_tables_are_lines_with_tabs(html, lines):
    assert article(f"<table>{html}</table>") == lines


@pytest.mark.parametrize(
    "line",
    [
        "当前位置：首页 > 政务公开 > 工作计划", "您现在的位置： 首页", "首页 > 政务公开",
        "【打印】【关闭】", "打印本页 | 关闭窗口",
        "字号：[大 中 小]", "【字体：大 中 小】", "上一篇：没有了", "下一篇：2013年工作总结", "[上一条]：无",
        "版权所有：武汉市科学技术局", "Copyright © 2014", "鄂ICP备05003301号", "分享到：",
        "扫一扫在手机打开当前页",
        "浏览次数：9915", "今天是：2014年3月5日", "主办：武汉市科技局 地址：江岸区", "返回顶部",
    ],
)  # fmt: skip
def test_lines_of_the_site_inside_of_an_article_go(line):
    escaped = line.replace(">", "&gt;")
    assert article(f"<p>甲5</p><p>{escaped}</p>") == ["甲5"]


@pytest.mark.parametrize(
    "line",
    [
        "关闭落后产能20家", "下一步打印推广成果", "打印机产量5万台", "位置服务产业产值5亿元",
        "上一年度完成5项", "下一阶段重点", "首页改版1次", "更多企业达到5家", "分享经济规模5亿元",
        "收藏级展品5件", "版权登记5件", "微信公众号粉丝5万",
    ],
)  # fmt: skip
def test_lines_of_a_plan_that_sound_like_the_site_stay(line):
    assert article(f"<p>{line}</p>") == [line]


def test_lists_of_links_go_and_single_links_stay():
    menu = "".join(f"<li><a href=/{n}>关于申报{n}年项目的通知</a>" for n in range(5))
    linked = '附件：<a href="/1">2014年目标任务分解表.xls</a>'
    assert article(f"<p>甲5</p><ul>{menu}</ul><p>{linked}</p>") == ["甲5", "附件：2014年目标任务分解表.xls"]


def test_bytes_in_another_encoding_are_forgiven_outside_of_the_article_only():
    data = government_page().encode("gb18030")
    menu = data.replace("通知公告".encode("gb18030"), "通知公告".encode("gb18030")[:-1] + b"...", 1)
    assert read_document(menu, "a.html").text.split("\n") == [TITLE, *ARTICLE]
    inside = data.replace("关键之年".encode("gb18030"), "关键之年".encode("gb18030")[:-1] + b"...", 1)
    assert code_of(inside, "a.html") is DocumentCode.MIXED_ENCODING
    foreign = data.replace(ARTICLE[3].encode("gb18030"), ARTICLE[3].encode(), 1)
    assert code_of(foreign, "a.html") is DocumentCode.MIXED_ENCODING


def test_a_page_in_an_unknown_encoding_is_refused():
    assert (
        code_of("<html><p>科學技術委員會工作要點5".encode("big5"), "a.html") is DocumentCode.UNKNOWN_ENCODING
    )


def test_a_page_of_too_many_elements_is_refused(monkeypatch):
    html = "<html>" + "<p>5</p>" * 100
    assert page(html)
    monkeypatch.setattr(page_tree, "MAX_ELEMENTS", 100)
    assert code_of(html.encode(), "a.html") is DocumentCode.TOO_COMPLEX


def test_a_page_of_many_unclosed_tags_is_read():
    assert page("<html>" + "<div><font>" * 5000 + "目标5").split("\n") == ["目标5"]
    assert page("<html>" + "<table><tr><td>" * 1000 + "目标5").split("\n") == ["目标5"]


@pytest.mark.parametrize("piece", PIECES)
def test_a_long_page_of_one_piece_ends_in_a_text_or_a_refusal(piece):
    """What takes a quadratic reader minutes."""
    html = "<html>" + piece * (120_000 // len(piece))
    try:
        text = page(html)
    except RefusedDocument as refused:
        assert refused.code in {DocumentCode.NO_TEXT, DocumentCode.NO_NUMBER}
    else:
        assert text.strip()
