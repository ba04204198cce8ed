"""The view of what holds in a period reads the acts once and joins them no further: cheaper to plan, the same rows."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("targets.migrations.0005_acts_and_terms").TERMS

# Of two acts that are effective in one period the later decision holds.
LAST = "ORDER BY since.month DESC, a.decided_at DESC, a.id DESC"
VALUED = "FILTER (WHERE a.new_value IS NOT NULL)"
PACED = "FILTER (WHERE a.new_pace <> '')"
TERMS = f"""
CREATE VIEW targets_terms AS
SELECT
    (t.id::bigint << 32) | p.id AS id,
    t.id AS target_id,
    p.id AS period_id,
    coalesce(act.value, t.value) AS value,
    coalesce(act.unit, t.unit) AS unit,
    coalesce(act.unit_factor, 1) AS unit_factor,
    coalesce(act.pace, t.pace) AS pace,
    CASE WHEN act.pace IS NULL THEN t.pace_shares ELSE act.pace_shares::numeric(7, 4)[] END AS pace_shares,
    coalesce(act.lead_id, t.lead_id) AS lead_id,
    act.value IS NOT NULL OR act.pace IS NOT NULL AS is_adjusted,
    act.lead_id IS NOT NULL AS is_moved
FROM targets_target t
JOIN plans_plan plan ON plan.id = t.plan_id
JOIN targets_period p ON p.bureau_id = plan.bureau_id AND p.year = plan.year
CROSS JOIN LATERAL (
    SELECT
        (array_agg(a.new_value {LAST}) {VALUED})[1] AS value,
        (array_agg(a.new_unit {LAST}) {VALUED})[1] AS unit,
        (array_agg(a.unit_factor {LAST}) {VALUED})[1] AS unit_factor,
        (array_agg(a.new_pace {LAST}) {PACED})[1] AS pace,
        -- As text: an array of arrays has no first row.
        (array_agg(a.new_pace_shares::text {LAST}) {PACED})[1] AS pace_shares,
        (array_agg(a.new_lead_id {LAST}) FILTER (WHERE a.new_lead_id IS NOT NULL))[1] AS lead_id
    FROM targets_adjustment a
    JOIN targets_period since ON since.id = a.effective_id
    WHERE a.target_id = t.id
        AND a.state = 'AGREED'
        AND (since.year, since.month) <= (p.year, p.month)
) act;
"""  # noqa: S608 - composed of this module's own text
DROP = "DROP VIEW targets_terms;"


class Migration(migrations.Migration):
    dependencies = [("targets", "0013_allocation_history")]
    operations = [migrations.RunSQL(DROP + TERMS, DROP + BEFORE)]
