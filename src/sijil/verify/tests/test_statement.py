"""The statement fits the tables of the domains whose pieces it is made of."""

from django.apps import apps

from sijil.kernel.acts import declared
from sijil.verify import statement


def test_an_entry_has_every_column_but_what_the_database_gives():
    columns = {field.column for field in apps.get_model("audit", "AuditEntry")._meta.concrete_fields}
    assert set(statement.ENTRY) == columns - {"cluster", "xid"}


def test_it_is_one_statement():
    assert ";" not in statement.ANSWER
    assert statement.ANSWER.lstrip().startswith("WITH asked AS")


def test_an_entry_names_the_declared_act():
    assert statement.ENTRY["action"] == "'verification.asked'"
    assert "verification.asked" in declared()
