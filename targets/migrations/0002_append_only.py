"""Versions and decisions are only ever added; an adjustment and a rule version stay as they were approved."""

from django.db import migrations

TABLES = ["targets_figureversion", "targets_narrativeversion", "targets_decision", "targets_progressrule"]

FORWARD = "".join(
    f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
    for table in TABLES
)
BACKWARD = "".join(
    f"DROP TRIGGER append_only ON {table}; DROP TRIGGER never_truncated ON {table};" for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("targets", "0001_initial"), ("accounts", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
