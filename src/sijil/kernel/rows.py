"""What tables of every domain share: the immutable state row, how it is kept so, which constraint refused."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

from django.db import IntegrityError, connection, migrations, models
from psycopg.adapt import PyFormat, Transformer

from sijil.kernel.ids import PersonKey

_AS_IS = (str, int, UUID, dt.date, type(None))
_HARD = re.compile(r"[\\\t\n\r]")  # what the text of COPY escapes
_QUOTED = re.compile(r'["\\]')
_ESCAPED = {ord(one): f"\\{name}" for one, name in zip("\\\t\n\r", "\\tnr", strict=True)}
_Set = TypeVar("_Set", contravariant=True)
_Got = TypeVar("_Got", covariant=True)
if TYPE_CHECKING:

    class _EightBytes(models.Field[_Set, _Got]): ...
else:

    class _EightBytes(models.BigIntegerField, Generic[_Set, _Got]): ...


class PersonKeyField(_EightBytes[_Set, _Got]):
    """The key of a person: eight bytes in the table, a :data:`PersonKey` in Python."""

    if TYPE_CHECKING:
        _pyi_private_set_type: PersonKey
        _pyi_private_get_type: PersonKey

    def from_db_value(self, value: int | None, *_: Any) -> PersonKey | None:
        return None if value is None else PersonKey(str(value))

    def to_python(self, value: Any) -> Any:
        return None if value is None else PersonKey(str(value))


class StateRow(models.Model):
    """One step of one file: who did what, when, from which state to which, and why.

    A domain makes its own table of it with a foreign key to its file; :class:`Immutable` in the
    migration refuses UPDATE, DELETE and TRUNCATE. ``reason`` is a code or a sentence without identity.
    """

    id = models.BigAutoField(primary_key=True)
    action = models.CharField(max_length=40)
    from_state = models.CharField(max_length=40, blank=True)
    to_state = models.CharField(max_length=40)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    actor_for = models.CharField(max_length=64, blank=True)  # the person for whom a delegate acts
    at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True
        ordering = ["id"]


_REFUSE = "EXECUTE FUNCTION sijil_refuse_change()"
_FUNCTION = """
CREATE OR REPLACE FUNCTION sijil_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are immutable', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def never_emptied(table: str) -> str:
    """Return the statement that makes ``table`` refuse TRUNCATE, which no trigger on rows sees."""
    return f"CREATE TRIGGER immutable_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {_REFUSE};"


class Immutable(migrations.RunSQL):
    """Migration step: rows of ``table`` can be inserted, never updated or deleted, by TRUNCATE neither."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            sql=f"""{_FUNCTION}
            CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {_REFUSE};
            {never_emptied(table)}
            """,
            reverse_sql=f"""
            DROP TRIGGER immutable ON {table};
            DROP TRIGGER immutable_whole ON {table};
            """,
        )

    def deconstruct(self) -> tuple[str, tuple[str, ...], dict[str, str]]:
        return (self.__class__.__name__, (self.table,), {})


class ImmutableButSeals(migrations.RunSQL):
    """Migration step: as :class:`Immutable`, but the columns ``sealed…`` may be sealed anew by a new key.

    A seal is tied to its row and proves what it holds: without the keys nobody puts another content there.
    """

    def __init__(self, table: str, *seals: str) -> None:
        self.table, self.seals = table, seals
        old, new = (f"to_jsonb({row}) - '{{{','.join(seals)}}}'::text[]" for row in ("OLD", "NEW"))
        super().__init__(
            sql=f"""{_FUNCTION}
            CREATE TRIGGER immutable_but_seals BEFORE UPDATE ON {table}
            FOR EACH ROW WHEN ({old} IS DISTINCT FROM {new}) {_REFUSE};
            CREATE TRIGGER immutable_rows BEFORE DELETE ON {table} FOR EACH ROW {_REFUSE};
            {never_emptied(table)}
            """,
            reverse_sql=f"""
            DROP TRIGGER immutable_but_seals ON {table};
            DROP TRIGGER immutable_rows ON {table};
            DROP TRIGGER immutable_whole ON {table};
            """,
        )

    def deconstruct(self) -> tuple[str, tuple[str, ...], dict[str, str]]:
        return (self.__class__.__name__, (self.table, *self.seals), {})


class Whole(migrations.RunSQL):
    """Migration step: rows of ``table`` come and go whole: none is changed, but for the columns ``seals``.

    ``stays``: a condition in SQL on OLD; while it holds, the row is not deleted either.
    """

    def __init__(self, table: str, stays: str, *seals: str) -> None:
        self.table, self.stays, self.seals = table, stays, seals
        old, new = (f"to_jsonb({row}) - '{{{','.join(seals)}}}'::text[]" for row in ("OLD", "NEW"))
        super().__init__(
            sql=f"""{_FUNCTION}
            CREATE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF {stays} THEN
                    RAISE EXCEPTION 'rows of % are immutable', TG_TABLE_NAME
                    USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN OLD;
            END $$;
            CREATE TRIGGER whole BEFORE UPDATE ON {table}
            FOR EACH ROW WHEN ({old} IS DISTINCT FROM {new}) {_REFUSE};
            CREATE TRIGGER whole_stays BEFORE DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_stays();
            CREATE TRIGGER whole_table BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {_REFUSE};
            """,
            reverse_sql=f"""
            DROP TRIGGER whole ON {table};
            DROP TRIGGER whole_stays ON {table};
            DROP TRIGGER whole_table ON {table};
            DROP FUNCTION {table}_stays();
            """,
        )

    def deconstruct(self) -> tuple[str, tuple[str, ...], dict[str, str]]:
        return (self.__class__.__name__, (self.table, self.stays, *self.seals), {})


class Frozen(migrations.RunSQL):
    """Migration step: rows of ``table`` stay as they are once their ``column`` is in the table ``frozen``.

    Nothing is added either. The columns ``seals`` may be sealed anew by a new key.
    """

    def __init__(self, table: str, column: str, frozen: str, *seals: str) -> None:
        self.table, self.column, self.frozen, self.seals = table, column, frozen, seals
        old, new = (f"to_jsonb({row}) - '{{{','.join(seals)}}}'::text[]" for row in ("OLD", "NEW"))
        refuse = f"EXECUTE FUNCTION {table}_frozen()"
        super().__init__(
            sql=f"""{_FUNCTION}
            CREATE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP <> 'INSERT' AND EXISTS (SELECT FROM {frozen} f WHERE f.{column} = OLD.{column})
                OR TG_OP <> 'DELETE' AND EXISTS (SELECT FROM {frozen} f WHERE f.{column} = NEW.{column}) THEN
                    RAISE EXCEPTION 'evidence of a received file stays as it is'
                    USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER frozen BEFORE INSERT OR DELETE ON {table} FOR EACH ROW {refuse};
            CREATE TRIGGER frozen_content BEFORE UPDATE ON {table}
            FOR EACH ROW WHEN ({old} IS DISTINCT FROM {new}) {refuse};
            CREATE TRIGGER frozen_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {_REFUSE};
            """,  # noqa: S608  (names of our own tables)
            reverse_sql=f"""
            DROP TRIGGER frozen ON {table};
            DROP TRIGGER frozen_content ON {table};
            DROP TRIGGER frozen_whole ON {table};
            DROP FUNCTION {table}_frozen();
            """,
        )

    def deconstruct(self) -> tuple[str, tuple[str, ...], dict[str, str]]:
        return (self.__class__.__name__, (self.table, self.column, self.frozen, *self.seals), {})


def insert_all(
    model: type[models.Model], varied: Mapping[str, Sequence[Any]], shared: Mapping[str, Any]
) -> None:
    """Insert many rows by COPY, in the caller's transaction: a tenth of the time of as many objects.

    ``varied``: a value for each row, by the name of the attribute; ``shared``: one for all. What is not named
    takes the default of the database, or of the field. Raises: IntegrityError.
    """
    names, line, columns = [], [], []
    with connection.wrap_database_errors, connection.cursor() as cursor:
        dumpers = Transformer(cursor.cursor.connection)
        for field in model._meta.concrete_fields:
            name = field.attname
            if name in varied or (field.primary_key and field.has_default()):
                values = varied.get(name) or [field.get_default() for _ in next(iter(varied.values()))]
                columns.append(_texts(field, values, dumpers))
                line.append("%s")
            elif name in shared or not (field.primary_key or field.has_db_default()):
                value = shared[name] if name in shared else field.get_default()
                line.append(_text(field, value, dumpers).replace("%", "%%"))
            else:
                continue
            names.append(f'"{field.column}"')
        form = "\t".join(line) + "\n"
        with cursor.cursor.copy(f'COPY "{model._meta.db_table}" ({", ".join(names)}) FROM STDIN') as out:
            out.write("".join([form % row for row in zip(*columns, strict=True)]))


def _texts(field: Any, values: Sequence[Any], dumpers: Any) -> Sequence[str]:
    """Return a column as COPY reads it."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return [_escaped(one) for one in values] if _HARD.search("".join(values)) else values
    if kinds == {UUID}:
        return [one.hex for one in values]
    if isinstance(field, models.JSONField) and None not in values:
        return [_escaped(json.dumps(one, cls=field.encoder)) for one in values]
    return [_text(field, one, dumpers) for one in values]


def _text(field: Any, value: Any, dumpers: Any) -> str:
    stored = value if isinstance(value, _AS_IS) else field.get_db_prep_save(value, connection)
    if stored is None:
        return r"\N"
    dumped = dumpers.get_dumper(stored, PyFormat.TEXT).dump(stored)
    return _escaped(bytes(dumped or b"").decode())


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED) if _HARD.search(text) else text


def among(name: str, values: Collection[Any], kind: str = "text") -> models.Func:
    """Return a condition for ``filter``: a field is one of thousands of values, sent as one text.

    ``kind``: of the field, as PostgreSQL calls it.
    """
    texts = [str(value) for value in values]
    if _QUOTED.search("".join(texts)):
        texts = [text.replace("\\", "\\\\").replace('"', '\\"') for text in texts]
    sent = '"' + '","'.join(texts) + '"' if texts else ""
    return models.Func(
        models.F(name),
        models.Value(f"{{{sent}}}", output_field=models.TextField()),
        template=f"%(expressions)s::{kind}[])",
        arg_joiner=" = ANY(",
        output_field=models.BooleanField(),
    )


def violated(error: IntegrityError) -> str:
    """Return the name of the constraint that the database held against a write; empty if it names none."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


def unhurried() -> None:
    """Lift the limit of a statement for this transaction: work over all rows that a page asks for."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
