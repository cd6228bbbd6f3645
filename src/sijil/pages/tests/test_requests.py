"""Language, guards, refusals, paging and throttling, on requests."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.translation import get_language, override

from sijil.kernel.actors import PUBLIC, citizen, officer
from sijil.kernel.allowance import Allowance
from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.pages import guards, paging, refusals, throttle
from sijil.pages.middleware import LanguageMiddleware, RefusalMiddleware

NOW = dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC)
STAFF = {
    "pk": 1,
    "is_authenticated": True,
    "kind": "staff",
    "login": "s.amrani",
    "centre_code": "C1",
    "area": "04.421",
    "roles": ["csc_officer"],
}
CITIZEN = {"pk": 2, "is_authenticated": True, "kind": "citizen", "login": "2020202051", "roles": []}


def request_of(account=None, path="/", **cookies):
    request = RequestFactory().get(path)
    request.COOKIES |= cookies
    request.user = SimpleNamespace(**account) if account else AnonymousUser()
    return request


def language_of(request):
    return LanguageMiddleware(lambda r: HttpResponse(get_language()))(request)


@pytest.mark.parametrize(
    ("cookie", "language"), [("", "ar"), ("fr", "fr"), ("zgh", "zgh"), ("en", "en"), ("xx", "ar")]
)
def test_arabic_unless_chosen(cookie, language):
    response = language_of(request_of(language=cookie))
    assert response.content.decode() == language
    assert response["Content-Language"] == language


def test_the_browser_does_not_choose():
    request = RequestFactory().get("/", headers={"Accept-Language": "en"})
    assert language_of(request).content == b"ar"


def test_choosing_keeps_the_page():
    response = language_of(request_of(path="/track/?number=K7&lang=fr"))
    assert (response.status_code, response["Location"]) == (302, "/track/?number=K7")
    assert response.cookies["language"].value == "fr"


@pytest.mark.parametrize("path", ["//evil.example/?lang=fr", "/\\evil.example/?lang=fr"])
def test_choosing_never_leaves_the_site(path):
    request = request_of(path="/?lang=fr")
    request.path = path.partition("?")[0]
    assert language_of(request)["Location"].startswith("/e")


@guards.citizen_required
def own_page(request):
    return HttpResponse("mine")


@guards.role_required("csc_officer", "administrator")
def counter(request):
    return HttpResponse("counter")


@pytest.mark.parametrize("view", [own_page, counter])
def test_nobody_goes_to_the_sign_in_page(view):
    response = view(request_of(path="/counter/?a=1"))
    assert response["Location"] == "/sign-in/?next=/counter/%3Fa%3D1"


@pytest.mark.parametrize(
    ("view", "account"),
    [
        (own_page, STAFF),
        (counter, CITIZEN),
        (counter, STAFF | {"roles": ["adjudicator"]}),
        (counter, CITIZEN | {"roles": ["csc_officer"]}),
    ],
)
def test_others_are_refused(view, account):
    with pytest.raises(Refused, match="role_missing"):
        view(request_of(account))


def test_who_may_enters():
    assert own_page(request_of(CITIZEN)).content == b"mine"
    assert counter(request_of(STAFF)).content == b"counter"


@pytest.mark.parametrize(
    ("account", "actor"),
    [
        (None, PUBLIC),
        (CITIZEN, citizen("2020202051")),
        (STAFF, officer("s.amrani", centre="C1", area="04.421", roles=["csc_officer"])),
    ],
)
def test_actor(account, actor):
    assert guards.actor_of(request_of(account)) == actor


@pytest.mark.parametrize("category", list(Category))
def test_every_kind_of_refusal_has_a_page(category):
    error = ErrorCode("tests.any", category, "Not {what}.", "Do {other}.")
    with override("en"):
        response = refusals.page(request_of(STAFF), Refused(error, what="now"))
    assert response.status_code == refusals.STATUS[category]
    assert b"Not now." in response.content
    assert b"Do {other}." in response.content


def test_only_refusals_are_caught():
    middleware = RefusalMiddleware(lambda r: HttpResponse())
    error = ErrorCode("tests.gone", Category.MISSING, "Gone.", "")
    assert middleware.process_exception(request_of(), Refused(error)).status_code == 404
    assert middleware.process_exception(request_of(), ValueError()) is None


def test_a_refusal_for_want_of_a_name_asks_to_sign_in():
    error = ErrorCode("tests.who", Category.UNAUTHENTICATED, "Who?", "")
    response = RefusalMiddleware(lambda r: HttpResponse()).process_exception(request_of(), Refused(error))
    assert response["Location"].startswith("/sign-in/")


def numbers(after, limit):
    start = int(after or 0) + 1
    return list(range(start, min(start + limit, 8)))


def test_pages_by_key_cover_all_once():
    seen, after = [], None
    while after != "":
        page = paging.by_key(numbers, after=after, key_of=lambda n: n, size=3)
        seen, after = seen + list(page.rows), page.next_key
    assert seen == list(range(1, 8))


def take(seconds=0, who="10.0.0.1", name="test"):
    throttle.take(name, who, now=NOW + dt.timedelta(seconds=seconds))


@pytest.fixture
def two(monkeypatch):
    """A limit of this test: two at once, then one a minute."""
    allowance = Allowance(burst=2, every=60)
    monkeypatch.setattr(throttle, "LIMITS", {"test": allowance})
    return allowance


def test_a_limit_that_is_not_declared_is_a_fault():
    with pytest.raises(KeyError):
        take(name="no_such_limit")


@pytest.mark.django_db
def test_what_a_wrong_clock_took_counts_no_longer_than_the_allowance(monkeypatch):
    monkeypatch.setattr(throttle, "LIMITS", {"test": Allowance(burst=2, every=60)})
    for _ in range(2):
        throttle.take("test", "clock", now=NOW + dt.timedelta(days=400))
    for _ in range(2):
        throttle.take("test", "clock", now=NOW)
    with pytest.raises(Refused):
        throttle.take("test", "clock", now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("name", throttle.LIMITS)
def test_every_limit_lets_its_burst_in_and_no_more(name):
    for _ in range(int(throttle.LIMITS[name].burst)):
        take(name=name)
    with pytest.raises(Refused, match="too_often"):
        take(name=name)


def work(units=1, address="10.0.0.1", actor=PUBLIC, seconds=0):
    throttle.work(units, actor=actor, address=address, now=NOW + dt.timedelta(seconds=seconds))


@pytest.fixture
def budget(monkeypatch):
    limits = {"work": Allowance(burst=10, every=60), "work.all": Allowance(burst=30, every=60)}
    monkeypatch.setattr(throttle, "LIMITS", limits)


@pytest.mark.django_db
def test_one_address_has_one_budget_for_all_work(budget):
    work(throttle.PAPER), work(throttle.PAPER)
    with pytest.raises(Refused, match="too_often") as refused:
        work(throttle.PAPER)
    assert refused.value.facts == {"minutes": 5, "seconds": 300}
    work(throttle.PAPER, address="10.0.0.2")
    work(throttle.PAPER, actor=citizen("4611686018427387904"))
    work(throttle.PAPER, seconds=300)


@pytest.mark.django_db
def test_when_all_ask_too_much_who_asked_little_goes_first(budget):
    for last in range(6):
        work(5, address=f"10.0.0.{last}")
    with pytest.raises(Refused, match="busy"):
        work(1, address="10.0.0.1")
    work(2, address="10.0.0.9")
    with pytest.raises(Refused, match="busy"):
        work(1, address="10.0.0.9")
    for _ in range(20):
        work(throttle.PAPER, actor=officer("salma", centre="C1"))


@pytest.mark.django_db
def test_the_table_counts_by_the_same_rule_as_memory(two):
    left, at, let_in, kept = two.burst, 0, [], []
    for seconds in (0, 10, 20, 59, 61, 75, 140, 400, 401, 402, 470):
        left, at = two.filled(left, seconds - at), seconds
        kept.append(left >= 1)
        left -= left >= 1
        let_in.append(is_let_in(seconds))
    assert let_in == kept
    assert False in kept


def is_let_in(seconds):
    try:
        take(seconds)
    except Refused:
        return False
    return True


@pytest.mark.django_db
def test_a_bucket_empties_and_fills(two):
    take()
    take()
    with pytest.raises(Refused, match="too_often"):
        take(30)
    take(61)
    take(who="10.0.0.2")


@pytest.mark.django_db
def test_a_full_bucket_holds_no_more_than_its_burst(two):
    take()
    take(3600)
    take(3600)
    with pytest.raises(Refused):
        take(3600)


@pytest.mark.django_db
def test_old_buckets_are_forgotten(two):
    take()
    assert throttle.forget_before(NOW) == 0
    assert throttle.forget_before(NOW + dt.timedelta(days=1)) == 1


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({"state": "deposited"}, "Dossier déposé, comparaison en cours"),
        ({"idcs": "2020202051"}, "2020 202 051"),
        ({"n": 2800}, "2\u202f800"), ({"day": NOW.date()}, "3 novembre 2026"), ({"code": "A-1"}, "A-1"),
        ({"state": "some_state"}, "some state"),
        ({"until": dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)}, "1er juillet 2026, 13:00"),
    ],
)  # fmt: skip
def test_facts_are_written_as_people_write_them(facts, shown):
    name = next(iter(facts))
    error = ErrorCode("tests.facts", Category.INVALID, "{" + name + "}", "")
    with override("fr"):
        assert refusals.words(Refused(error, **facts)).title == shown


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/readyz", "/v1/openapi.json", "/nowhere/", "/sign-in/"])
def test_a_method_that_nobody_needs_is_refused_before_anything_is_asked(client, method, path):
    answer = client.generic(method, path, headers={"X-Secret": "s3cret"})
    assert (answer.status_code, b"s3cret" in answer.content) == (405, False)
    assert {"GET", "POST"} <= set(answer["Allow"].split(", "))
