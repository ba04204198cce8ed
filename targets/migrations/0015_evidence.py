"""Evidence: files that are never changed, and never deleted once their item was submitted."""

import django.db.models.deletion
import targets.models.evidence
from django.conf import settings
from django.db import migrations, models

GUARDED = """
CREATE FUNCTION refuse_submitted_evidence() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT FROM targets_decision
        WHERE figure_id = OLD.figure_id OR narrative_id = OLD.narrative_id
    ) THEN
        RAISE EXCEPTION 'evidence that was submitted stays';
    END IF;
    RETURN OLD;
END
$$ LANGUAGE plpgsql;
CREATE TRIGGER submitted_stays BEFORE DELETE ON targets_evidence
    FOR EACH ROW EXECUTE FUNCTION refuse_submitted_evidence();
CREATE TRIGGER never_changed BEFORE UPDATE ON targets_evidence
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON targets_evidence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
UNGUARDED = """
DROP TRIGGER submitted_stays ON targets_evidence;
DROP TRIGGER never_changed ON targets_evidence;
DROP TRIGGER never_truncated ON targets_evidence;
DROP FUNCTION refuse_submitted_evidence();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('targets', '0014_terms_in_one_pass'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(upload_to=targets.models.evidence.evidence_path)),
                ('original_name', models.CharField(max_length=200)),
                ('kind', models.CharField(max_length=5)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('names', models.PositiveIntegerField(null=True, verbose_name='names in the list')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('figure', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='targets.figure')),
                ('milestone', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='targets.milestone')),
                ('narrative', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='targets.narrative')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('figure__isnull', True), ('narrative__isnull', False)), models.Q(('figure__isnull', False), ('milestone__isnull', True), ('narrative__isnull', True)), _connector='OR'), name='evidence_about_one_item'), models.CheckConstraint(condition=models.Q(('names', None), ('figure__isnull', False), _connector='OR'), name='evidence_list_behind_a_figure'), models.UniqueConstraint(fields=('figure', 'sha256'), name='evidence_once_per_figure'), models.UniqueConstraint(fields=('narrative', 'sha256'), name='evidence_once_per_narrative')],
            },
        ),
        migrations.RunSQL(GUARDED, UNGUARDED),
    ]
