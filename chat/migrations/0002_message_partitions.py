"""Messages live in 32 list partitions, so the table is made in SQL; Django sees one model."""

import django.db.models.deletion
from django.db import migrations, models

SHARDS = 32

TABLE = """
CREATE TABLE message (
    shard smallint NOT NULL,
    id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    visitor_id bigint NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    sender varchar(24) NOT NULL,
    cid varchar(36) NOT NULL,
    kind varchar(12) NOT NULL,
    body text NOT NULL,
    data jsonb NOT NULL,
    internal boolean NOT NULL,
    reply_to bigint NULL CHECK (reply_to >= 0),
    client_ts bigint NULL,
    ts timestamptz NOT NULL,
    PRIMARY KEY (shard, id),
    CONSTRAINT message_seq_once UNIQUE (shard, conversation_id, seq),
    CONSTRAINT message_cid_once UNIQUE (shard, conversation_id, sender, cid)
) PARTITION BY LIST (shard)
"""
PARTITION = "CREATE TABLE message_{0} PARTITION OF message FOR VALUES IN ({0})"


class Migration(migrations.Migration):
    """Makes `message` and its partitions `message_0` to `message_31`."""

    dependencies = [("chat", "0001_core")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    [TABLE, *(PARTITION.format(shard) for shard in range(SHARDS))],
                    "DROP TABLE message",
                )
            ],
            state_operations=[
                migrations.CreateModel(
                    name="Message",
                    fields=[
                ('shard', models.PositiveSmallIntegerField()),
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('seq', models.PositiveBigIntegerField()),
                ('sender', models.CharField(max_length=24, verbose_name='sender')),
                ('cid', models.CharField(max_length=36)),
                ('kind', models.CharField(max_length=12, verbose_name='kind')),
                ('body', models.TextField(blank=True, verbose_name='text')),
                ('data', models.JSONField(blank=True, default=dict)),
                ('internal', models.BooleanField(default=False, verbose_name='internal note')),
                ('reply_to', models.PositiveBigIntegerField(blank=True, null=True)),
                ('client_ts', models.BigIntegerField(blank=True, null=True)),
                ('ts', models.DateTimeField(verbose_name='time')),
                ('conversation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='chat.conversation')),
                ('visitor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='chat.visitor')),
                    ],
                    options={
                        "verbose_name": "message",
                        "verbose_name_plural": "messages",
                        "db_table": "message",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=["shard", "conversation", "seq"], name="message_seq_once"
                            ),
                            models.UniqueConstraint(
                                fields=["shard", "conversation", "sender", "cid"],
                                name="message_cid_once",
                            ),
                        ],
                    },
                )
            ],
        )
    ]
