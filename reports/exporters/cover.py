"""The first sheet, 汇总: how many are on pace, in words and in a table, by kind, unit and section."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.utils import timezone

from reports.exporters.workbook import Cell, Column, Kind, Row, Sheet, display_width, full_width, header_row
from reports.selectors.exports import Report
from targets.counts import Counts
from targets.figure_columns import period_name
from targets.formatting import format_date_cn, format_percent, format_plain
from targets.selectors.board import counts_of
from targets.selectors.ledger import LedgerRow

PERCENT = "0.0%"
ON_PACE = ("达到序时进度", "未达到序时进度", "其中严重滞后")
AT_YEAR_END = ("完成目标", "未完成目标", "其中基本完成")  # nothing is green in the last period
OF_ON_PACE = "其中已完成"
TOTAL = "合计"


def cover(report: Report) -> Sheet:
    """The sheet 汇总."""
    return Sheet("汇总", _columns(report), tuple(_rows(report)), is_table=False)


def title_of(report: Report) -> str:
    """The report's name without the bureau: 2014年工作要点 前三季度进展情况."""
    year = report.period.year
    short = period_name(report.period.key).removeprefix(f"{year}年")
    return f"{year}年工作要点 {short}进展情况"


def as_of(report: Report) -> str:
    return f"数据截至 {format_date_cn(report.period.cutoff)}"


def sample_mark(report: Report) -> str:
    return "演示数据" if report.is_sample else ""


def percent_text(share: Decimal | None) -> str:
    """One decimal, half up; each share by itself, never forced to add up."""
    return "–" if share is None else format_percent(share)


def sentence(name: str, counts: Counts, *, at_year_end: bool) -> str:
    """The counts in words, as they stand in a bulletin."""
    left_out = f"本期不考核{counts.none}项,参加考核{counts.judged}项;" if counts.none else ""
    good, bad, of_bad = AT_YEAR_END if at_year_end else ON_PACE
    part = counts.yellow if at_year_end else counts.red
    of_good = "" if at_year_end else f"({OF_ON_PACE}{counts.blue}项)"
    return (
        f"{name}共{counts.total}项:{left_out}{good}{counts.on_pace}项{of_good},占{percent_text(counts.on_pace_share)};"
        f"{bad}{counts.behind}项({of_bad}{part}项),占{percent_text(counts.behind_share)};"
        f"未报送{counts.grey}项,占{percent_text(counts.missing_share)}。"
    )


def _columns(report: Report) -> tuple[Column, ...]:
    good, bad, of_bad = AT_YEAR_END if report.period.key.is_last else ON_PACE
    names = ["总数", "本期不考核", "参加考核", good, "占比"]
    names += [] if report.period.key.is_last else [OF_ON_PACE]
    names += [bad, "占比", of_bad, "未报送", "占比"]
    return (Column("范围", 38), *(Column(name, max(9, display_width(name) + 1)) for name in names))


def _rows(report: Report) -> Iterator[Row]:
    """The first page for those who read one page; units and sections on the second."""
    yield from _titles(report)
    yield Row((), Kind.BLANK)
    yield header_row(_columns(report))
    for name, rows in _kinds(report):
        yield _count_row(report, name, rows, style="total" if name == TOTAL else "count")
    yield Row((), Kind.BLANK)
    for text in _remarks(report):
        yield full_width(Kind.PARAGRAPH, text)
    yield Row((), Kind.NEW_PAGE)
    yield header_row(_columns(report))
    yield full_width(Kind.HEADING, "按牵头处室(机构序列)")
    yield from _by_lead(report)
    yield full_width(Kind.HEADING, "按工作要点章节")
    yield from _by_section(report)


def _titles(report: Report) -> Iterator[Row]:
    yield full_width(Kind.TITLE, report.plan.bureau.name)
    yield full_width(Kind.TITLE, title_of(report))
    yield full_width(Kind.SUBTITLE, "    ".join(filter(None, [as_of(report), sample_mark(report)])))
    at_year_end = report.period.key.is_last
    for name, rows in _kinds(report):
        yield full_width(Kind.PARAGRAPH, sentence(name, counts_of(rows), at_year_end=at_year_end))


def _kinds(report: Report) -> list[tuple[str, list[LedgerRow]]]:
    every = [
        ("主要指标", report.indicators),
        ("节点任务", report.milestone_tasks),
        (TOTAL, list(report.rows)),
    ]
    return [(name, rows) for name, rows in every if rows]


def _count_row(report: Report, name: str, rows: list[LedgerRow], style: str = "count") -> Row:
    """One line of the table; a share of nothing is –."""
    counts = counts_of(rows)
    at_year_end = report.period.key.is_last
    numbers: list[int | Decimal | None] = [
        counts.total,
        counts.none,
        counts.judged,
        counts.on_pace,
        counts.on_pace_share,
    ]
    numbers += [] if at_year_end else [counts.blue]
    numbers += [counts.behind, counts.behind_share, counts.yellow if at_year_end else counts.red]
    numbers += [counts.grey, counts.missing_share]
    return Row((Cell(name), *(_number(number, style) for number in numbers)))


def _number(number: int | Decimal | None, style: str) -> Cell:
    if number is None:
        return Cell("–", style)
    return Cell(number, style, PERCENT if isinstance(number, Decimal) else "#,##0")


def _by_lead(report: Report) -> Iterator[Row]:
    """The lead units in the bureau's official order."""
    leads = {row.lead.pk: row.lead for row in report.rows}
    for lead in sorted(leads.values(), key=lambda unit: unit.order):
        yield _count_row(report, lead.name, [row for row in report.rows if row.lead.pk == lead.pk])


def _by_section(report: Report) -> Iterator[Row]:
    for pk in dict.fromkeys(row.section.pk for row in report.rows):
        section = report.sections[pk]
        rows = [row for row in report.rows if row.section.pk == pk]
        yield _count_row(report, f"{section.label}{section.title}", rows)


def _remarks(report: Report) -> Iterator[str]:
    """What one has to know to read the lights, and where the numbers come from."""
    rule = report.rule
    if rule:
        floor = f"{format_plain(-rule.yellow_floor * 100)}%"
        strict = "按严格大于(小于)判定" if rule.strict else "达到即视为完成"
        yield (
            f"亮灯规则第{rule.number}版:◆ 已完成;● 达到序时进度;▲ 落后不超过{floor};■ 落后超过{floor}或超限;"
            f"○ 应报未报;– 本期不考核。“超过”“突破”{strict}。节点任务按节点完成情况亮灯。"
        )
    yield "占比以参加考核项数为分母,各自四舍五入,合计可能不等于100%。未报送不等于0。"
    if report.is_behind:
        yield "注意:最近核定的数据正在计算,本表尚未包括,请稍后重新导出。"
    if report.tag:
        yield f"本表仅含标签为“{report.tag}”的事项。"
    if report.plan.notice:
        yield report.plan.notice
    made_at = timezone.localtime(report.made_at) if report.made_at else None
    when = f"{format_date_cn(made_at)} {made_at:%H:%M}" if made_at else ""
    yield f"导出人:{report.made_by}    导出时间:{when}    数据均为已核定数。"
