"""The office's one text about a task or target, with every version."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON targets_consolidatedversion
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON targets_consolidatedversion
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
BACKWARD = """
DROP TRIGGER append_only ON targets_consolidatedversion;
DROP TRIGGER never_truncated ON targets_consolidatedversion;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('plans', '0003_tags_and_lead_changes'),
        ('targets', '0016_later_natures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ConsolidatedText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('sources', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consolidated_texts', to='targets.period')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consolidated_texts', to='plans.plan')),
                ('target', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='targets.target')),
                ('task', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.task')),
            ],
        ),
        migrations.CreateModel(
            name='ConsolidatedVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('text', models.TextField(blank=True)),
                ('sources', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('consolidated', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='targets.consolidatedtext')),
            ],
            options={
                'ordering': ['consolidated', 'number'],
            },
        ),
        migrations.AddConstraint(
            model_name='consolidatedtext',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('target__isnull', False), ('task__isnull', True)), models.Q(('target__isnull', True), ('task__isnull', False)), _connector='OR'), name='consolidated_about_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='consolidatedtext',
            constraint=models.UniqueConstraint(fields=('period', 'task'), name='consolidated_once_per_task'),
        ),
        migrations.AddConstraint(
            model_name='consolidatedtext',
            constraint=models.UniqueConstraint(fields=('period', 'target'), name='consolidated_once_per_target'),
        ),
        migrations.AddConstraint(
            model_name='consolidatedversion',
            constraint=models.UniqueConstraint(fields=('consolidated', 'number'), name='consolidated_version_once'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
