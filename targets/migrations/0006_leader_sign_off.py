"""One more state and one more act: the leader in charge signs off."""

import targets.enums
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('targets', '0005_acts_and_terms'),
    ]

    operations = [
        migrations.AlterField(
            model_name='decision',
            name='act',
            field=models.CharField(choices=[('SUBMIT', 'Submitted'), ('PASS', "Passed the unit's review"), ('SIGN', 'Signed off by the leader in charge'), ('RETURN', 'Returned'), ('APPROVE', 'Approved'), ('CORRECT', 'Correction opened')], max_length=8),
        ),
        migrations.AlterField(
            model_name='figure',
            name='state',
            field=models.CharField(choices=[('DRAFT', 'Draft'), ('SUBMITTED', 'Awaiting unit review'), ('PASSED', "Awaiting leader's sign-off"), ('REVIEWED', 'Awaiting office approval'), ('APPROVED', 'Approved'), ('RETURNED', 'Returned')], default=targets.enums.State['DRAFT'], max_length=9, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='narrative',
            name='state',
            field=models.CharField(choices=[('DRAFT', 'Draft'), ('SUBMITTED', 'Awaiting unit review'), ('PASSED', "Awaiting leader's sign-off"), ('REVIEWED', 'Awaiting office approval'), ('APPROVED', 'Approved'), ('RETURNED', 'Returned')], default=targets.enums.State['DRAFT'], max_length=9, verbose_name='state'),
        ),
    ]
