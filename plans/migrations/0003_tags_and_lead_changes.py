"""Tags of a bureau; who led a task before, which is only ever added to."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON plans_leadchange
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON plans_leadchange
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
BACKWARD = "DROP TRIGGER append_only ON plans_leadchange; DROP TRIGGER never_truncated ON plans_leadchange;"


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_append_only'),
        ('plans', '0002_immutable_text'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=20, verbose_name='tag')),
                ('bureau', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tags', to='accounts.bureau')),
            ],
            options={
                'ordering': ['bureau', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='task',
            name='tags',
            field=models.ManyToManyField(blank=True, related_name='tasks', to='plans.tag'),
        ),
        migrations.CreateModel(
            name='LeadChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('through_month', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lead_changes', to='plans.task')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.unit')),
            ],
            options={
                'ordering': ['task', 'through_month', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('through_month__gte', 1), ('through_month__lte', 12)), name='lead_change_month')],
            },
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=models.UniqueConstraint(fields=('bureau', 'name'), name='tag_name_unique_in_bureau'),
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='tag_has_name'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
