import accounts.models
import accounts.permissions
import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Bureau',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('short_name', models.CharField(max_length=30, verbose_name='short name')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('is_demo', models.BooleanField(default=False, verbose_name='demonstration data')),
                ('demo_date', models.DateField(blank=True, help_text='The day on which the demonstration stands still; empty in real use.', null=True, verbose_name='demonstration date')),
                ('allow_self_approval', models.BooleanField(default=False, verbose_name='people may approve what they submitted')),
                ('skip_unit_review', models.BooleanField(default=False, verbose_name='no review in the unit')),
            ],
            options={
                'ordering': ['order', 'code'],
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bureau', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='accounts.bureau')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('kind', models.CharField(choices=[('DEPARTMENT', 'Department'), ('AFFILIATE', 'Affiliated institution'), ('EXTERNAL', 'External cooperating unit'), ('DISTRICT', 'District')], max_length=12, verbose_name='kind')),
                ('order', models.PositiveSmallIntegerField(verbose_name='order')),
                ('leader', models.CharField(blank=True, max_length=40, verbose_name='leader in charge')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'ordering': ['bureau', 'order'],
                'constraints': [models.UniqueConstraint(fields=('bureau', 'name'), name='unit_name_unique_in_bureau'), models.UniqueConstraint(fields=('bureau', 'order'), name='unit_order_unique_in_bureau'), models.CheckConstraint(condition=models.Q(('kind__in', ['DEPARTMENT', 'AFFILIATE', 'EXTERNAL', 'DISTRICT'])), name='unit_kind_known')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('display_name', models.CharField(max_length=60, verbose_name='display name')),
                ('large_text', models.BooleanField(default=False, verbose_name='large text')),
                ('is_demo', models.BooleanField(default=False, verbose_name='demonstration account')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('username'), name='username_unique_when_folded')],
                'indexes': [],
            },
            managers=[
                ('objects', accounts.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[(accounts.permissions.Role['REPORTER'], 'Reporter'), (accounts.permissions.Role['REVIEWER'], 'Unit reviewer'), (accounts.permissions.Role['OFFICE'], 'Office'), (accounts.permissions.Role['LEADER'], 'Bureau leader'), (accounts.permissions.Role['OBSERVER'], 'City observer'), (accounts.permissions.Role['SYSTEM_ADMIN'], 'System administrator'), (accounts.permissions.Role['SECURITY_ADMIN'], 'Security administrator'), (accounts.permissions.Role['AUDIT_ADMIN'], 'Audit administrator')], max_length=10, verbose_name='role')),
                ('bureau', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.bureau')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.unit')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'role', 'unit'), name='membership_once_per_unit'), models.UniqueConstraint(condition=models.Q(('unit__isnull', True)), fields=('user', 'role', 'bureau'), name='membership_once_per_bureau'), models.UniqueConstraint(condition=models.Q(('bureau__isnull', True)), fields=('user', 'role'), name='membership_once_in_city'), models.UniqueConstraint(condition=models.Q(('role__in', [accounts.permissions.Role['AUDIT_ADMIN'], accounts.permissions.Role['SECURITY_ADMIN'], accounts.permissions.Role['SYSTEM_ADMIN']])), fields=('user',), name='membership_one_admin_role'), models.CheckConstraint(condition=models.Q(models.Q(('bureau__isnull', False), ('role__in', [accounts.permissions.Role['REPORTER'], accounts.permissions.Role['REVIEWER']]), ('unit__isnull', False)), models.Q(('bureau__isnull', False), ('role__in', [accounts.permissions.Role['LEADER'], accounts.permissions.Role['OFFICE']]), ('unit__isnull', True)), models.Q(('bureau__isnull', True), ('role__in', [accounts.permissions.Role['AUDIT_ADMIN'], accounts.permissions.Role['OBSERVER'], accounts.permissions.Role['SECURITY_ADMIN'], accounts.permissions.Role['SYSTEM_ADMIN']]), ('unit__isnull', True)), _connector='OR'), name='membership_scope_fits_role')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='AuditChain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bureau', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audit_chain', to='accounts.bureau')),
                ('last_hash', models.CharField(blank=True, max_length=64)),
                ('length', models.PositiveBigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.Value(1), condition=models.Q(('bureau__isnull', True)), name='audit_chain_one_for_the_city')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bureau', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audit_events', to='accounts.bureau')),
                ('number', models.PositiveBigIntegerField()),
                ('at', models.DateTimeField()),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('username', models.CharField(blank=True, max_length=150)),
                ('address', models.GenericIPAddressField(null=True)),
                ('kind', models.CharField(max_length=40)),
                ('object_type', models.CharField(blank=True, max_length=40)),
                ('object_id', models.BigIntegerField(null=True)),
                ('object_label', models.CharField(blank=True, max_length=200)),
                ('outcome', models.CharField(default='done', max_length=10)),
                ('request_id', models.CharField(blank=True, max_length=32)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('previous_hash', models.CharField(blank=True, max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['-at'], name='accounts_au_at_842ba4_idx'), models.Index(fields=['bureau', '-at'], name='accounts_au_bureau__7b68e2_idx'), models.Index(fields=['object_type', 'object_id'], name='accounts_au_object__95e488_idx')],
                'constraints': [models.UniqueConstraint(fields=('bureau', 'number'), name='audit_number_unique_in_bureau'), models.UniqueConstraint(condition=models.Q(('bureau__isnull', True)), fields=('number',), name='audit_number_unique_in_city')],
            },
        ),
    ]
