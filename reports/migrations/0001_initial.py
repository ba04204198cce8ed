import django.db.models.deletion
import django.utils.timezone
import reports.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0002_append_only'),
        ('plans', '0002_immutable_text'),
        ('targets', '0002_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExportJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('state', models.CharField(choices=[('QUEUED', 'Queued'), ('RUNNING', 'Running'), ('DONE', 'Finished'), ('FAILED', 'Failed')], default='QUEUED', max_length=8)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('failure', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('touched_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('finished_at', models.DateTimeField(null=True)),
                ('bureau', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='export_jobs', to='accounts.bureau')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='export_jobs', to='plans.plan')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='export_jobs', to='targets.period')),
                ('kind', models.CharField(choices=[('PROGRESS_REPORT', 'Progress report')], default='PROGRESS_REPORT', max_length=20)),
                ('file', models.FileField(blank=True, upload_to=reports.models.export_path)),
                ('file_name', models.CharField(max_length=200, verbose_name='file name')),
                ('rows', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('expires_at', models.DateTimeField(null=True, verbose_name='kept until')),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(fields=['bureau', '-created_at'], name='reports_exp_bureau__f6e253_idx'), models.Index(fields=['state', 'touched_at'], name='reports_exp_state_cf356b_idx'), models.Index(condition=models.Q(('file', ''), _negated=True), fields=['expires_at'], name='export_kept_files')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['QUEUED', 'RUNNING'])), fields=('owner', 'plan', 'period', 'kind'), name='export_one_under_way_per_person'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'DONE'), _negated=True), models.Q(('expires_at__isnull', False), ('finished_at__isnull', False)), _connector='OR'), name='export_done_has_dates'), models.CheckConstraint(condition=models.Q(('state', 'DONE'), ('file', ''), _connector='OR'), name='export_file_only_when_done')],
            },
        ),
    ]
