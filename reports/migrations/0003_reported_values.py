import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0002_export_tag'),
        ('targets', '0008_comments'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReportedValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.DecimalField(decimal_places=6, max_digits=24, verbose_name='')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='values', to='reports.exportjob')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='targets.period')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='targets.target')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('job', 'target', 'period'), name='reported_value_once_per_export')],
            },
        ),
    ]
