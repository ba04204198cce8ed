"""Tags of targets."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('plans', '0003_tags_and_lead_changes'),
        ('targets', '0006_leader_sign_off'),
    ]

    operations = [
        migrations.AddField(
            model_name='target',
            name='tags',
            field=models.ManyToManyField(blank=True, related_name='targets', to='plans.tag'),
        ),
    ]
