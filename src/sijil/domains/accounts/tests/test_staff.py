"""Accounts of staff: who asks, who activates, what ends, in every state and by every role."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from sijil.domains.accounts import errors, queries, services
from sijil.domains.accounts.models import Account, ApiToken, OneTimeLink, StaffFile, StaffFileStep
from sijil.domains.accounts.rules import Level
from sijil.domains.accounts.services import STAFF_FILES
from sijil.domains.accounts.services import staff as staff_services
from sijil.domains.accounts.states import REASONS, STAFF
from sijil.domains.accounts.tests.staff import (
    COMMAND,
    NOW,
    PASSWORD,
    TODAY,
    active,
    admin,
    ask,
    file_of,
    ready,
    with_telephone,
)
from sijil.domains.accounts.types import Wants
from sijil.kernel import actors
from sijil.kernel.actors import COUNTRY
from sijil.kernel.casework import REASON_NEEDED, ROLE_REFUSED, Role
from sijil.kernel.errors import Refused
from sijil.kernel.machine import TRANSITION_REFUSED

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def refusal(use, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        use(*args, **kwargs)
    return refused.value


def sign_in(login="n.tazi", password=PASSWORD, at=NOW, **more):
    return services.sign_in(login=login, password=password, now=at, **more)


# --- the table ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "action", "role", "allowed"), list(STAFF.cells()))
def test_every_cell_of_the_table(monkeypatch, state, action, role, allowed):
    ready()
    StaffFile.objects.filter(account__login="n.tazi").update(state=state)
    monkeypatch.setitem(staff_services.STAFF_FILES.roles.__globals__, "waits_as_first", lambda login: False)
    file, reason = file_of(), next(iter(REASONS))
    object.__setattr__(STAFF_FILES, "roles", lambda row, actor: {role})
    try:
        actor, step = actors.officer("x"), STAFF.find(state, action)
        told = {"reason": reason} if step and step.reasons else {}
        if allowed:
            assert STAFF_FILES.move(file.pk, action, actor=actor, now=NOW, **told).state == step.target
            return
        found = refusal(STAFF_FILES.move, file.pk, action, actor=actor, now=NOW, **told)
        assert found.error is (ROLE_REFUSED if step else TRANSITION_REFUSED)
    finally:
        object.__setattr__(STAFF_FILES, "roles", staff_services._roles)


@pytest.mark.parametrize(
    ("actor", "found"),
    [
        (actors.officer("amal", roles=["administrator"]), {Role.MANAGER}),
        (actors.officer("badr", roles=["administrator"]), {Role.MANAGER, Role.SECOND_OFFICER}),
        (actors.officer("n.tazi", roles=["administrator"]), set()),
        (actors.officer("badr", roles=["csc_officer", "auditor"]), set()),
        (COMMAND, {Role.SYSTEM}),
        (actors.partner("bank"), set()),
        (actors.citizen("2020202051"), set()),
    ],
)
def test_what_somebody_is_to_an_account(actor, found):
    ask()
    assert staff_services._roles(file_of(), actor) == found


# --- asking and activating ----------------------------------------------------------------------------------


def test_one_asks_its_owner_chooses_a_password_another_activates(log):
    made = ask()
    assert refusal(sign_in).error is errors.SIGN_IN_REFUSED
    services.use_link(token=made.token, password=PASSWORD, now=NOW)
    assert sign_in().wants is Wants.ACTIVATION
    services.activate_staff(login="n.tazi", actor=admin("badr"), now=NOW)
    signed = sign_in()
    assert (signed.wants, signed.roles, signed.area, signed.name) == (
        Wants.NOTHING, ("adjudicator",), "04", "Nadia Tazi",
    )  # fmt: skip
    steps = [(s.action, s.actor_id) for s in StaffFileStep.objects.filter(file=file_of())]
    assert steps == [("request", "amal"), ("activate", "badr")]
    written = [(act, who) for act, who, subject, _ in log.entries if subject == "n.tazi"]
    assert written == [("staff.requested", "amal"), ("staff.activated", "badr")]


def test_who_asked_does_not_activate():
    ready(by=admin("amal"))
    found = refusal(services.activate_staff, login="n.tazi", actor=admin("amal"), now=NOW)
    assert found.error is ROLE_REFUSED
    assert not Account.objects.get(login="n.tazi").is_active


def test_nobody_activates_or_closes_the_own_account():
    ready("carim", by=COMMAND, roles=["administrator"], area=COUNTRY, level=Level.COUNTRY)
    Account.objects.filter(login="carim").update(is_active=True)
    own = actors.officer("carim", roles=["administrator"])
    assert refusal(services.activate_staff, login="carim", actor=own, now=NOW).error is ROLE_REFUSED
    close = {"login": "carim", "reason": "left", "actor": own, "now": NOW}
    assert refusal(services.close_staff, **close).error is ROLE_REFUSED


def test_an_account_without_password_is_not_activated():
    ask()
    found = refusal(services.activate_staff, login="n.tazi", actor=admin("badr"), now=NOW)
    assert found.error is errors.NOT_READY


def test_what_a_command_asked_for_any_one_administrator_activates():
    ready(by=COMMAND)
    assert refusal(services.activate_staff, login="n.tazi", actor=COMMAND, now=NOW).error is ROLE_REFUSED
    services.activate_staff(login="n.tazi", actor=admin("amal"), now=NOW)
    assert sign_in().is_let_in


def test_an_administrator_whose_own_account_ended_does_nothing():
    gone = admin("amal")
    ready(by=COMMAND)
    Account.objects.filter(login="amal").update(valid_from=TODAY - 9 * DAY, valid_until=TODAY - DAY)
    by = {"actor": gone, "now": NOW}
    for use, more in (
        (services.activate_staff, {"login": "n.tazi"}),
        (services.close_staff, {"login": "n.tazi", "reason": "left"}),
        (services.ask_anew, {"login": "n.tazi"}),
    ):
        assert refusal(use, **more, **by).error is ROLE_REFUSED
    assert refusal(ask, "other", by=gone).error is ROLE_REFUSED


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"login": "N.Tazi"}, errors.LOGIN_INVALID),
        ({"roles": []}, errors.ROLE_NONE),
        ({"roles": ["emperor"]}, errors.ROLE_UNKNOWN),
        ({"roles": ["administrator", "csc_officer"]}, errors.ROLES_APART),
        ({"roles": ["auditor", "programme_manager"]}, errors.ROLES_APART),
        ({"roles": ["auditor", "administrator"]}, errors.ROLES_APART),
        ({"roles": ["adjudicator", "csc_officer"]}, errors.ROLES_APART),
        ({"roles": ["adjudicator", "supervisor"]}, errors.ROLES_APART),
        ({"roles": ["adjudicator", "programme_manager"]}, errors.ROLES_APART),
        ({"roles": ["csc_officer", "programme_manager"]}, errors.ROLES_APART),
        ({"roles": ["csc_officer"]}, errors.AREA_UNFIT),
        ({"roles": ["auditor"]}, errors.AREA_UNFIT),
        ({"level": Level.CENTRE}, errors.AREA_UNFIT),
        ({"until": TODAY - DAY}, errors.VALIDITY_WRONG),
        ({"starts_on": TODAY + 9 * DAY, "until": TODAY + DAY}, errors.VALIDITY_WRONG),
    ],
)
def test_what_is_refused_at_asking(changes, error):
    assert refusal(ask, **changes).error is error
    assert not StaffFile.objects.exclude(account__login="amal").exists()


def test_an_officer_is_at_times_the_supervisor_of_the_same_centre():
    ask(roles=["csc_officer", "supervisor"], area="04.421.01.0", centre="04.421.01.01", level=Level.CENTRE)
    assert Account.objects.get(login="n.tazi").roles == ["csc_officer", "supervisor"]


def test_a_login_is_given_once():
    ask()
    assert refusal(ask).error is errors.LOGIN_TAKEN


@pytest.mark.parametrize("name", [" ", "x" * 121])
def test_a_name_is_needed(name):
    with pytest.raises(Refused, match="name_missing"):
        services.create_staff(login="x.y", name=name, password=PASSWORD, roles=["auditor"], now=NOW)


# --- what ends ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("use", [services.suspend_staff, services.close_staff])
def test_all_by_which_an_account_is_in_ends_at_once(use):
    account = active()
    token = services.create_token(account=sign_in(), now=NOW).token
    before = account.get_session_auth_hash()
    use(login="n.tazi", reason="incident", actor=admin("amal"), now=NOW)
    account.refresh_from_db()
    assert account.get_session_auth_hash() != before
    assert refusal(sign_in).error is errors.SIGN_IN_REFUSED
    assert refusal(queries.get_token_account, token, now=NOW).error is errors.TOKEN_INVALID
    assert ApiToken.objects.get().revoked_at == NOW
    assert StaffFileStep.objects.last().reason == "incident"


def test_a_closed_account_is_closed_for_ever():
    active()
    services.close_staff(login="n.tazi", reason="left", actor=COMMAND, now=NOW)
    for action in STAFF.actions:
        found = refusal(STAFF_FILES.move, file_of().pk, action, actor=COMMAND, now=NOW, reason="left")
        assert found.error is TRANSITION_REFUSED


def test_closing_asks_for_a_reason_of_the_list():
    active()
    for reason in ("", "because"):
        found = refusal(services.close_staff, login="n.tazi", reason=reason, actor=COMMAND, now=NOW)
        assert found.error is REASON_NEEDED


def test_a_link_not_used_ends_with_its_account():
    made = ask()
    services.close_staff(login="n.tazi", reason="mistake", actor=COMMAND, now=NOW)
    found = refusal(services.use_link, token=made.token, password=PASSWORD, now=NOW)
    assert found.error is errors.LINK_INVALID


def test_asked_anew_everything_begins_again_and_the_other_one_activates():
    account = active()
    with_telephone()
    made = services.ask_anew(login="n.tazi", until=TODAY + DAY, actor=admin("badr"), now=NOW)
    account.refresh_from_db()
    assert (account.is_active, account.password_set_at, account.valid_until) == (False, None, TODAY + DAY)
    assert (file_of().factor_step, bytes(file_of().sealed), file_of().asked_by) == (None, b"", "badr")
    assert refusal(sign_in).error is errors.SIGN_IN_REFUSED
    services.use_link(token=made.token, password="une autre phrase", now=NOW)
    activate = {"login": "n.tazi", "now": NOW}
    assert refusal(services.activate_staff, actor=admin("badr"), **activate).error is ROLE_REFUSED
    services.activate_staff(actor=admin("amal"), **activate)
    assert sign_in(password="une autre phrase").is_let_in


def test_a_day_that_has_passed_is_no_new_last_day():
    active()
    asked = {"login": "n.tazi", "actor": COMMAND, "now": NOW}
    assert refusal(services.ask_anew, until=TODAY - DAY, **asked).error is errors.VALIDITY_WRONG
    assert sign_in().is_let_in


def test_an_account_is_used_on_its_days_alone():
    active(starts_on=TODAY + DAY, until=TODAY + 2 * DAY)
    token = services.create_token(account=sign_in(at=NOW + DAY), now=NOW + DAY).token
    assert [refusal(sign_in, at=NOW + n * DAY).error for n in (0, 3)] == [errors.SIGN_IN_REFUSED] * 2
    assert sign_in(at=NOW + 2 * DAY).is_let_in
    Account.objects.filter(login="n.tazi").update(valid_until=TODAY + DAY)
    assert queries.get_token_account(token, now=NOW + DAY).login == "n.tazi"
    late = NOW + DAY + dt.timedelta(hours=20)
    ApiToken.objects.update(expires_at=late + DAY)
    assert refusal(queries.get_token_account, token, now=late).error is errors.TOKEN_INVALID
    found = refusal(queries.get_account, Account.objects.get(login="n.tazi").pk, now=late)
    assert found.error is errors.ACCOUNT_MISSING
    assert "n.tazi" not in {account.login for account in queries.list_in_force(now=late)}


def test_the_days_end_after_they_begin():
    with pytest.raises(IntegrityError, match="ends_after_it_begins"), transaction.atomic():
        Account.objects.create(
            login="x.y", kind="staff", created_at=NOW, valid_from=TODAY, valid_until=TODAY - DAY
        )


# --- two at once --------------------------------------------------------------------------------------------


def at_once(*uses):
    """Run each in a thread of its own; return what came of it, the error or None."""

    def run(use):
        try:
            use()
        except Refused as refused:
            return refused.error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(uses)) as pool:
        return list(pool.map(run, uses))


@pytest.mark.django_db(transaction=True)
def test_two_administrators_activate_at_once_and_it_is_done_once(log):
    ready(by=COMMAND)
    both = [admin("amal"), admin("badr")]
    found = at_once(*(lambda a=a: services.activate_staff(login="n.tazi", actor=a, now=NOW) for a in both))
    assert sorted(found, key=str) == sorted([None, TRANSITION_REFUSED], key=str)
    assert StaffFileStep.objects.filter(file=file_of(), action="activate").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_activates_while_another_closes_and_the_account_ends_closed_or_the_activation_is_refused(log):
    ready(by=COMMAND)
    activator, closer = admin("amal"), admin("badr")
    found = at_once(
        lambda: services.activate_staff(login="n.tazi", actor=activator, now=NOW),
        lambda: services.close_staff(login="n.tazi", reason="left", actor=closer, now=NOW),
    )
    assert found[0] in (None, TRANSITION_REFUSED)
    assert found[1] is None
    assert (file_of().state, Account.objects.get(login="n.tazi").is_active) == ("closed", False)


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_close_each_other_one_is_too_late(log):
    pair = [admin("amal"), admin("badr")]
    found = at_once(
        lambda: services.close_staff(login="badr", reason="left", actor=pair[0], now=NOW),
        lambda: services.close_staff(login="amal", reason="left", actor=pair[1], now=NOW),
    )
    assert sorted(found, key=str) == sorted([None, ROLE_REFUSED], key=str)
    assert Account.objects.filter(is_active=True).count() == 1


# --- the first two ------------------------------------------------------------------------------------------


def begin():
    """Make the first two and let both choose a password; return their logins."""
    made = services.found(actor=COMMAND, now=NOW)
    for link in made:
        services.use_link(token=link.token, password=PASSWORD, name="Amal", now=NOW)
    return [link.login for link in made]


def test_the_first_two_activate_each_other():
    one, other = begin()
    assert sign_in(one).wants is sign_in(other).wants is Wants.ACTIVATION
    services.activate_staff(login=other, actor=actors.officer(one), now=NOW)
    services.activate_staff(login=one, actor=actors.officer(other, roles=["administrator"]), now=NOW)
    assert sign_in(one).is_let_in
    assert sign_in(other).is_let_in


def test_a_first_one_who_waits_does_nothing_else():
    one, other = begin()
    ready(by=COMMAND)
    waiting = actors.officer(one)
    for login in ("n.tazi", one):
        found = refusal(services.activate_staff, login=login, actor=waiting, now=NOW)
        assert found.error is ROLE_REFUSED
    close = {"login": other, "reason": "left", "actor": waiting, "now": NOW}
    assert refusal(services.close_staff, **close).error is ROLE_REFUSED
    claims = actors.officer(one, roles=["administrator"])
    assert refusal(services.activate_staff, login=one, actor=claims, now=NOW).error is ROLE_REFUSED


def test_a_first_one_without_password_is_not_activated_and_activates_nobody():
    one, other = (link.login for link in services.found(actor=COMMAND, now=NOW))
    found = refusal(services.activate_staff, login=other, actor=actors.officer(one), now=NOW)
    assert found.error is ROLE_REFUSED


def test_repeated_the_same_two_get_new_links_and_the_old_ones_end():
    old = services.found(actor=COMMAND, now=NOW)
    new = services.found(actor=COMMAND, now=NOW)
    logins = ["administrator.1", "administrator.2"]
    assert [link.login for link in old] == [link.login for link in new] == logins
    assert refusal(services.check_link, token=old[0].token, now=NOW).error is errors.LINK_INVALID
    assert services.check_link(token=new[0].token, now=NOW) == ("administrator.1", True)
    assert Account.objects.count() == 2


def test_refused_once_an_administrator_is_active_and_open_again_when_none_is():
    admin("amal")
    assert refusal(services.found, actor=COMMAND, now=NOW).error is errors.FIRST_DONE
    Account.objects.filter(login="amal").update(valid_from=TODAY - DAY, valid_until=TODAY - DAY)
    assert len(services.found(actor=COMMAND, now=NOW)) == 2


def test_a_login_that_was_closed_is_not_given_again():
    services.found(actor=COMMAND, now=NOW)
    services.close_staff(login="administrator.1", reason="mistake", actor=COMMAND, now=NOW)
    again = services.found(actor=COMMAND, now=NOW)
    assert [link.login for link in again] == ["administrator.2", "administrator.3"]


@pytest.mark.django_db(transaction=True)
def test_two_starts_at_once_make_two_administrators(log):
    assert at_once(*[lambda: services.found(actor=COMMAND, now=NOW)] * 2) == [None, None]
    assert Account.objects.count() == OneTimeLink.objects.count() == 2


# --- reading ------------------------------------------------------------------------------------------------


def test_the_list_goes_on_after_a_login_and_leaves_out_what_is_closed():
    for login in ("a.one", "b.two", "c.three"):
        ask(login, by=COMMAND)
    services.close_staff(login="b.two", reason="left", actor=COMMAND, now=NOW)
    assert [a.login for a in queries.list_staff(now=NOW)] == ["a.one", "c.three"]
    assert [a.login for a in queries.list_staff(now=NOW, closed=True, after="a.one", limit=1)] == ["b.two"]


def test_what_may_be_done_depends_on_who_looks():
    ready(by=admin("amal"))
    may = {login: services.staff_actions(login="n.tazi", actor=admin(login)) for login in ("amal", "badr")}
    assert may == {"amal": ("ask_anew", "close"), "badr": ("activate", "ask_anew", "close")}
    assert services.staff_actions(login="amal", actor=admin("amal")) == ()
    assert refusal(services.staff_actions, login="nobody", actor=COMMAND).error is errors.ACCOUNT_MISSING
