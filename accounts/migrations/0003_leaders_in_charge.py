"""The leader in charge of a unit is an account that can sign; linked where the name is the same."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def link_same_names(apps, schema_editor):
    Unit, Membership = (apps.get_model("accounts", name) for name in ("Unit", "Membership"))
    rights = Membership.objects.filter(role="leader").select_related("user")
    leaders = {(right.bureau_id, right.user.display_name): right.user_id for right in rights}
    for unit in Unit.objects.exclude(leader=""):
        if account := leaders.get((unit.bureau_id, unit.leader)):
            Unit.objects.filter(pk=unit.pk).update(leader_account=account)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_append_only'),
    ]

    operations = [
        migrations.AddField(
            model_name='bureau',
            name='leader_sign_off',
            field=models.BooleanField(default=False, verbose_name='leaders in charge sign off'),
        ),
        migrations.AddField(
            model_name='unit',
            name='leader_account',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='units_in_charge', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunPython(link_same_names, migrations.RunPython.noop),
    ]
