"""Adjustments and postponements become acts with a state; the view of what holds in a period."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PACES = [
    ("LINEAR", "Linear by month"),
    ("CUSTOM", "Custom shares per quarter"),
    ("SEASONAL", "Last year's season"),
    ("CONSTANT", "Full value every time"),
    ("YEAR_END", "Annual indicator"),
]
STATES = [
    ("PROPOSED", "Awaiting a decision"),
    ("AGREED", "Agreed"),
    ("DECLINED", "Declined"),
    ("WITHDRAWN", "Taken back"),
]
USER = settings.AUTH_USER_MODEL
PROTECT = django.db.models.deletion.PROTECT
ACTS = ["adjustment", "postponement"]


def shares(verbose_name="cumulative shares per quarter, in percent"):
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.DecimalField(decimal_places=4, max_digits=7),
        blank=True,
        null=True,
        size=4,
        verbose_name=verbose_name,
    )


def value(*args, **options):
    return models.DecimalField(*args, decimal_places=6, max_digits=24, **options)


def act_fields(name):
    """What both acts gain; `by` and `at` of an adjustment are those of its approval until now."""
    return [
        migrations.AddField(
            name,
            "state",
            models.CharField(choices=STATES, default="PROPOSED", max_length=9, verbose_name="state"),
        ),
        migrations.AddField(
            name,
            "answer",
            models.CharField(blank=True, max_length=300, verbose_name="why it was declined"),
        ),
        migrations.AlterField(
            name,
            "effective",
            models.ForeignKey(
                on_delete=PROTECT,
                related_name="+",
                to="targets.period",
                verbose_name="effective from",
            ),
        ),
        migrations.RenameField(name, "approved_by", "decided_by"),
    ]


def act_constraints(name):
    decided = models.Q(decided_by=None, decided_at=None, state="PROPOSED") | models.Q(
        models.Q(state="PROPOSED", _negated=True), decided_by__isnull=False, decided_at__isnull=False
    )
    rules = {
        "state_known": models.Q(state__in=["PROPOSED", "AGREED", "DECLINED", "WITHDRAWN"]),
        "decided_by_somebody": decided,
        "four_eyes": models.Q(state="AGREED", _negated=True)
        | models.Q(decided_by=models.F("by"), _negated=True),
        "declined_with_reason": models.Q(state="DECLINED", _negated=True)
        | models.Q(answer="", _negated=True),
    }
    return [
        migrations.AddConstraint(name, models.CheckConstraint(condition=rule, name=f"{name}_{suffix}"))
        for suffix, rule in rules.items()
    ]


def adjustment_constraints():
    """What only an adjustment has to keep."""
    no_value = models.Q(new_unit="", new_value=None, unit_factor=None)
    rules = {
        "has_document": models.Q(document_number="", _negated=True),
        "changes_something": models.Q(new_value__isnull=False)
        | models.Q(new_pace="", _negated=True)
        | models.Q(new_lead__isnull=False),
        "value_has_unit": no_value
        | models.Q(new_value__isnull=False, unit_factor__gt=0) & models.Q(new_unit="", _negated=True),
        "shares_fit_pace": models.Q(new_pace="CUSTOM", new_pace_shares__len=4)
        | models.Q(new_pace="CUSTOM", _negated=True) & models.Q(new_pace_shares=None),
        "shares_never_fall": models.Q(new_pace_shares=None)
        | models.Q(
            new_pace_shares__0__gte=0,
            new_pace_shares__1__gte=models.F("new_pace_shares__0"),
            new_pace_shares__2__gte=models.F("new_pace_shares__1"),
            new_pace_shares__3__gte=models.F("new_pace_shares__2"),
            new_pace_shares__3=100,
        ),
    }
    one_open = models.UniqueConstraint(
        condition=models.Q(state="PROPOSED"), fields=("target",), name="adjustment_one_open_per_target"
    )
    checks = [
        models.CheckConstraint(condition=rule, name=f"adjustment_{suffix}") for suffix, rule in rules.items()
    ]
    return [migrations.AddConstraint("adjustment", constraint) for constraint in (one_open, *checks)]


def postponement_constraints():
    """What only a postponement has to keep."""
    one_open = models.UniqueConstraint(
        condition=models.Q(state="PROPOSED"), fields=("milestone",), name="postponement_one_open_per_node"
    )
    month = models.CheckConstraint(
        condition=models.Q(to_month__gte=1, to_month__lte=12), name="postponement_month"
    )
    return [migrations.AddConstraint("postponement", constraint) for constraint in (one_open, month)]


CARRY_OVER = """
UPDATE targets_adjustment a SET
    old_unit = t.unit, old_pace = t.pace, old_pace_shares = t.pace_shares, old_lead_id = t.lead_id,
    new_unit = t.unit, unit_factor = 1,
    at = coalesce(a.decided_at, now()),
    state = CASE WHEN a.decided_at IS NULL THEN 'PROPOSED' ELSE 'AGREED' END
FROM targets_target t WHERE t.id = a.target_id;
UPDATE targets_postponement SET decided_at = at, state = 'AGREED';
SET CONSTRAINTS ALL IMMEDIATE;
"""

# The acts in force in each period; of two that are effective in one period the later decision holds.
TERMS = """
CREATE VIEW targets_terms AS
SELECT
    (t.id::bigint << 32) | p.id AS id,
    t.id AS target_id,
    p.id AS period_id,
    coalesce(valued.new_value, t.value) AS value,
    coalesce(valued.new_unit, t.unit) AS unit,
    coalesce(valued.unit_factor, 1) AS unit_factor,
    coalesce(paced.new_pace, t.pace) AS pace,
    CASE WHEN paced.id IS NULL THEN t.pace_shares ELSE paced.new_pace_shares END AS pace_shares,
    coalesce(moved.new_lead_id, t.lead_id) AS lead_id,
    valued.id IS NOT NULL OR paced.id IS NOT NULL AS is_adjusted,
    moved.id IS NOT NULL AS is_moved
FROM targets_target t
JOIN plans_plan plan ON plan.id = t.plan_id
JOIN targets_period p ON p.bureau_id = plan.bureau_id AND p.year = plan.year
CROSS JOIN LATERAL (
    SELECT
        (array_agg(a.id ORDER BY since.month DESC, a.decided_at DESC, a.id DESC)
            FILTER (WHERE a.new_value IS NOT NULL))[1] AS value_act,
        (array_agg(a.id ORDER BY since.month DESC, a.decided_at DESC, a.id DESC)
            FILTER (WHERE a.new_pace <> ''))[1] AS pace_act,
        (array_agg(a.id ORDER BY since.month DESC, a.decided_at DESC, a.id DESC)
            FILTER (WHERE a.new_lead_id IS NOT NULL))[1] AS lead_act
    FROM targets_adjustment a
    JOIN targets_period since ON since.id = a.effective_id
    WHERE a.target_id = t.id
        AND a.state = 'AGREED'
        AND (since.year, since.month) <= (p.year, p.month)
) act
LEFT JOIN targets_adjustment valued ON valued.id = act.value_act
LEFT JOIN targets_adjustment paced ON paced.id = act.pace_act
LEFT JOIN targets_adjustment moved ON moved.id = act.lead_act;
"""

KEEP = (
    """
CREATE FUNCTION refuse_change_once_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'PROPOSED' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% keeps what was decided: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
"""
    + "".join(
        f"""
CREATE TRIGGER kept_once_decided BEFORE UPDATE OR DELETE ON targets_{name}
    FOR EACH ROW EXECUTE FUNCTION refuse_change_once_decided();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON targets_{name}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
        for name in ACTS
    )
)
RELEASE = (
    "".join(
        f"DROP TRIGGER kept_once_decided ON targets_{name}; DROP TRIGGER never_truncated ON targets_{name};"
        for name in ACTS
    )
    + "DROP FUNCTION refuse_change_once_decided();"
)


# What the tables could not hold before: acts without an agreement, without a value, a second one in a period.
FORGET = """
DELETE FROM targets_adjustment WHERE state <> 'AGREED' OR new_value IS NULL;
DELETE FROM targets_postponement WHERE state <> 'AGREED';
DELETE FROM targets_adjustment a USING targets_adjustment later
WHERE later.target_id = a.target_id AND later.effective_id = a.effective_id
    AND (later.decided_at, later.id) > (a.decided_at, a.id);
DELETE FROM targets_postponement a USING targets_postponement later
WHERE later.milestone_id = a.milestone_id AND later.effective_id = a.effective_id
    AND (later.decided_at, later.id) > (a.decided_at, a.id);
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_append_only"), ("targets", "0004_exceptions")]
    operations = [
        migrations.RemoveConstraint("adjustment", "adjustment_once_per_period"),
        migrations.RemoveConstraint("postponement", "postponement_once_per_period"),
        *act_fields("adjustment"),
        *act_fields("postponement"),
        migrations.RenameField("adjustment", "approved_at", "decided_at"),
        migrations.AddField("postponement", "decided_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "postponement",
            "decided_by",
            models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=USER),
        ),
        migrations.AlterField(
            "postponement",
            "milestone",
            models.ForeignKey(on_delete=PROTECT, related_name="postponements", to="targets.milestone"),
        ),
        migrations.AddField("adjustment", "at", models.DateTimeField(null=True)),
        migrations.AddField("adjustment", "old_unit", models.CharField(default="", max_length=20)),
        migrations.AddField(
            "adjustment", "old_pace", models.CharField(choices=PACES, default="", max_length=8)
        ),
        migrations.AddField("adjustment", "old_pace_shares", shares()),
        migrations.AddField(
            "adjustment",
            "old_lead",
            models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="accounts.unit"),
        ),
        migrations.AddField(
            "adjustment",
            "new_unit",
            models.CharField(blank=True, default="", max_length=20, verbose_name="new unit of measure"),
        ),
        migrations.AddField(
            "adjustment",
            "unit_factor",
            models.DecimalField(decimal_places=20, max_digits=40, null=True),
        ),
        migrations.AddField(
            "adjustment",
            "new_pace",
            models.CharField(
                blank=True, choices=PACES, default="", max_length=8, verbose_name="new pace"
            ),
        ),
        migrations.AddField("adjustment", "new_pace_shares", shares()),
        migrations.AddField(
            "adjustment",
            "new_lead",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=PROTECT,
                related_name="+",
                to="accounts.unit",
                verbose_name="new lead unit",
            ),
        ),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        migrations.AlterField("adjustment", "at", models.DateTimeField()),
        migrations.AlterField("adjustment", "old_unit", models.CharField(max_length=20)),
        migrations.AlterField("adjustment", "old_pace", models.CharField(choices=PACES, max_length=8)),
        migrations.AlterField(
            "adjustment",
            "old_lead",
            models.ForeignKey(on_delete=PROTECT, related_name="+", to="accounts.unit"),
        ),
        migrations.AlterField(
            "adjustment",
            "new_unit",
            models.CharField(blank=True, max_length=20, verbose_name="new unit of measure"),
        ),
        migrations.AlterField(
            "adjustment",
            "new_pace",
            models.CharField(blank=True, choices=PACES, max_length=8, verbose_name="new pace"),
        ),
        migrations.AlterField("adjustment", "new_value", value("new value", blank=True, null=True)),
        migrations.AlterModelOptions(
            "adjustment",
            {"ordering": ["target", "effective__year", "effective__month", "decided_at", "pk"]},
        ),
        migrations.AlterModelOptions(
            "postponement",
            {"ordering": ["milestone", "effective__year", "effective__month", "decided_at", "pk"]},
        ),
        migrations.CreateModel(
            "Terms",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("value", value("")),
                ("unit", models.CharField(max_length=20)),
                ("unit_factor", models.DecimalField(decimal_places=20, max_digits=40)),
                ("pace", models.CharField(choices=PACES, max_length=8)),
                ("pace_shares", shares()),
                ("is_adjusted", models.BooleanField()),
                ("is_moved", models.BooleanField()),
            ],
            options={"db_table": "targets_terms", "managed": False},
        ),
        *act_constraints("adjustment"),
        *act_constraints("postponement"),
        *adjustment_constraints(),
        *postponement_constraints(),
        migrations.RunSQL(TERMS, "DROP VIEW targets_terms"),
        migrations.RunSQL(migrations.RunSQL.noop, FORGET),
        migrations.RunSQL(KEEP, RELEASE),
    ]
