"""Tasks that are not in the document, with their source and their first period."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_contact'),
        ('plans', '0003_tags_and_lead_changes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TaskOrigin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=100, verbose_name='source')),
                ('document_number', models.CharField(blank=True, max_length=60, verbose_name='document number')),
                ('issued_on', models.DateField(blank=True, null=True, verbose_name='date')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='section',
            name='section_span_not_empty',
        ),
        migrations.RemoveConstraint(
            model_name='task',
            name='task_span_not_empty',
        ),
        migrations.AddField(
            model_name='section',
            name='in_document',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='task',
            name='in_document',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='task',
            name='since_month',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='section',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end__gt', models.F('start')), ('in_document', True)), models.Q(('end', models.F('start')), ('in_document', False)), _connector='OR'), name='section_span_fits'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end__gt', models.F('start')), ('in_document', True)), models.Q(('end', models.F('start')), ('in_document', False)), _connector='OR'), name='task_span_fits'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('in_document', True), ('since_month', None)), models.Q(('in_document', False), ('since_month__isnull', False), ('since_month__range', (1, 12))), _connector='OR'), name='task_since_fits'),
        ),
        migrations.AddField(
            model_name='taskorigin',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='taskorigin',
            name='task',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='origin', to='plans.task'),
        ),
        migrations.AddConstraint(
            model_name='taskorigin',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='task_origin_has_source'),
        ),
    ]
