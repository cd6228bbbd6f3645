import django.db.models.deletion
import sijil.domains.matching.states
import sijil.domains.matching.types
import sijil.kernel.ids
from django.db import migrations, models

from sijil.kernel.rows import Immutable


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.UUIDField(default=sijil.kernel.ids.new_key, primary_key=True, serialize=False)),
                ('subject', models.UUIDField()),
                ('candidates', models.JSONField()),
                ('origin', models.CharField(max_length=16)),
                ('state', models.CharField(default=sijil.domains.matching.states.CaseState['OPENED'], max_length=40)),
                ('deposited_by', models.CharField(blank=True, max_length=64)),
                ('opened_at', models.DateTimeField()),
                ('due_on', models.DateField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('verdict', models.CharField(blank=True, max_length=24)),
                ('linked_to', models.UUIDField(null=True)),
            ],
            options={
                'db_table': 'matching_case',
            },
        ),
        migrations.CreateModel(
            name='CaseStep',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('action', models.CharField(max_length=40)),
                ('from_state', models.CharField(blank=True, max_length=40)),
                ('to_state', models.CharField(max_length=40)),
                ('actor_kind', models.CharField(max_length=16)),
                ('actor_id', models.CharField(max_length=64)),
                ('actor_for', models.CharField(blank=True, max_length=64)),
                ('at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='matching.case')),
            ],
            options={
                'db_table': 'matching_case_step',
                'ordering': ['id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Comparison',
            fields=[
                ('id', models.UUIDField(default=sijil.kernel.ids.new_key, primary_key=True, serialize=False)),
                ('subject', models.UUIDField()),
                ('verdict', models.CharField(max_length=16)),
                ('candidates', models.JSONField()),
                ('compared', models.PositiveIntegerField()),
                ('dropped_blocks', models.PositiveSmallIntegerField()),
                ('is_truncated', models.BooleanField()),
                ('model_version', models.CharField(max_length=40)),
                ('compared_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'matching_comparison',
                'indexes': [models.Index(fields=['subject', 'compared_at'], name='matching_comparison_subject')],
                'constraints': [models.CheckConstraint(condition=models.Q(('verdict__in', ['unique', 'possible', 'likely'])), name='matching_comparison_verdict')],
            },
        ),
        migrations.AddField(
            model_name='case',
            name='comparison',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='matching.comparison'),
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.UUIDField(default=sijil.kernel.ids.new_key, primary_key=True, serialize=False)),
                ('officer', models.CharField(max_length=64)),
                ('verdict', models.CharField(max_length=24)),
                ('candidate', models.UUIDField(null=True)),
                ('sealed', models.BinaryField()),
                ('decided_at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='matching.case')),
            ],
            options={
                'db_table': 'matching_decision',
                'ordering': ['decided_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='MatchingKey',
            fields=[
                ('pk', models.CompositePrimaryKey('key', 'subject', blank=True, editable=False, primary_key=True, serialize=False)),
                ('key', models.BigIntegerField()),
                ('subject', models.UUIDField()),
                ('rule', models.SmallIntegerField()),
            ],
            options={
                'db_table': 'matching_key',
                'indexes': [models.Index(fields=['subject'], name='matching_key_subject')],
            },
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state', sijil.domains.matching.states.CaseState['CLOSED']), _negated=True), fields=['opened_at'], name='matching_case_open'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('state', sijil.domains.matching.states.CaseState['CLOSED']), _negated=True), fields=('subject',), name='matching_case_one_open_per_subject'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['opened', 'first_decided', 'disputed', 'closed'])), name='matching_case_state'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ['demographic', 'biometric'])), name='matching_case_origin'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', sijil.domains.matching.states.CaseState['CLOSED']), ('verdict__in', ['different_person', 'same_person'])), models.Q(models.Q(('state', sijil.domains.matching.states.CaseState['CLOSED']), _negated=True), ('closed_at__isnull', True), ('verdict', '')), _connector='OR'), name='matching_case_closed_with_verdict'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verdict', sijil.domains.matching.types.CaseVerdict['SAME_PERSON']), ('linked_to__isnull', False)), models.Q(models.Q(('verdict', sijil.domains.matching.types.CaseVerdict['SAME_PERSON']), _negated=True), ('linked_to__isnull', True)), _connector='OR'), name='matching_case_linked_if_same'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.UniqueConstraint(fields=('case', 'officer'), name='matching_decision_one_per_officer'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['different_person', 'same_person'])), name='matching_decision_verdict'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('candidate__isnull', False), ('verdict', sijil.domains.matching.types.CaseVerdict['SAME_PERSON'])), models.Q(('candidate__isnull', True), ('verdict', sijil.domains.matching.types.CaseVerdict['DIFFERENT_PERSON'])), _connector='OR'), name='matching_decision_candidate_if_same'),
        ),
        Immutable('matching_comparison'),
        Immutable('matching_case_step'),
        Immutable('matching_decision'),
    ]
