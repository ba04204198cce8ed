import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='PlanDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bureau', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='accounts.bureau')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('text', models.TextField(verbose_name='text')),
                ('sha256', models.CharField(max_length=64)),
                ('published_on', models.DateField(blank=True, null=True, verbose_name='published on')),
                ('source_name', models.CharField(blank=True, max_length=200, verbose_name='file name')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('bureau', 'sha256'), name='document_once_per_bureau'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='document_has_text')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bureau', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='accounts.bureau')),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='plan', to='plans.plandocument')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('notice', models.CharField(blank=True, max_length=200, verbose_name='notice')),
            ],
            options={
                'ordering': ['bureau', '-year'],
                'constraints': [models.UniqueConstraint(fields=('bureau', 'year'), name='plan_one_per_bureau_and_year'), models.CheckConstraint(condition=models.Q(('year__gte', 2000), ('year__lte', 2100)), name='plan_year_sensible')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Section',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(verbose_name='order')),
                ('path', models.CharField(max_length=60, verbose_name='path')),
                ('label', models.CharField(blank=True, max_length=20, verbose_name='number as printed')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('start', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sections', to='plans.plan')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='plans.section')),
            ],
            options={
                'ordering': ['plan', 'order'],
                'constraints': [models.UniqueConstraint(fields=('plan', 'path'), name='section_path_unique_in_plan'), models.CheckConstraint(condition=models.Q(('end__gt', models.F('start'))), name='section_span_not_empty')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(verbose_name='order')),
                ('path', models.CharField(max_length=60, verbose_name='path')),
                ('label', models.CharField(blank=True, max_length=20, verbose_name='number as printed')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('start', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='plans.plan')),
                ('section', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='plans.section')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='led_tasks', to='accounts.unit')),
                ('cooperating_text', models.CharField(blank=True, max_length=200, verbose_name='other cooperating parties')),
                ('cooperating', models.ManyToManyField(blank=True, related_name='cooperating_tasks', to='accounts.unit')),
            ],
            options={
                'ordering': ['plan', 'order'],
                'indexes': [models.Index(fields=['lead', 'plan'], name='plans_task_lead_id_66a666_idx')],
                'constraints': [models.UniqueConstraint(fields=('plan', 'path'), name='task_path_unique_in_plan'), models.CheckConstraint(condition=models.Q(('end__gt', models.F('start'))), name='task_span_not_empty')],
            },
        ),
    ]
