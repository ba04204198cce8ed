"""Evidence stays from the submission on that carried it; what was attached since may be taken back."""

from django.db import migrations

REPLACED = """
CREATE OR REPLACE FUNCTION refuse_submitted_evidence() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT FROM targets_decision
        WHERE (figure_id = OLD.figure_id OR narrative_id = OLD.narrative_id){carried}
    ) THEN
        RAISE EXCEPTION 'evidence that was submitted stays';
    END IF;
    RETURN OLD;
END
$$ LANGUAGE plpgsql;
"""
PER_FILE = REPLACED.replace("{carried}", " AND act = 'SUBMIT' AND at >= OLD.at")
PER_ITEM = REPLACED.replace("{carried}", "")


class Migration(migrations.Migration):

    dependencies = [('targets', '0017_consolidated_texts')]

    operations = [migrations.RunSQL(PER_FILE, PER_ITEM)]
