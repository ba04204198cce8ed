"""An export may hold only what carries a tag."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_append_only'),
        ('plans', '0003_tags_and_lead_changes'),
        ('reports', '0001_initial'),
        ('targets', '0007_target_tags'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='exportjob',
            name='export_one_under_way_per_person',
        ),
        migrations.AddField(
            model_name='exportjob',
            name='tag',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='plans.tag'),
        ),
        migrations.AddConstraint(
            model_name='exportjob',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['QUEUED', 'RUNNING']), ('tag', None)), fields=('owner', 'plan', 'period', 'kind'), name='export_one_under_way_per_person'),
        ),
        migrations.AddConstraint(
            model_name='exportjob',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['QUEUED', 'RUNNING'])), fields=('owner', 'plan', 'period', 'kind', 'tag'), name='export_one_under_way_per_tag'),
        ),
    ]
