"""The demonstration's two plans as the spreadsheet's reader knows them, and samples written as text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from openpyxl.workbook import Workbook

from targets.enums import Measure
from targets.periods import PeriodKey
from targets.spreadsheet.known import Known, Scope
from targets.workbook.content import FigureContent, Stored, TextContent

# number | name | other names | unit | annual | measure | lead | first half
WUHAN = """
W1|高新技术产业产值增幅||%|20|GROWTH|高新技术处|20.3
W2|高新技术产业产值||亿元|6725|FLOW|高新技术处|2980
W3|高新技术产业增加值增幅||%|20|GROWTH|高新技术处|18.4
W4|高新技术产业增加值||亿元|2040|FLOW|高新技术处|863
W5|R&D经费占GDP比重|全社会研发费用(R&D)占全市地区生产总值的比重|%|2.9|RATIO|发展计划处|
W6|技术合同成交额|技术合同交易额、技术成果交易额|亿元|320|FLOW|成果与市场处|139.6
W7|新增科技企业孵化器面积|新增孵化面积|万平方米|120|FLOW|创业服务处|41.8
W8|新增大学生创新创业特区|新增大学生创业园区|个|20|FLOW|创业服务处|9
W9|新增省级以上科技创新平台||个|5|FLOW|条件财务处|1
W10|新认定高新技术企业||家|200|FLOW|高新技术处|0
W11|高新技术企业总数|高新技术企业数量、高新技术企业累计数|家|1200|STOCK|高新技术处|1108
"""
XIAN = """
X1|高新技术产业增加值||亿元|700|FLOW|高新技术产业处|301
X2|新增经认定高新技术企业|新增高新技术企业|家|100|FLOW|高新技术产业处|0
X3|技术成果交易额|技术合同成交额、技术合同交易额|亿元|500|FLOW|成果与技术市场处|168
X4|科技成果就地转化率||%|30|RATIO|成果与技术市场处|26.4
X5|发明专利申请量||件|20000|FLOW|专利管理处|9996
X6|发明专利授权量||件|4000|FLOW|专利管理处|2110
X7|小巨人专项资金||亿元|2|FLOW|高新技术产业处|1.2
X8|支持科技企业||家|100|FLOW|高新技术产业处|46
X9|科技企业小巨人总数||家|300|STOCK|高新技术产业处|236
X10|产业技术创新联盟总数||家|30|STOCK|高新技术产业处|27
X11|联盟内企业总产值||亿元|1000|FLOW|高新技术产业处|455
X12|科技金融惠及企业||家|300|FLOW|科技金融处|117
X13|科技信贷余额||亿元|15|STOCK|科技金融处|12.4
X14|技术转移领域专题资金||亿元|1|FLOW|成果与技术市场处|0
X15|组织科技人才||名|1000|FLOW|成果与技术市场处|520
X16|解决技术需求的规上工业企业||户|100|FLOW|成果与技术市场处|47
X17|通过贯标第三方认证企业||家|50|FLOW|专利管理处|3
X18|专利信息分析试点企业||家|100|FLOW|专利管理处|100
X19|农业新技术新品种示范推广||项|30|FLOW|农村与社会发展处|14
X20|引进高端人才、创新团队||个|20|FLOW|人事教育处|7
"""
DISTRICTS = {
    "W7": "江岸区 6、江汉区 5、硚口区 7、汉阳区 7、武昌区 8、青山区 6、洪山区 12、东西湖区 10、蔡甸区 6、"
    "江夏区 9、黄陂区 6、新洲区 5、东湖高新区 30、武汉经开区(汉南区) 12、东湖风景区 –"
}
UNITS = {
    "wuhan": "办公室 人事处 政策法规处 发展计划处 条件财务处 高新技术处 农村与社会发展处 成果与市场处 "
    "科技金融处 创业服务处 区域科技处 专利管理处 国际合作处 机关党委 监察室 科技成果转化服务中心 "
    "武汉科技投资有限公司",
    "xian": "办公室 人事教育处 政策法规处 发展计划处 高新技术产业处 成果与技术市场处 科技金融处 "
    "农村与社会发展处 区县科技处 专利管理处 专利执法处 机关党委 监察室 "
    "西安科技大市场服务中心 市生产力促进中心",
}
NOT_DUE = {"W5", "X11"}  # in the nine months
SEPTEMBER = PeriodKey(2014, 9)


def scope(city: str, unit: str = "", period: PeriodKey = SEPTEMBER, stored: str = "") -> Scope:
    """What the reader is told: nothing stored but `stored` ("W6 139.6"), the first half before it."""
    values = dict(part.split(" ") for part in stored.split("、") if part)
    knowns: list[Known] = []
    for line in (WUHAN if city == "wuhan" else XIAN).strip().splitlines():
        key, name, others, measure_unit, annual, measure, lead, half = line.split("|")
        whole = Known(
            key=key,
            name=name,
            other_names=tuple(filter(None, others.split("、"))),
            unit=measure_unit,
            annual=Decimal(annual),
            measure=Measure(measure),
            owner=lead,
            stored=_stored(values.get(key)),
            target_id=int(key[1:]),
            quarter_before=Decimal(half) if half else None,
            quarter_before_name="上半年",
            is_due=key not in NOT_DUE,
            text=Stored(TextContent()),
            order=int(key[1:]),
        )
        knowns += [whole, *_parts(whole, values)]
    return Scope(period=period, knowns=tuple(knowns), units=tuple(UNITS[city].split()), unit=unit)


def _parts(whole: Known, values: Mapping[str, str]) -> list[Known]:
    found = []
    for number, part in enumerate(filter(None, DISTRICTS.get(whole.key, "").split("、")), 1):
        name, _, value = part.rpartition(" ")
        found.append(
            Known(
                key=whole.key,
                name=whole.name,
                unit=whole.unit,
                part=name,
                annual=None if value == "–" else Decimal(value),
                measure=whole.measure,
                owner=whole.owner,
                stored=_stored(values.get(f"{whole.key}/{name}")),
                target_id=whole.target_id,
                allocation_id=1000 + number,
                quarter_before=None,
                quarter_before_name="上半年",
                is_due=value != "–",
            )
        )
    return found


def _stored(value: str | None) -> Stored[FigureContent]:
    if value is None:
        return Stored(FigureContent())
    return Stored(FigureContent(Decimal(value), nature="FLASH"), 1, 1)


@dataclass(frozen=True)
class Sample:
    """One spreadsheet: its sheets as text ("|" between cells), and what has to come out of it.

    A cell that looks like a number is one; a leading ' makes it text. `expect` is "W6 262.4、W7/江岸区 5.2";
    "single" after a value names its basis. `errors` are the cells with an error; FILE: of the whole sheet.
    """

    name: str
    city: str
    sheets: Mapping[str, str]
    expect: str = ""
    errors: str = ""
    sheet: str = ""
    merges: str = ""
    formats: Mapping[str, str] = field(default_factory=dict)
    hidden: str = ""  # sheets
    unit: str = ""
    month: int = 9
    columns: str = ""

    @property
    def wanted(self) -> dict[str, tuple[str, str]]:
        found = {}
        for part in filter(None, self.expect.split("、")):
            code, value, *basis = part.split(" ")
            found[code] = (value, basis[0] if basis else "cumulative")
        return found

    def write(self, path: Path) -> Path:
        book = Workbook()
        del book["Sheet"]
        for title, text in self.sheets.items():
            sheet = book.create_sheet(title)
            for line in text.strip("\n").splitlines():
                sheet.append([_value(cell) for cell in line.split("|")])
            sheet.sheet_state = "hidden" if title in self.hidden.split() else "visible"
        main = book[self.sheet or next(iter(self.sheets))]
        for place, number_format in self.formats.items():
            main[place].number_format = number_format
        for reference in self.merges.split():
            main.merge_cells(reference)
        book.save(path)
        return path


def _value(cell: str) -> object:
    text = cell.strip()
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if re.fullmatch(r"-?\d+\.\d+", text):
        return float(text)
    return text.removeprefix("'").replace("\\n", "\n") or None
