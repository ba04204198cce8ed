"""Which rows the formula of `targets/progress.py` is given, and where its results are stored.

Pure text: SQL with the parameters `plan` and `period` (ids). Each statement first removes the stored rows of
that plan and period and then writes them anew, so running it twice gives the same rows.
"""

from __future__ import annotations

from targets.enums import Approval, Commitment, Light, Split
from targets.progress import judged, milestone_lights

# The parts of targets as they are in force in period `p`: a part that was changed or added keeps what it was
# (nothing set) through the periods that were locked by then.
PARTS = """
    SELECT
        part.id,
        part.target_id,
        CASE WHEN former.id IS NULL THEN part.value ELSE former.old_value END AS value,
        CASE WHEN former.id IS NULL THEN part.baseline ELSE former.old_baseline END AS baseline
    FROM targets_allocation part
    LEFT JOIN LATERAL (
        SELECT change.id, change.old_value, change.old_baseline
        FROM targets_allocationchange change
        WHERE change.target_id = part.target_id
            AND change.unit_id = part.unit_id
            AND change.through_month >= p.month
        ORDER BY change.through_month, change.id
        LIMIT 1
    ) former ON true
"""

# One row per target, and one per allocation, with the value in force in that period and the approved figure.
INPUTS = f"""
SELECT
    t.id AS target_id,
    a.id AS allocation_id,
    p.month::int AS month,
    t.measure::text,
    t.comparison::text,
    t.commitment::text,
    CASE WHEN a.id IS NULL THEN terms.value ELSE a.value * terms.unit_factor END AS target_value,
    CASE WHEN a.id IS NULL THEN t.baseline ELSE a.baseline END * terms.unit_factor AS baseline,
    terms.pace::text,
    terms.pace_shares::numeric[],
    season.part AS season_part,
    season.whole AS season_whole,
    t.due::text,
    r.strict,
    r.yellow_floor,
    CASE WHEN parts.wanted > 0 THEN parts.total ELSE f.approved_value END AS actual,
    coalesce(f.approved_not_applicable, false) AS not_applicable,
    coalesce(parts.wanted > 0 AND parts.reported < parts.wanted, false) AS incomplete,
    f.approved_version AS figure_version,
    p.id AS period_id,
    r.id AS rule_id
FROM targets_target t
JOIN plans_plan pl ON pl.id = t.plan_id
JOIN targets_period p ON p.id = %(period)s AND p.bureau_id = pl.bureau_id
LEFT JOIN plans_task task ON task.id = t.task_id
JOIN LATERAL (
    SELECT * FROM targets_progressrule WHERE bureau_id = pl.bureau_id ORDER BY number DESC LIMIT 1
) r ON true
-- Value, pace and unit of measure as they are in force in this period; a part is written in the plan's unit.
-- OFFSET 0 keeps the view apart: planned by itself it costs a millisecond less than joined with all the rest.
JOIN LATERAL (
    SELECT value, unit_factor, pace, pace_shares
    FROM targets_terms
    WHERE target_id = t.id AND period_id = p.id
    OFFSET 0
) terms ON true
-- The whole target stands beside its allocations.
JOIN LATERAL (
    SELECT NULL::bigint AS id, NULL::numeric AS value, NULL::numeric AS baseline
    UNION ALL
    SELECT id, value, baseline FROM ({PARTS}) part WHERE target_id = t.id
) a ON true
LEFT JOIN targets_figure f
    ON f.target_id = t.id AND f.period_id = p.id AND f.allocation_id IS NOT DISTINCT FROM a.id
LEFT JOIN LATERAL (
    SELECT
        max(value) FILTER (WHERE month = p.month) AS part,
        max(value) FILTER (WHERE month = 12) AS whole
    FROM targets_pastvalue
    WHERE bureau_id = pl.bureau_id
        AND indicator_id = t.indicator_id
        AND year = p.year - 1
        AND unit = t.unit
) season ON true
-- A target that is the sum of its units: every allocation with a value has to report, except where it is
-- not applicable.
LEFT JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE NOT coalesce(part.approved_not_applicable, false)) AS wanted,
        count(part.approved_value) AS reported,
        sum(part.approved_value) AS total
    FROM ({PARTS}) allocation
    LEFT JOIN targets_figure part
        ON part.allocation_id = allocation.id AND part.period_id = p.id
    WHERE a.id IS NULL
        AND t.split = '{Split.SUM}'
        AND allocation.target_id = t.id
        AND allocation.value IS NOT NULL
) parts ON true
-- A task that was added during the year counts, with its targets, from its first period on.
WHERE t.plan_id = %(plan)s AND coalesce(task.since_month, 0) <= p.month
"""  # noqa: S608 - composed of this module's own text; values travel as parameters

COLUMNS = """
    target_id, allocation_id, period_id, rule_id, figure_version, target_value, actual, baseline, rule_case,
    share, rate, gap, gap_shown, gap_is_points, expected, is_due, is_last, met, missing_baseline, incomplete,
    not_applicable, light, word
"""

TARGET_ROWS = f"""
DELETE FROM targets_progress
USING targets_target t
WHERE t.id = target_id AND t.plan_id = %(plan)s AND period_id = %(period)s;

INSERT INTO targets_progress ({COLUMNS})
SELECT {COLUMNS} FROM ({judged(INPUTS)}) judged
ORDER BY target_id, allocation_id NULLS FIRST;
"""  # noqa: S608

# One row per node of the plan's milestone tasks, with the month in force after postponements.
NODES = f"""
SELECT
    task.id AS task_id,
    p.month::int AS month,
    node."order"::int AS node_order,
    coalesce(moved.to_year * 12 + moved.to_month, node.planned_year * 12 + node.planned_month)::int
        AS planned_month,
    (done_period.year * 12 + done_period.month)::int AS done_month,
    EXISTS (
        SELECT FROM targets_narrative narrative
        WHERE narrative.task_id = task.id
            AND narrative.unit_id = coalesce(former.unit_id, task.lead_id)
            AND narrative.period_id = p.id
            AND narrative.approved_version IS NOT NULL
    ) AS has_narrative,
    (p.year * 12 + p.month)::int AS now_month,
    p.month = 12 AS is_last
FROM plans_task task
JOIN targets_period p ON p.id = %(period)s
JOIN targets_milestone node ON node.task_id = task.id
-- The unit that led the task in this period.
LEFT JOIN LATERAL (
    SELECT change.unit_id
    FROM plans_leadchange change
    WHERE change.task_id = task.id AND change.through_month >= p.month
    ORDER BY change.through_month, change.id
    LIMIT 1
) former ON true
LEFT JOIN targets_narrative done ON done.id = node.done_in_id
LEFT JOIN targets_period done_period ON done_period.id = done.period_id
LEFT JOIN LATERAL (
    SELECT postponement.to_year, postponement.to_month
    FROM targets_postponement postponement
    JOIN targets_period since ON since.id = postponement.effective_id
    WHERE postponement.milestone_id = node.id
        AND postponement.state = '{Approval.AGREED}'
        AND (since.year, since.month) <= (p.year, p.month)
    ORDER BY since.year DESC, since.month DESC, postponement.decided_at DESC, postponement.id DESC
    LIMIT 1
) moved ON true
WHERE task.plan_id = %(plan)s
"""  # noqa: S608 - as above

# From worst to best, as a place in an array: min() of it is the worst.
SEVERITY = "ARRAY[" + ", ".join(f"'{light}'" for light in Light) + "]"

NODE_ROWS = f"""
DELETE FROM targets_taskprogress
USING plans_task t
WHERE t.id = task_id AND t.plan_id = %(plan)s AND period_id = %(period)s;

INSERT INTO targets_taskprogress (
    task_id, period_id, light, is_milestone_task, node_word, overdue_nodes, due_nodes, done_nodes,
    total_nodes, postponed
)
SELECT
    task.id,
    %(period)s,
    ({SEVERITY})[least(
        array_position({SEVERITY}, nodes.light), worst.place, array_length({SEVERITY}, 1)
    )],
    nodes.task_id IS NOT NULL,
    coalesce(nodes.word, ''),
    coalesce(nodes.overdue_nodes, 0),
    coalesce(nodes.due_nodes, 0),
    coalesce(nodes.done_nodes, 0),
    coalesce(nodes.total_nodes, 0),
    coalesce(moved.times, 0)
FROM plans_task task
LEFT JOIN ({milestone_lights(NODES)}) nodes ON nodes.task_id = task.id
LEFT JOIN LATERAL (
    SELECT min(array_position({SEVERITY}, progress.light::text)) AS place
    FROM targets_target target
    JOIN targets_progress progress
        ON progress.target_id = target.id
        AND progress.period_id = %(period)s
        AND progress.allocation_id IS NULL
    WHERE target.task_id = task.id
) worst ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS times
    FROM targets_postponement postponement
    JOIN targets_milestone node ON node.id = postponement.milestone_id
    JOIN targets_period since ON since.id = postponement.effective_id
    JOIN targets_period now ON now.id = %(period)s
    WHERE node.task_id = task.id
        AND postponement.state = '{Approval.AGREED}'
        AND (since.year, since.month) <= (now.year, now.month)
) moved ON true
WHERE task.plan_id = %(plan)s
    AND coalesce(task.since_month, 0) <= (SELECT month FROM targets_period WHERE id = %(period)s)
ORDER BY task.id;
"""  # noqa: S608

GROUP_ROWS = f"""
DELETE FROM targets_groupprogress
USING targets_targetgroup g
WHERE g.id = group_id AND g.plan_id = %(plan)s AND period_id = %(period)s;

INSERT INTO targets_groupprogress (group_id, period_id, light)
SELECT
    target.group_id,
    %(period)s,
    ({SEVERITY})[coalesce(
        min(array_position({SEVERITY}, progress.light::text))
            FILTER (WHERE target.commitment <> '{Commitment.STRIVE}'),
        min(array_position({SEVERITY}, progress.light::text))
    )]
FROM targets_target target
JOIN targets_progress progress
    ON progress.target_id = target.id
    AND progress.period_id = %(period)s
    AND progress.allocation_id IS NULL
WHERE target.plan_id = %(plan)s AND target.group_id IS NOT NULL
GROUP BY target.group_id
ORDER BY target.group_id;
"""  # noqa: S608
