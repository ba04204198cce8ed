"""The published text never changes: everything else points into it by offsets."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER text_is_immutable BEFORE UPDATE OF text, sha256, bureau_id ON plans_plandocument
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
BACKWARD = "DROP TRIGGER text_is_immutable ON plans_plandocument;"


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial"), ("accounts", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
