
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0002_attachments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EmailEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(editable=False, max_length=64, unique=True)),
                ('provider', models.CharField(max_length=30)),
                ('kind', models.CharField(max_length=20)),
                ('detail', models.TextField(blank=True)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['occurred_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.EmailField(max_length=254, unique=True)),
                ('reason', models.CharField(choices=[('bounce', 'Hard bounce'), ('complaint', 'Complaint')], max_length=10)),
                ('detail', models.TextField(blank=True)),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('lifted_because', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'verbose_name': 'stopped address',
                'verbose_name_plural': 'stopped addresses',
                'ordering': ['-since', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='email',
            name='body_removed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='email',
            name='provider_id',
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='email',
            name='resent_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='email',
            name='resent_from',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='resent', to='notifications.email'),
        ),
        migrations.AlterField(
            model_name='email',
            name='status',
            field=models.CharField(choices=[('queued', 'Queued'), ('sent', 'Sent'), ('delivered', 'Delivered'), ('opened', 'Opened'), ('bounced', 'Bounced'), ('complained', 'Complained'), ('failed', 'Failed'), ('suppressed', 'Not sent')], default='queued', max_length=10),
        ),
        migrations.AddIndex(
            model_name='email',
            index=models.Index(fields=['message_id'], name='email_by_message_id'),
        ),
        migrations.AddIndex(
            model_name='email',
            index=models.Index(fields=['provider_id'], name='email_by_provider_id'),
        ),
        migrations.AddIndex(
            model_name='email',
            index=models.Index(fields=['sent_at'], name='email_by_sending'),
        ),
        migrations.AddIndex(
            model_name='email',
            index=models.Index(fields=['body_removed_at', 'created_at'], name='email_by_body'),
        ),
        migrations.AddField(
            model_name='emailevent',
            name='email',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tracking', to='notifications.email'),
        ),
        migrations.AddField(
            model_name='suppression',
            name='email',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='notifications.email'),
        ),
        migrations.AddField(
            model_name='suppression',
            name='lifted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='suppression',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='mail_stops', to=settings.AUTH_USER_MODEL),
        ),
    ]
