"""Parts of targets keep what they were; workbooks with the parts of many targets."""

import django.db.models.deletion
import django.utils.timezone
import targets.models.uploads
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON targets_allocationchange
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON targets_allocationchange
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
BACKWARD = (
    "DROP TRIGGER append_only ON targets_allocationchange;"
    "DROP TRIGGER never_truncated ON targets_allocationchange;"
)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_leaders_in_charge'),
        ('plans', '0003_tags_and_lead_changes'),
        ('targets', '0012_spreadsheets_leave_out'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AllocationChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('through_month', models.PositiveSmallIntegerField()),
                ('old_value', models.DecimalField(decimal_places=6, max_digits=24, null=True, verbose_name='')),
                ('old_baseline', models.DecimalField(decimal_places=6, max_digits=24, null=True, verbose_name='')),
                ('new_value', models.DecimalField(decimal_places=6, max_digits=24, null=True, verbose_name='')),
                ('new_baseline', models.DecimalField(decimal_places=6, max_digits=24, null=True, verbose_name='')),
                ('is_new', models.BooleanField(default=False)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocation_changes', to='targets.target')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.unit')),
            ],
            options={
                'ordering': ['target', 'at', 'pk'],
                'indexes': [models.Index(fields=['target', 'unit'], name='targets_all_target__c33b5a_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('through_month__lte', 12)), name='allocation_change_month')],
            },
        ),
        migrations.CreateModel(
            name='AllocationImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('QUEUED', 'Queued'), ('RUNNING', 'Running'), ('DONE', 'Finished'), ('FAILED', 'Failed')], default='QUEUED', max_length=8)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('failure', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('touched_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('finished_at', models.DateTimeField(null=True)),
                ('file', models.FileField(upload_to=targets.models.uploads.upload_path)),
                ('original_name', models.CharField(max_length=200)),
                ('sha256', models.CharField(max_length=64)),
                ('stage', models.CharField(choices=[('READING', 'Being read'), ('REFUSED', 'Has errors'), ('PREVIEW', 'Ready to confirm'), ('APPLIED', 'Applied'), ('DISCARDED', 'Discarded')], default='READING', max_length=9)),
                ('errors', models.JSONField(default=list)),
                ('changes', models.JSONField(default=list)),
                ('notices', models.JSONField(default=list)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocation_imports', to='plans.plan')),
            ],
            options={
                'ordering': ['-created_at'],
                'indexes': [models.Index(fields=['state', 'touched_at'], name='targets_all_state_d0d2a5_idx')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
