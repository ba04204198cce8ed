"""What was said about a figure or text: only ever added."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON targets_comment
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON targets_comment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
BACKWARD = "DROP TRIGGER append_only ON targets_comment; DROP TRIGGER never_truncated ON targets_comment;"


class Migration(migrations.Migration):

    dependencies = [
        ('targets', '0007_target_tags'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField()),
                ('text', models.TextField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('figure', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='targets.figure')),
                ('narrative', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='targets.narrative')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('figure__isnull', True), ('narrative__isnull', False)), models.Q(('figure__isnull', False), ('narrative__isnull', True)), _connector='OR'), name='comment_about_one_item'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='comment_says_something')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
