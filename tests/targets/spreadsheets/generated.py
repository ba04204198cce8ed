"""Spreadsheets put together at random (by a seed) from the parts of which such tables consist."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from targets.enums import Measure
from targets.spreadsheet.known import Known
from tests.targets.spreadsheets.plans import Sample, scope

# nine months, by number
VALUES = {
    "wuhan": "W1 20.1、W2 4760、W3 17.7、W4 1378、W6 262.4、W7 96.3、W8 20、W9 2、W10 0、W11 1105",
    "xian": "X1 489、X2 46、X3 305、X4 28.9、X5 15240、X6 3270、X7 2、X8 104、X9 288、X10 28、X12 176、"
    "X13 11.8、X14 0.6、X15 830、X16 61、X17 22、X18 100、X19 26、X20 16",
}
TITLES = [
    "2014年1-9月主要目标完成情况表",
    "前三季度重点指标进度统计表",
    "二〇一四年三季度目标任务进展情况",
    "附件1",
    "市科技局2014年度绩效目标台账",
    "截至2014年9月30日目标完成情况",
]
INDICATOR = ["指标", "指标名称", "主要指标", "考核指标", "项目", "目标名称", "工作指标", "指 标 名 称"]
UNIT = ["单位", "计量单位", "度量单位", "单 位"]
ANNUAL = ["年度目标", "全年目标", "目标值", "年度计划", "2014年目标", "全年任务数", "计划数", "目标"]
CUMULATIVE = [
    "累计完成", "1-9月累计", "本年累计", "截至9月底累计完成", "前三季度完成数", "1—9月", "累计数",
    "1-9月实际完成", "完成值", "年初至今累计", "9月末累计",
]  # fmt: skip
SINGLE = ["本季", "当季完成", "三季度", "7-9月", "本季度", "第三季度完成"]
LEAD = ["责任单位", "牵头处室", "责任处室", "承办单位", "主责部门", "填报单位"]
OTHERS = {
    "序号": "number",
    "上年同期": "number",
    "同比增长(%)": "rate",
    "完成率": "rate",
    "较序时(百分点)": "rate",
    "备注": "",
    "数据来源": "市统计局",
    "联系人": "张三",
    "半年累计": "number",
    "一季度": "number",
    "完成时限": "12月底",
}
FOOTERS = ["注:数据为快报数", "填表人:甲  审核人:乙", "备注:以统计部门为准", "单位负责人(签字):", "※含开发区"]


@dataclass
class _Table:
    """A table under construction: columns of header and cells, row by row."""

    random: Random
    headers: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)

    def add(self, header: str, kind: str) -> None:
        place = self.random.randint(0, len(self.headers))
        self.headers.insert(place, header)
        self.kinds.insert(place, kind)


def generated(seed: int) -> Sample:
    """The sample of a seed, with what has to come out of it."""
    random = Random(seed)
    city = random.choice(["wuhan", "xian"])
    values = dict(part.split(" ") for part in VALUES[city].split("、"))
    wholes = [known for known in scope(city).wholes if known.key in values]
    chosen = random.sample(wholes, random.randint(3, len(wholes)))
    is_single = random.random() < 0.2
    table = _Table(random, [random.choice(INDICATOR)], ["name"])
    has_units = random.random() < 0.7
    if has_units:
        table.add(random.choice(UNIT), "unit")
    if random.random() < 0.8:
        table.add(random.choice(ANNUAL), "annual")
    if random.random() < 0.5:
        table.add(random.choice(LEAD), "lead")
    table.add(random.choice(SINGLE if is_single else CUMULATIVE), "single" if is_single else "value")
    for header in random.sample(sorted(OTHERS), random.randint(0, 5)):
        table.add(header, OTHERS[header])
    lines = _head(random, len(table.headers))
    lines.append("|".join(table.headers))
    expected = []
    for place, known in enumerate(chosen):
        lines += _noise(random, table)
        lines.append(_row(random, table, known, values[known.key], place, has_units))
        if is_single and known.measure == Measure.FLOW and known.quarter_before is not None:
            expected.append(f"{known.key} {values[known.key]} single")
        else:
            expected.append(f"{known.key} {values[known.key]}")
    lines += random.sample(FOOTERS, random.randint(0, 2))
    return Sample(f"种子{seed}", city, {"表": "\n".join(lines)}, expect="、".join(expected))


def _head(random: Random, width: int) -> list[str]:
    lines = random.sample(TITLES, random.randint(0, 2))
    if random.random() < 0.4:
        lines.append("填报单位:办公室" + "|" * max(width - 2, 1) + "填报日期:2014年10月9日")
    return lines + [""] * random.randint(0, 2)


def _noise(random: Random, table: _Table) -> list[str]:
    """A section, a blank row, a total or the header again, now and then."""
    name = table.kinds.index("name")
    found = []
    if random.random() < 0.15:
        found.append("|" * name + random.choice(["一、经济指标", "(二)创新平台", "三、其他", "重点工作"]))
    if random.random() < 0.05:
        found.append("")
    if random.random() < 0.05:
        found.append("|".join(table.headers))
    if random.random() < 0.05:
        found.append("|" * name + random.choice(["小计", "合计", "总 计"]))
    return found


def _row(random: Random, table: _Table, known: Known, value: str, place: int, has_units: bool) -> str:
    name = random.choice(known.names) if random.random() < 0.2 else known.name
    name = random.choice(["", "", "", f"{place + 1}.", f"({place + 1})", "其中:", "全市"]) + name
    if not has_units and random.random() < 0.5:
        name += f"({known.unit})"
    number = Decimal(value)
    if known.measure == Measure.FLOW and known.quarter_before is not None:
        number -= known.quarter_before if "single" in table.kinds else 0
    written = _written(random, number, known.unit)
    cells = {
        "name": name,
        "unit": known.unit,
        "annual": random.choice([str(known.annual), f"≥{known.annual}", f"{known.annual}{known.unit}"]),
        "lead": known.owner,
        "value": written,
        "single": written,
        "number": str(place + 1),
        "rate": f"{random.randint(1, 99)}.{random.randint(0, 9)}%",
    }
    return "|".join(cells.get(kind, kind) for kind in table.kinds)


def _written(random: Random, number: Decimal, unit: str) -> str:
    """The number as people write it: a number, a text, with separators, full width, or with its unit."""
    plain = f"{number:f}"
    styles = [plain, plain, plain, f"'{plain}", f"'{number:,f}", f"{plain}{unit}"]
    styles.append("'" + plain.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}))
    if unit == "亿元":
        styles.append(f"{number * 10000:f}万元")
    return random.choice(styles)
