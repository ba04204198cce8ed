"""A later nature of an approved figure is an act of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('targets', '0015_evidence'),
    ]

    operations = [
        migrations.AlterField(
            model_name='decision',
            name='act',
            field=models.CharField(choices=[('SUBMIT', 'Submitted'), ('PASS', "Passed the unit's review"), ('SIGN', 'Signed off by the leader in charge'), ('RETURN', 'Returned'), ('APPROVE', 'Approved'), ('CORRECT', 'Correction opened'), ('UPDATE', 'Newer nature of the data')], max_length=8),
        ),
    ]
