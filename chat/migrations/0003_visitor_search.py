import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0002_message_partitions'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='visitor',
            index=models.Index(fields=['-last_seen_at', '-id'], name='visitor_recent'),
        ),
        migrations.AddIndex(
            model_name='visitor',
            index=models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('name'), 'text_pattern_ops'), name='visitor_name'),
        ),
        migrations.AddIndex(
            model_name='visitor',
            index=models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('email'), 'text_pattern_ops'), name='visitor_email'),
        ),
    ]
