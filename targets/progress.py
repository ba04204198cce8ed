"""Progress against the expected pace: THE formula, once, as set-based SQL for PostgreSQL 14 and up.

Pure text: no Django, no connection, no clock. The same SQL judges a whole bureau, one plan and period, and
the preview of drafts that are not saved yet; only the relation it is given differs. Nothing else in the
product computes a rate, a distance or a light.

Source of the rule: the domain description, section 5; as prose with worked numbers in docs/progress.md.
Neither text holds a percent sign, so it may be run with or without parameters.
"""

from __future__ import annotations

from targets.enums import Commitment, Comparison, Due, Light, Measure, Pace, Word

# What `judged` reads. Further columns may stand beside these and are passed through untouched.
JUDGED_INPUT = {
    "target_id": "bigint",
    "allocation_id": "bigint",  # NULL: the whole target
    "month": "int",  # end month of the period, 1 to 12
    "measure": "text",
    "comparison": "text",
    "commitment": "text",
    "target_value": "numeric",  # V in force in this period; NULL: no target was set (–)
    "baseline": "numeric",  # b
    "pace": "text",
    "pace_shares": "numeric[]",  # cumulative per cent at months 3, 6, 9, 12, for CUSTOM
    "season_part": "numeric",  # last year's value at this month, for SEASONAL
    "season_whole": "numeric",  # last year's value at the year's end
    "due": "text",
    "strict": "boolean",  # the bureau's switch 超过、突破按严格大于
    "yellow_floor": "numeric",  # the least distance that is still yellow, e.g. -0.10
    "actual": "numeric",  # A: the approved figure; the partial sum where `incomplete`
    "not_applicable": "boolean",
    "incomplete": "boolean",  # a sum of units while one of them is missing
}

# What `judged` adds to every input row.
JUDGED_OUTPUT = {
    "is_last": "boolean",
    "is_due": "boolean",
    "share_numerator": "numeric",  # s as an exact fraction; NULL: no share yet (YEAR_END)
    "share_denominator": "numeric",
    "share": "numeric",  # s, ten decimals
    "rule_case": "smallint",  # 1 to 5, the row of the first table; NULL without V
    "rate": "numeric",  # 完成率 as a fraction, ten decimals, uncapped; NULL: none
    "gap": "numeric",  # d as a fraction, ten decimals; NULL: none was judged
    "gap_shown": "numeric",  # 较序时: percentage points in cases 1 to 3, else A − V in the target's unit
    "gap_is_points": "boolean",
    "expected": "numeric",  # the value expected by now in the target's unit, ten decimals
    "met": "boolean",  # the comparison of A with V holds; false where there is no A or no V
    "missing_baseline": "boolean",  # 缺基数
    "light": "text",
    "word": "text",
}

# What `milestone_lights` reads, one row per node of a task, and what it gives, one row per task and month.
MILESTONE_INPUT = {
    "task_id": "bigint",
    "month": "int",  # end month of the period, 1 to 12
    "node_order": "int",
    "planned_month": "int",  # in force after postponements, counted year × 12 + month
    "done_month": "int",  # counted alike; NULL: not done; later than now_month: not done yet
    "has_narrative": "boolean",  # an approved narrative of the lead unit for this period
    "now_month": "int",  # the period itself, counted alike
    "is_last": "boolean",
}
MILESTONE_OUTPUT = {
    "light": "text",
    "word": "text",
    "overdue_nodes": "int",  # planned by now and not done
    "due_nodes": "int",  # planned by now
    "done_nodes": "int",
    "total_nodes": "int",
}


def _quotient(numerator: str, denominator: str) -> str:
    """SQL for numerator ÷ denominator (> 0), rounded half up (away from zero) to ten decimals.

    Through the whole-number quotient: numeric division rounds once by itself, and rounding its result
    again could turn a hair below a half into a half.
    """
    return (
        f"sign({numerator}) * 0.0000000001"
        f" * div(2 * abs({numerator}) * 10000000000 + {denominator}, 2 * {denominator})"
    )


def judged(inputs: str) -> str:
    """SQL that judges every row of `inputs` against its pace.

    `inputs` is the text of a SELECT with the columns of JUDGED_INPUT. The result is the text of a SELECT
    with all columns of `inputs` and those of JUDGED_OUTPUT. Rates, shares and distances are fractions
    (0.443, not 44.3). Lights are judged on exact values, by multiplying across; the divisions only feed
    the stored columns. `OFFSET 0` keeps the planner from pasting a step's expressions into every later
    mention of them, so that each value is computed once per row.

    `inputs` is composed into the text: it comes from code and carries values only as parameters.
    Source: the domain description, section 5 (docs/progress.md).
    """
    return f"""
SELECT
    i.*,
    facts.is_last,
    facts.is_due,
    pace.share_numerator,
    pace.share_denominator,
    {_quotient("pace.share_numerator", "pace.share_denominator")} AS share,
    rule.rule_case,
    {_quotient("distance.rate_numerator", "distance.rate_denominator")} AS rate,
    shown.gap,
    CASE WHEN rule.rule_case <= 3 THEN shown.gap * 100
         WHEN verdict.word <> '{Word.NOT_JUDGED}' THEN facts.figure - i.target_value
    END AS gap_shown,
    coalesce(rule.rule_case <= 3, false) AS gap_is_points,
    {_quotient("distance.expected_numerator", "scale.share_denominator")} AS expected,
    coalesce(told.met, false) AS met,
    rule.rule_case IS NOT NULL AND facts.lacks_baseline
        AND (i.pace IN ('{Pace.LINEAR}', '{Pace.CUSTOM}', '{Pace.SEASONAL}') OR told.is_yellow_at_worst)
        AS missing_baseline,
    CASE verdict.word
        WHEN '{Word.DONE}' THEN '{Light.BLUE}'
        WHEN '{Word.NOT_JUDGED}' THEN '{Light.NONE}'
        WHEN '{Word.NOT_REPORTED}' THEN '{Light.GREY}'
        WHEN '{Word.ON_PACE}' THEN '{Light.GREEN}'
        WHEN '{Word.BEHIND}' THEN '{Light.YELLOW}'
        WHEN '{Word.MOSTLY_DONE}' THEN '{Light.YELLOW}'
        ELSE '{Light.RED}'
    END AS light,
    verdict.word

FROM ({inputs}) i

-- What the period, the wording and the report say by themselves.
CROSS JOIN LATERAL (SELECT
    i.month = 12 AS is_last,
    CASE i.due WHEN '{Due.HALF}' THEN i.month IN (6, 12)
               WHEN '{Due.LAST}' THEN i.month = 12
               ELSE true END AS is_due,
    CASE WHEN i.comparison IN ('{Comparison.AT_LEAST}', '{Comparison.MORE_THAN}')
         THEN 1 ELSE -1 END AS direction,
    i.strict AND i.comparison IN ('{Comparison.MORE_THAN}', '{Comparison.LESS_THAN}') AS is_strict,
    -- A: what was approved, and is neither 不适用 nor a sum with a unit missing
    CASE WHEN NOT i.not_applicable AND NOT i.incomplete THEN i.actual END AS figure,
    i.measure = '{Measure.STOCK}' AND i.baseline IS NULL AS lacks_baseline
) facts
CROSS JOIN LATERAL (SELECT
    facts.direction * (facts.figure - i.target_value) >= 0
        AND NOT (facts.is_strict AND facts.figure = i.target_value) AS met,
    facts.is_strict AND facts.figure = i.target_value AS fails_on_strictness,
    facts.lacks_baseline AND NOT facts.is_last AND i.pace <> '{Pace.YEAR_END}' AS is_yellow_at_worst
) told

-- s, as an exact fraction. Every pace ends at the full value; a season without last year's values, and a
-- custom pace without its four shares, run linearly.
CROSS JOIN LATERAL (SELECT
    CASE WHEN facts.is_last THEN '{Pace.CONSTANT}'
         WHEN i.pace = '{Pace.SEASONAL}' AND (i.season_part IS NULL OR coalesce(i.season_whole, 0) <= 0)
              OR i.pace = '{Pace.CUSTOM}' AND array_length(i.pace_shares, 1) IS DISTINCT FROM 4
         THEN '{Pace.LINEAR}' ELSE i.pace END AS course,
    (i.month + 2) / 3 AS quarter
) calendar
CROSS JOIN LATERAL (SELECT
    coalesce(i.pace_shares[calendar.quarter - 1], 0) AS before,  -- at the end of the quarter before
    i.pace_shares[calendar.quarter] AS after  -- at the end of this quarter
) quarterly
CROSS JOIN LATERAL (SELECT
    CASE calendar.course
        WHEN '{Pace.LINEAR}' THEN i.month
        WHEN '{Pace.CUSTOM}' THEN 3 * quarterly.before
            + (quarterly.after - quarterly.before) * (i.month - 3 * (calendar.quarter - 1))
        WHEN '{Pace.SEASONAL}' THEN greatest(0, least(i.season_part, i.season_whole))
        WHEN '{Pace.CONSTANT}' THEN 1  -- and none for YEAR_END before the last period
    END AS share_numerator,
    CASE calendar.course
        WHEN '{Pace.LINEAR}' THEN 12
        WHEN '{Pace.CUSTOM}' THEN 300  -- three months, per cent
        WHEN '{Pace.SEASONAL}' THEN i.season_whole
        WHEN '{Pace.CONSTANT}' THEN 1
    END AS share_denominator
OFFSET 0) pace

-- The first table: the first row that fits.
CROSS JOIN LATERAL (SELECT
    CASE
        WHEN i.target_value IS NULL THEN NULL
        -- 1  FLOW, V > 0, ≥ or >
        WHEN i.measure = '{Measure.FLOW}' AND i.target_value > 0 AND facts.direction = 1 THEN 1
        -- 2  FLOW, V > 0, ≤ or <: a budget that is used up
        WHEN i.measure = '{Measure.FLOW}' AND i.target_value > 0 THEN 2
        -- 3  STOCK or RATIO, paced, V on the promised side of the baseline
        WHEN i.measure IN ('{Measure.STOCK}', '{Measure.RATIO}')
             AND i.pace IN ('{Pace.LINEAR}', '{Pace.CUSTOM}', '{Pace.SEASONAL}')
             AND facts.direction * (i.target_value - i.baseline) > 0 THEN 3
        -- 4  V = 0
        WHEN i.target_value = 0 THEN 4
        -- 5  all others
        ELSE 5
    END::smallint AS rule_case
OFFSET 0) rule

-- All cases measure the way from an origin to V: from nothing, or in case 3 from the baseline; cases 4 and 5
-- expect the full value every time.
CROSS JOIN LATERAL (SELECT
    CASE WHEN rule.rule_case = 3 THEN i.baseline ELSE 0 END AS origin,
    CASE WHEN rule.rule_case = 3 THEN i.target_value - i.baseline ELSE i.target_value END AS span,
    CASE WHEN rule.rule_case <= 3 THEN pace.share_numerator ELSE 1 END AS share_numerator,
    CASE WHEN rule.rule_case <= 3 THEN pace.share_denominator ELSE 1 END AS share_denominator
OFFSET 0) scale
CROSS JOIN LATERAL (SELECT
    -- d; in case 4 the comparison alone: 0 where it is met, and no number, beyond red, where not
    CASE WHEN rule.rule_case <> 4 THEN facts.direction
              * ((facts.figure - scale.origin) * scale.share_denominator - scale.share_numerator * scale.span)
         WHEN told.met THEN 0 END AS numerator,
    CASE WHEN rule.rule_case = 4 THEN 1 ELSE abs(scale.span) * scale.share_denominator END AS denominator,
    -- A ÷ V if V > 0, else in case 3 (A − b) ÷ (V − b)
    CASE WHEN i.target_value > 0 THEN facts.figure
         WHEN rule.rule_case = 3 THEN facts.direction * (facts.figure - scale.origin) END AS rate_numerator,
    CASE WHEN i.target_value > 0 THEN i.target_value
         WHEN rule.rule_case = 3 THEN abs(scale.span) END AS rate_denominator,
    scale.origin * scale.share_denominator + scale.share_numerator * scale.span AS expected_numerator
OFFSET 0) distance

-- The second table: the first match.
CROSS JOIN LATERAL (SELECT
    CASE
        -- ◆ met: FLOW and STOCK (≥, >, V > 0) in any period, due or not; everything else only in the last
        WHEN told.met AND (facts.is_last
             OR i.measure IN ('{Measure.FLOW}', '{Measure.STOCK}')
                AND facts.direction = 1 AND i.target_value > 0) THEN '{Word.DONE}'
        -- – not due; 不适用; no target set; YEAR_END before the last period; share 0 and nothing above 0
        WHEN NOT facts.is_due OR i.not_applicable OR i.target_value IS NULL
             OR i.pace = '{Pace.YEAR_END}' AND NOT facts.is_last
             OR pace.share_numerator = 0 AND coalesce(i.actual, 0) <= 0 THEN '{Word.NOT_JUDGED}'
        -- ○ due, and no approved figure; a sum while one of its units is missing
        WHEN facts.figure IS NULL THEN '{Word.NOT_REPORTED}'
        -- ■ row 2 and A > V
        WHEN rule.rule_case = 2 AND facts.figure > i.target_value THEN '{Word.EXCEEDED}'
        -- ● d ≥ 0, never in the last period
        WHEN distance.numerator >= 0 AND NOT told.fails_on_strictness AND NOT facts.is_last
            THEN '{Word.ON_PACE}'
        -- ▲ −10 per cent ≤ d; a STOCK without baseline at worst, before the last period
        WHEN distance.numerator >= i.yellow_floor * distance.denominator OR told.is_yellow_at_worst
            THEN CASE WHEN facts.is_last THEN '{Word.MOSTLY_DONE}' ELSE '{Word.BEHIND}' END
        -- ■ else
        WHEN NOT facts.is_last THEN '{Word.FAR_BEHIND}'
        WHEN i.commitment = '{Commitment.STRIVE}' THEN '{Word.STRIVE_MISSED}'
        ELSE '{Word.NOT_DONE}'
    END AS word
OFFSET 0) verdict

-- What is not judged has no distance.
CROSS JOIN LATERAL (SELECT
    CASE WHEN verdict.word <> '{Word.NOT_JUDGED}'
         THEN {_quotient("distance.numerator", "distance.denominator")} END AS gap
) shown
"""  # noqa: S608 - composed of this module's own text; values travel as parameters


def milestone_lights(nodes: str) -> str:
    """SQL that lights every milestone task (节点任务) of `nodes`.

    `nodes` is the text of a SELECT with the columns of MILESTONE_INPUT, one row per node; a task without
    nodes may stand in it with one row whose node columns are NULL. The result has `task_id`, `month` and
    the columns of MILESTONE_OUTPUT, one row per task and month.
    Source: the domain description, section 4, last paragraph (docs/progress.md).
    """
    return f"""
SELECT
    task.task_id,
    task.month,
    verdict.light,
    CASE verdict.light
        WHEN '{Light.BLUE}' THEN '{Word.DONE}'
        WHEN '{Light.RED}' THEN '{Word.FAR_BEHIND}'
        WHEN '{Light.YELLOW}' THEN '{Word.NODE_LATE}'
        WHEN '{Light.GREY}' THEN '{Word.NOT_REPORTED}'
        WHEN '{Light.NONE}' THEN '{Word.NOT_BEGUN}'
        ELSE '{Word.ADVANCING}'
    END AS word,
    task.overdue_nodes,
    task.due_nodes,
    task.done_nodes,
    task.total_nodes

FROM (
    SELECT
        node.task_id,
        node.month,
        bool_or(node.has_narrative) AS has_narrative,
        bool_or(node.is_last) AS is_last,
        (array_agg(told.is_done ORDER BY node.node_order DESC NULLS LAST))[1] AS last_is_done,
        count(*) FILTER (WHERE NOT told.is_done AND told.months_late >= 3)::int AS quarter_late_nodes,
        count(*) FILTER (WHERE NOT told.is_done AND told.months_late >= 0)::int AS overdue_nodes,
        count(*) FILTER (WHERE told.months_late >= 0)::int AS due_nodes,
        count(*) FILTER (WHERE told.is_done)::int AS done_nodes,
        count(node.planned_month)::int AS total_nodes
    FROM ({nodes}) node
    -- What is done after the period's end is not done yet.
    CROSS JOIN LATERAL (SELECT
        coalesce(node.done_month <= node.now_month, false) AS is_done,
        node.now_month - node.planned_month AS months_late
    ) told
    GROUP BY node.task_id, node.month
) task
CROSS JOIN LATERAL (SELECT
    CASE
        -- ◆ the last node is done
        WHEN task.last_is_done THEN '{Light.BLUE}'
        -- ■ a node overdue by a full quarter, or undone in the last period
        WHEN task.quarter_late_nodes > 0 OR task.is_last AND task.done_nodes < task.total_nodes
            THEN '{Light.RED}'
        -- ▲ a node due by this period is undone
        WHEN task.overdue_nodes > 0 THEN '{Light.YELLOW}'
        -- ○ due, and no narrative
        WHEN task.due_nodes > 0 AND NOT task.has_narrative THEN '{Light.GREY}'
        -- – not yet to begin
        WHEN NOT task.has_narrative THEN '{Light.NONE}'
        -- ● else
        ELSE '{Light.GREEN}'
    END AS light
) verdict
"""  # noqa: S608 - as above
