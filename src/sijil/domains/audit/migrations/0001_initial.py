"""Entries range-partitioned by month (with a default partition: no entry is ever refused for its date)."""

import django.db.models.functions.comparison
import sijil.kernel.ids
from django.db import migrations, models

from sijil.kernel.rows import Immutable, never_emptied

ENTRIES = """
CREATE FUNCTION audit_cluster() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT system_identifier FROM pg_control_system() $$;
COMMENT ON FUNCTION audit_cluster() IS
'The identity of this PostgreSQL cluster. Immutable within a connection, so it is computed once per plan; never index it.';

CREATE TABLE audit_entry (
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor_kind varchar(16) NOT NULL,
    actor_id varchar(64) NOT NULL,
    actor_label varchar(200) NOT NULL DEFAULT '',
    action varchar(60) NOT NULL,
    subject varchar(64) NOT NULL,
    purpose varchar(60) NOT NULL DEFAULT '',
    facts jsonb NOT NULL DEFAULT '{}',
    cluster bigint NOT NULL DEFAULT audit_cluster(),
    xid bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    CONSTRAINT audit_entry_once PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX audit_entry_by_subject ON audit_entry (subject, at DESC, id DESC);
CREATE INDEX audit_entry_guessed ON audit_entry (at) WHERE action = 'verification.guessed';
CREATE INDEX audit_entry_by_xid ON audit_entry USING brin (xid) WITH (pages_per_range = 32, autosummarize = on);
CREATE TABLE audit_entry_default PARTITION OF audit_entry DEFAULT;

-- by whoever may call it, as the owner: the worker makes partitions and owns none
CREATE FUNCTION audit_make_partition(month date) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    first timestamptz := month::timestamp AT TIME ZONE 'UTC';
    beyond timestamptz := (month + interval '1 month')::timestamp AT TIME ZONE 'UTC';
    name text := 'audit_entry_' || to_char(month, 'YYYY_MM');
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('audit_make_partition'));
    IF to_regclass(name) IS NOT NULL
       OR EXISTS (SELECT FROM audit_entry_default WHERE at >= first AND at < beyond) THEN
        RETURN NULL;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF audit_entry FOR VALUES FROM (%L) TO (%L)', name, first, beyond);
    EXECUTE format('CREATE TRIGGER immutable_whole BEFORE TRUNCATE ON %I '
                   'FOR EACH STATEMENT EXECUTE FUNCTION sijil_refuse_change()', name);
    RETURN name;
END $$;
REVOKE EXECUTE ON FUNCTION audit_make_partition(date) FROM PUBLIC;
"""
# An entry carries the number of the transaction that writes it: below the last seal nothing is ever added.
GUARDS = f"""
CREATE FUNCTION audit_entry_only_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an entry belongs to the transaction that writes it'
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER only_now AFTER INSERT ON audit_entry FOR EACH ROW
WHEN (NEW.xid <> pg_current_xact_id()::text::bigint OR NEW.cluster <> audit_cluster())
EXECUTE FUNCTION audit_entry_only_now();
{never_emptied("audit_entry_default")}
SELECT audit_make_partition((date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => n))::date)
FROM generate_series(0, 3) AS n;
"""
NO_GUARDS = """
DROP TRIGGER only_now ON audit_entry;
DROP FUNCTION audit_entry_only_now();
"""
NO_ENTRIES = """
DROP TABLE audit_entry;
DROP FUNCTION audit_make_partition(date);
DROP FUNCTION audit_cluster();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ENTRIES, NO_ENTRIES)],
            state_operations=[
                migrations.CreateModel(
                    name='AuditEntry',
                    fields=[
                        ('id', models.UUIDField(default=sijil.kernel.ids.new_key, primary_key=True, serialize=False)),
                        ('at', models.DateTimeField()),
                        ('actor_kind', models.CharField(max_length=16)),
                        ('actor_id', models.CharField(max_length=64)),
                        ('actor_label', models.CharField(blank=True, max_length=200)),
                        ('action', models.CharField(max_length=60)),
                        ('subject', models.CharField(max_length=64)),
                        ('purpose', models.CharField(blank=True, max_length=60)),
                        ('facts', models.JSONField(default=dict)),
                        ('cluster', models.BigIntegerField(db_default=models.Func(function='audit_cluster'))),
                        ('xid', models.BigIntegerField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.Cast(models.Func(function='pg_current_xact_id'), models.TextField()), models.BigIntegerField()))),
                    ],
                    options={
                        'db_table': 'audit_entry',
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name='ReadTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('actor_kind', models.CharField(max_length=16)),
                ('actor_id', models.CharField(max_length=64)),
                ('subject', models.CharField(max_length=64)),
                ('action', models.CharField(max_length=60)),
                ('hour', models.DateTimeField()),
                ('count', models.IntegerField()),
                ('counted_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'audit_read_tally',
                'indexes': [models.Index(condition=models.Q(('count__gt', 1), ('counted_at__isnull', True)), fields=['hour'], name='audit_read_tally_open')],
                'constraints': [models.UniqueConstraint(fields=('subject', 'actor_id', 'actor_kind', 'action', 'hour'), name='audit_read_tally_once'), models.CheckConstraint(condition=models.Q(('count__gte', 1)), name='audit_read_tally_positive')],
            },
        ),
        migrations.CreateModel(
            name='AuditRoot',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('cluster', models.BigIntegerField()),
                ('xid_from', models.BigIntegerField()),
                ('xid_to', models.BigIntegerField()),
                ('entries', models.BigIntegerField()),
                ('tree', models.BinaryField(max_length=32)),
                ('previous', models.BinaryField(max_length=32)),
                ('sealed_at', models.DateTimeField()),
                ('key_id', models.CharField(max_length=16)),
                ('signature', models.BinaryField(max_length=64)),
            ],
            options={
                'db_table': 'audit_root',
                'constraints': [models.CheckConstraint(condition=models.Q(('entries__gt', 0), ('number__gt', 0), ('xid_to__gt', models.F('xid_from'))), name='audit_root_range_not_empty'), models.UniqueConstraint(fields=('cluster', 'xid_from'), name='audit_root_range_once')],
            },
        ),
        Immutable("audit_entry"),
        Immutable("audit_root"),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
