"""``sijil partner``, ``sijil events`` and ``sijil verify-audit``, run in this process."""

import datetime as dt
import json
import re
from itertools import count

import pytest
from django.db import transaction
from joserfc.jwk import OKPKey
from typer.testing import CliRunner

from sijil.console import build
from sijil.console.staff import begin
from sijil.domains.accounts.services import create_staff
from sijil.domains.audit.acts import CONSULTATIONS_READ
from sijil.domains.audit.adapters.choice import seal
from sijil.domains.audit.queries import list_entries
from sijil.domains.audit.services import seal_pending
from sijil.domains.events.services import note_failure
from sijil.domains.notifications.adapters import GatewayFailed
from sijil.domains.notifications.queries import count_by_state
from sijil.domains.notifications.services import queue_message
from sijil.domains.notifications.services.sending import _claim, _mark_failed
from sijil.domains.partners.queries import authenticate_client, get_partner
from sijil.journeys.events import publish, take_step
from sijil.kernel.actors import system
from sijil.kernel.acts import record
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key
from sijil.kernel.tests.guards import falsify

pytestmark = pytest.mark.django_db(transaction=True)
NOW = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)
ADD = [
    "partner",
    "add",
    "bank",
    "--name-ar",
    "بنك",
    "--name-fr",
    "Banque",
    "--purpose",
    "credit|قرض|crédit|credit",
]


@pytest.fixture
def run():
    """Run the command line; return (exit code, output)."""

    def run(*arguments):
        done = CliRunner().invoke(build(arguments), list(arguments))
        return done.exit_code, done.output

    return run


@pytest.fixture
def sealed(settings, tmp_path):
    """Two sealed roots, with keys of this test alone; returns the ids of the entries."""
    settings.HOME = tmp_path
    ids = []
    for n in range(2):
        record(CONSULTATIONS_READ, actor=system("x"), subject=str(n), now=NOW)
        ids += [entry.id for entry in list_entries(str(n))]
        seal_pending(now=NOW)
    return ids


@pytest.fixture
def given_up():
    """Two messages that no gateway took, and one to a fixed line."""
    with transaction.atomic():
        keys = [
            queue_message(
                channel="sms", to=to, template="household_scored", language="fr",
                facts={"number": "K7QD-4M2X-9T"}, subject="K7QD4M2X9T", now=NOW,
            )
            for to in ("+212612345678", "+212612345679", "+212522334455")
        ]  # fmt: skip
    for key in keys[:2]:
        [message] = _claim([key], NOW)
        _mark_failed(message, GatewayFailed("provider down", permanent=True), NOW)
    return keys


def test_dead_messages_are_listed_without_recipient_or_text(run, given_up):
    code, output = run("messages", "dead")
    assert code == 0
    assert all(str(key) in output for key in given_up)
    assert output.count("provider down") == 2
    assert "landline" in output
    assert "612345" not in output
    assert "K7QD" not in output


def test_one_dead_message_is_queued_again(run, given_up):
    assert run("messages", "revive", str(given_up[0]))[0] == 0
    assert count_by_state() == {"queued": 1, "sending": 0, "sent": 0, "delivered": 0, "dead": 2}
    (entry,) = list_entries("K7QD4M2X9T")
    assert (entry.action, entry.actor_id) == ("message.revived", "sijil messages")


def test_all_dead_messages_are_queued_again_but_those_to_fixed_lines(run, given_up):
    assert run("messages", "revive", "--all")[1] == "2 queued again.\n"
    assert count_by_state()["dead"] == 1


@pytest.mark.parametrize("arguments", [(), ("x",), (str(new_key()), "--all")])
def test_reviving_asks_for_one_or_all(run, arguments):
    assert run("messages", "revive", *arguments)[0] == 2


def test_a_message_that_is_not_there_is_refused(run):
    with pytest.raises(Refused, match="message_missing"):
        build(["messages"])(["messages", "revive", str(new_key())], standalone_mode=False)


def test_a_partner_from_registration_to_suspension(run):
    code, output = run(*ADD)
    given = dict(line.split("=", 1) for line in output.splitlines() if line.startswith("CLIENT"))
    assert code == 0
    assert authenticate_client(given["CLIENT_ID"], given["CLIENT_SECRET"]).code == "bank"
    assert [run("partner", step, "bank")[0] for step in ("suspend", "resume", "rotate")] == [0, 0, 0]
    assert get_partner("bank").state == "active"
    assert [e.action for e in reversed(list_entries("partner:bank"))] == [
        "partner.registered", "partner.suspended", "partner.resumed", "partner.secret_rotated",
    ]  # fmt: skip
    assert "Banque" in run("partner", "list")[1]


def test_the_right_to_tell_events_is_given_only_by_name(run):
    assert run(*ADD)[0] == 0
    assert get_partner("bank").scopes == ("verification",)
    assert run("partner", "add", "status", *ADD[3:], "--scope", "source")[0] == 0
    assert get_partner("status").scopes == ("source",)
    assert run("partner", "add", "other", *ADD[3:], "--scope", "everything")[0] == 1


@pytest.mark.parametrize("is_dashed", [False, True])
def test_a_key_is_added_listed_and_removed(run, tmp_path, is_dashed):
    run(*ADD)
    drawn = (OKPKey.generate_key("Ed25519") for _ in count())
    key = next(key for key in drawn if key.thumbprint().startswith("-") is is_dashed)
    public, private = tmp_path / "public.jwk", tmp_path / "private.jwk"
    public.write_text(json.dumps(key.as_dict(private=False)))
    private.write_text(json.dumps(key.as_dict(private=True)))
    kid = key.thumbprint()
    assert run("partner", "add-key", "bank", str(public)) == (0, f"KID={kid}\n")
    assert kid in run("partner", "keys", "bank")[1]
    assert run("partner", "add-key", "bank", str(private))[0] == 1
    assert [run("partner", "remove-key", "bank", kid)[0] for _ in range(2)] == [0, 1]
    written = [entry.action for entry in list_entries("partner:bank")]
    assert written[:2] == ["partner.key_removed", "partner.key_added"]


@pytest.mark.parametrize("text", ["no JSON", "[]", "1"])
def test_a_file_that_holds_no_key_is_explained(run, tmp_path, text):
    run(*ADD)
    file = tmp_path / "key"
    file.write_text(text)
    assert run("partner", "add-key", "bank", str(file))[0] == 2


@pytest.fixture
def failed():
    """A death whose step has failed, and another about a number that nobody has; return their numbers."""
    found = []
    for number, reason in (("D-1", "ValueError"), ("D-2", "")):
        with transaction.atomic():
            kept = publish(
                "civil.death", subject="2574081639", effective_on=NOW.date(), source="civil-status",
                source_id=number, actor=system("tests"), now=NOW,
            )  # fmt: skip
        found.append(str(kept.id))
        if reason:
            note_failure(event_id=kept.id, step="civil_events.enter_death", reason=reason, now=NOW)
    take_step(event_id=kept.id, step="civil_events.enter_death", now=NOW)
    return found


def test_what_failed_is_listed_and_taken_again(run, failed):
    first, second = failed
    assert all(number in run("events", "list")[1] for number in failed)
    only_failed, only_unmatched = (run("events", "list", f"--{w}")[1] for w in ("failed", "unmatched"))
    assert (first in only_failed, second in only_failed) == (True, False)
    assert (first in only_unmatched, second in only_unmatched) == (False, True)
    assert "ValueError" in only_failed
    assert run("events", "replay", first) == (0, "Asked again: civil_events.enter_death.\n")
    assert first not in run("events", "list", "--failed")[1]


def test_a_replay_of_what_is_not_there(run, failed):
    assert run("events", "replay", "x")[0] == 2
    assert run("events", "replay", "01a20157-3558-7846-8124-e9a77553cd10")[0] == 1
    assert run("events", "replay", failed[0], "other.step")[0] == 1


@pytest.mark.parametrize("purpose", ["credit", "a|b|c", "a|b|c|d|e"])
def test_a_purpose_in_the_wrong_shape_is_explained(run, purpose):
    code, output = run(*ADD[:-1], purpose)
    assert code == 2
    assert "CODE|Arabic|French|English" in output


def test_a_whole_log(run, sealed):
    code, output = run("verify-audit")
    assert code == 0
    assert "2 roots over 2 entries; 0 entries are not sealed yet" in output
    assert "The audit log is whole." in output


def test_a_head_can_be_noted_and_given_back(run, sealed):
    head = run("verify-audit")[1].splitlines()[-1].removeprefix("Head: ")
    assert run("verify-audit", "--anchor", head)[0] == 0
    assert run("verify-audit", "--anchor", "1" + head[1:])[0] == 1
    assert run("verify-audit", "--anchor", "nonsense")[0] == 2


def test_a_broken_log_names_its_first_broken_root(run, sealed):
    falsify("UPDATE audit_entry SET subject = 'x' WHERE id = %s", sealed[1])
    code, output = run("verify-audit")
    assert code == 1
    assert "BROKEN: an entry under root 2 was altered." in output
    assert "NOT whole: first at root 2" in output


def test_a_cut_off_end_can_be_accepted_after_a_restore(run, sealed):
    falsify("DELETE FROM audit_entry WHERE id = %s", sealed[1])
    falsify("DELETE FROM audit_root WHERE number = 2")
    assert run("verify-audit")[0] == 1
    assert run("verify-audit", "--accept-head")[0] == 0
    assert seal().read_head().number == 1


def test_the_proof_of_an_entry(run, sealed):
    code, output = run("verify-audit", "--entry", str(sealed[0]))
    assert code == 0
    assert "leaf 0 of 1 under root 1" in output
    falsify("UPDATE audit_root SET tree = %s WHERE number = 1", bytes(32))
    assert run("verify-audit", "--entry", str(sealed[0]))[0] == 1


# --- staff --------------------------------------------------------------------------------------------------

STAFF = ["staff", "add", "s.alami", "--name", "Salma Alami", "--role", "auditor", "--area", "country"]


def links(output):
    return re.findall(r"/account/link/([\w-]{43})/", output)


def test_the_first_start_prints_two_links_once(run, capsys):
    begin()
    assert len(set(links(capsys.readouterr().out))) == 2
    begin()
    assert capsys.readouterr().out == ""
    code, output = run("staff", "first")
    assert (code, len(links(output))) == (0, 2)


def test_first_is_refused_while_an_administrator_is_active(run):
    create_staff(
        login="amal", name="Amal", password="le figuier du jardin", roles=["administrator"], area="country",
        now=NOW,
    )  # fmt: skip
    with pytest.raises(Refused, match="first_done"):
        build(["staff"])(["staff", "first"], standalone_mode=False)


def test_an_account_from_asking_to_closing(run):
    code, output = run(*STAFF, "--until", "2126-12-31")
    assert (code, len(links(output))) == (0, 1)
    assert re.search(
        r"s\.alami +auditor +country +2126-12-31 +requested +no +sijil staff", run("staff", "list")[1]
    )
    assert links(run("staff", "reset", "s.alami")[1]) != links(output)
    assert run("staff", "close", "s.alami", "--reason", "left")[0] == 0
    assert "s.alami" not in run("staff", "list")[1]
    listed = run("staff", "list", "--closed")[1]
    assert "closed" in listed
    assert "Alami" not in listed.replace("s.alami", "")


@pytest.mark.parametrize(
    ("changes", "code"),
    [(["--from", "tomorrow"], 2), (["--role", "administrator"], 1), (["--area", "centre:nowhere"], 1)],
)
def test_what_cannot_be_asked_for(run, changes, code):
    assert run(*STAFF, *changes)[0] == code
    assert "s.alami" not in run("staff", "list", "--closed")[1]


def test_the_keys_of_receipts_are_changed_and_withdrawn(run, settings, tmp_path):
    settings.HOME = tmp_path
    first = run("keys", "receipts")[1].partition(":")[0]
    assert run("keys", "rotate-receipts")[0] == 0
    assert f"{first}: checks\n" in run("keys", "receipts")[1]
    assert f"{first}: withdrawn\n" in run("keys", "withdraw-receipts", first)[1]
    assert run("keys", "withdraw-receipts", first)[0] == 2
