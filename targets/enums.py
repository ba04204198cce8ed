"""The field's closed vocabularies: measures, comparisons, commitments, paces, states, lights and words.

Pure: no Django. What each value is called on a page stands in `targets/labels.py`.
Source of the rules: the domain description, sections 3 to 5 (see docs/progress.md).
"""

from __future__ import annotations

from enum import StrEnum


class Measure(StrEnum):
    """How an indicator's values add up over a year (度量)."""

    FLOW = "FLOW"  # 累计量: accumulates over the year
    STOCK = "STOCK"  # 时点量: state at the period's end
    RATIO = "RATIO"  # 比率
    GROWTH = "GROWTH"  # 增速: the published rate against the same period last year


class Comparison(StrEnum):
    """What the promised value asks of the reported one (比较)."""

    AT_LEAST = ">="
    MORE_THAN = ">"
    AT_MOST = "<="
    LESS_THAN = "<"


class Commitment(StrEnum):
    """How firmly the plan promises (力度)."""

    FIRM = "FIRM"  # 确保 必须
    PLAIN = "PLAIN"
    STRIVE = "STRIVE"  # 力争 争取


class Pace(StrEnum):
    """The expected course of a target over the year (序时)."""

    LINEAR = "LINEAR"
    CUSTOM = "CUSTOM"
    SEASONAL = "SEASONAL"
    CONSTANT = "CONSTANT"
    YEAR_END = "YEAR_END"


class Due(StrEnum):
    """The periods in which a figure has to be reported."""

    EVERY = "EVERY"
    HALF = "HALF"
    LAST = "LAST"


class Split(StrEnum):
    """Where the whole city's figure comes from when a target is allocated."""

    DIRECT = "DIRECT"
    SUM = "SUM"


class Nature(StrEnum):
    """How final a reported number is (数据性质), in the order in which one replaces another."""

    ESTIMATE = "ESTIMATE"  # 预计
    FLASH = "FLASH"  # 快报
    VERIFIED = "VERIFIED"  # 核定


class Basis(StrEnum):
    """Which number the reporter typed for a flow."""

    CUMULATIVE = "CUMULATIVE"  # 累计
    SINGLE = "SINGLE"  # 当季


class State(StrEnum):
    """Where a reported item stands on its way to approval."""

    DRAFT = "DRAFT"  # 填报中
    SUBMITTED = "SUBMITTED"  # 待处室审核
    PASSED = "PASSED"  # 待分管领导审签, where the bureau wants it
    REVIEWED = "REVIEWED"  # 待办公室核定
    APPROVED = "APPROVED"  # 已核定
    RETURNED = "RETURNED"  # 已退回


class Approval(StrEnum):
    """Where an act stands that one person asks for and another decides (目标调整, 延期)."""

    PROPOSED = "PROPOSED"  # 待审定
    AGREED = "AGREED"  # 同意
    DECLINED = "DECLINED"  # 未同意
    WITHDRAWN = "WITHDRAWN"  # 已撤回


class Step(StrEnum):
    """Whose decision a reported item waits for, in the order of the way."""

    PASS = "pass"  # noqa: S105 (处室负责人审核)
    SIGN = "sign"  # 分管领导审签
    APPROVE = "approve"  # 办公室核定


class Light(StrEnum):
    """Status of a target, a milestone task or a task; declared from worst to best."""

    RED = "RED"
    YELLOW = "YELLOW"
    GREY = "GREY"
    GREEN = "GREEN"
    BLUE = "BLUE"
    NONE = "NONE"

    @property
    def symbol(self) -> str:
        """The sign that stands beside the word, so that a grey photocopy still tells."""
        return _SYMBOLS[self]


_SYMBOLS = {
    Light.RED: "■",
    Light.YELLOW: "▲",
    Light.GREY: "○",
    Light.GREEN: "●",
    Light.BLUE: "◆",
    Light.NONE: "–",
}


class Word(StrEnum):
    """The word printed beside a light; which one depends on the period and the commitment."""

    DONE = "DONE"  # 已完成
    NOT_JUDGED = "NOT_JUDGED"  # 本期不考核
    NOT_REPORTED = "NOT_REPORTED"  # 未报送
    EXCEEDED = "EXCEEDED"  # 已超限
    ON_PACE = "ON_PACE"  # 达到序时进度
    BEHIND = "BEHIND"  # 未达到序时进度
    MOSTLY_DONE = "MOSTLY_DONE"  # 基本完成
    FAR_BEHIND = "FAR_BEHIND"  # 严重滞后
    NOT_DONE = "NOT_DONE"  # 未完成
    STRIVE_MISSED = "STRIVE_MISSED"  # 未达力争目标
    NOT_BEGUN = "NOT_BEGUN"  # 未到启动时间
    ADVANCING = "ADVANCING"  # 正常推进
    NODE_LATE = "NODE_LATE"  # 未按期
