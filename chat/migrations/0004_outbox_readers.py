"""Readers of the outbox, and the index in whose order they read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Makes the table of readers; nobody looks for events by their time."""

    dependencies = [("chat", "0003_visitor_search")]

    operations = [
        migrations.AlterModelOptions("eventoutbox", {"ordering": ["transaction", "id"]}),
        migrations.AlterField("eventoutbox", "created_at", models.DateTimeField()),
        migrations.AddIndex(
            "eventoutbox", models.Index(fields=["transaction", "id"], name="event_outbox_order")
        ),
        migrations.CreateModel(
            "OutboxReader",
            [
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("transaction", models.BigIntegerField(default=0)),
                ("event", models.BigIntegerField(default=0)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            {"db_table": "outbox_reader", "ordering": ["transaction", "event"]},
        ),
    ]
