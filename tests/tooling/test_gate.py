"""The gate, without a server: bodies, threads, answers, kept pages, each on an event loop of the test."""

import asyncio
import gzip
import threading
import time

import pytest

from sijil.kernel.tests.loops import in_a_loop
from sijil.processes.gate.bodies import Bodies, Gone, Limits, Reason, Shut
from sijil.processes.gate.gate import Gate
from sijil.processes.gate.kept import Kept, Reply, is_for_all, takes_gzip
from sijil.processes.gate.requests import networks_of, read
from sijil.processes.gate.threads import PIECE, Head, Threads, in_pieces

QUICK = Limits(grace=0.05, rate=2_000, longest=0.2)


def scope(method="POST", path="/form/", client="10.0.0.9", **headers):
    named = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    return {
        "type": "http", "method": method, "raw_path": path.encode(), "query_string": b"", "scheme": "http",
        "http_version": "1.1", "server": ("127.0.0.1", 8000), "client": (client, 1), "headers": named,
    }  # fmt: skip


def request(**named):
    return read(scope(**named), ())


def coming(*chunks, then="end"):
    """Return a ``receive`` of these chunks; then nothing comes, or the client is gone, or it is the end."""
    left = list(chunks)

    async def receive():
        if left:
            more = len(left) > 1 or then != "end"
            return {"type": "http.request", "body": left.pop(0), "more_body": more}
        if then != "gone":
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    return receive


def taken(body):
    """Return what a body holds, and close it."""
    found = body.file.read()
    body.close()
    return found


def receive(chunks, *, then="end", limits=QUICK, largest=1000, bodies=None, **headers):
    async def run():
        body = await (bodies or Bodies(limits)).receive(
            request(**headers), coming(*chunks, then=then), largest=largest
        )
        return taken(body)

    return in_a_loop(run())


# -- bodies ------------------------------------------------------------------------------------------------


def test_a_body_comes_whole_in_whatever_pieces():
    assert receive([b"a", b"", b"bc"], content_length="3") == b"abc"


def test_a_large_body_lies_in_a_file():
    limits = Limits(in_memory=10)
    assert receive([b"x" * 100], limits=limits, content_length="100") == b"x" * 100


@pytest.mark.parametrize(
    ("chunks", "headers", "reason"),
    [
        ([], {"content_length": "1001"}, Reason.LARGE),  # declared: not a byte is read
        ([b"x" * 600, b"x" * 600], {"transfer_encoding": "chunked"}, Reason.LARGE),
        ([b"x"], {"content_length": "-1"}, Reason.MALFORMED),
        ([b"x"], {"content_length": "1e3"}, Reason.MALFORMED),
    ],
)
def test_a_body_too_large_or_without_sense_is_not_received(chunks, headers, reason):
    with pytest.raises(Shut) as shut:
        receive(chunks, then="silent", **headers)
    assert shut.value.reason is reason


def test_a_half_body_is_given_up_after_the_grace():
    with pytest.raises(Shut) as shut:
        receive([b"x"], then="silent", content_length="900")
    assert shut.value.reason is Reason.SLOW


def test_dripping_buys_no_time():
    async def drip():
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def run():
        began = asyncio.get_running_loop().time()
        with pytest.raises(Shut) as shut:
            await Bodies(QUICK).receive(request(content_length="900"), drip, largest=1000)
        return shut.value.reason, asyncio.get_running_loop().time() - began

    reason, seconds = in_a_loop(run())
    assert reason is Reason.SLOW
    assert seconds < 2


def test_who_sends_fast_enough_has_time_in_proportion_and_an_end():
    limits = Limits()
    assert [limits.end(size) for size in (0, 20_000, 100_000, 12_000_000)] == [10, 10, 50, 600]


def test_a_client_that_left_is_gone():
    with pytest.raises(Gone):
        receive([b"x"], then="gone", content_length="9")


def test_one_address_has_so_many_bodies_at_a_time_and_another_is_not_held_up():
    async def run():
        bodies = Bodies(Limits(per_address=2))
        mine = [
            asyncio.create_task(
                bodies.receive(request(content_length="9"), coming(b"x", then="silent"), largest=99)
            )
            for _ in range(2)
        ]
        await asyncio.sleep(0)
        with pytest.raises(Shut) as shut:
            await bodies.receive(request(content_length="9"), coming(b"x"), largest=99)
        other = await bodies.receive(request(client="10.0.0.8", content_length="9"), coming(b"y"), largest=99)
        for one in mine:
            one.cancel()
        await asyncio.gather(*mine, return_exceptions=True)
        again = await bodies.receive(request(content_length="9"), coming(b"z"), largest=99)
        return shut.value.reason, taken(other), taken(again)

    assert in_a_loop(run()) == (Reason.BUSY, b"y", b"z")


def test_the_process_holds_so_much_and_forgets_what_is_over():
    async def run():
        bodies = Bodies(Limits(together=100))
        first = await bodies.receive(request(content_length="80"), coming(b"x" * 80), largest=99)
        with pytest.raises(Shut) as shut:
            await bodies.receive(request(content_length="80"), coming(b"x" * 80), largest=99)
        taken(first)
        taken(await bodies.receive(request(content_length="80"), coming(b"x" * 80), largest=99))
        return shut.value.reason

    assert in_a_loop(run()) is Reason.BUSY


# -- the whole gate -----------------------------------------------------------------------------------------


def echo(environ, start):
    start("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read()]


OPEN = []


def play(run):
    """Run on a loop of its own; every thread has returned when it ends."""

    async def whole():
        try:
            return await run()
        finally:
            while OPEN:
                await OPEN.pop().threads.close()

    return in_a_loop(whole())


def refuse(request, reason):
    return Reply(Head(reason.value, (("Retry-After", "5"),)), reason.name.encode())


def gate(application=echo, *, key=lambda request: None, count=2, most=200, patience=3.0, **more):
    one = Gate(
        Threads(application, count=count, most=most, patience=patience),
        largest=lambda request: 1000,
        refuse=refuse,
        kept=Kept(key),
        bodies=Bodies(QUICK),
        **more,
    )
    OPEN.append(one)
    return one


async def ask(one, *, receive=None, send=None, **named):
    """Return status, headers and body of an answer; a cut one has no end."""
    told = []

    async def keep(message):
        told.append(message)

    await one(scope(**named), receive or coming(b""), send or keep)
    status = told[0]["status"] if told else 0
    headers = dict(told[0]["headers"]) if told else {}
    ended = bool(told) and not told[-1].get("more_body")
    return status, headers, b"".join(m.get("body", b"") for m in told), ended


def test_what_was_sent_reaches_the_application_and_its_answer_the_client():
    async def run():
        return await ask(gate(), receive=coming(b"hello"), content_length="5")

    assert play(run) == (200, {b"content-type": b"text/plain"}, b"hello", True)


def test_five_hundred_half_bodies_hold_no_thread():
    async def run():
        one = gate(patience=0.5, count=1)
        one.bodies = Bodies(Limits(per_address=1000))
        slow = [
            asyncio.create_task(ask(one, receive=coming(b"x", then="silent"), content_length="900"))
            for _ in range(500)
        ]
        await asyncio.sleep(0)
        found = await ask(one, method="GET")
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        return found[0]

    assert play(run) == 200


def test_a_slow_body_is_answered_408():
    async def run():
        return await ask(gate(), receive=coming(b"x", then="silent"), content_length="900")

    assert play(run)[::2] == (408, b"SLOW")


class Held:
    """An application that answers when it is told to."""

    def __init__(self):
        self.go = threading.Event()

    def __call__(self, environ, start):
        self.go.wait(20)
        return echo(environ, start)


def test_who_finds_no_thread_in_time_is_told_when_to_come_back():
    async def run():
        held = Held()
        one = gate(held, count=1, patience=0.05)
        first = asyncio.create_task(ask(one, method="GET"))
        await asyncio.sleep(0)
        second = await ask(one, method="GET")
        held.go.set()
        return (await first)[0], second[0], second[1]

    assert play(run) == (200, 503, {b"retry-after": b"5"})


def test_only_so_many_wait():
    async def run():
        held = Held()
        one = gate(held, count=1, most=1)
        waiting = [asyncio.create_task(ask(one, method="GET")) for _ in range(2)]
        await asyncio.sleep(0.01)
        third = await ask(one, method="GET")
        held.go.set()
        return third[0], [(await task)[0] for task in waiting]

    assert play(run) == (503, [200, 200])


def test_a_request_too_long_is_answered_and_keeps_its_thread_until_it_returns():
    async def run():
        held = Held()
        one = gate(held, count=1, patience=0.05, runs_within=0.05)
        late = await ask(one, method="GET")
        without_thread = await ask(one, method="GET")
        held.go.set()
        one.runs_within = one.threads._patience = 5
        return late[0], without_thread[0], (await ask(one, method="GET"))[0]

    assert play(run) == (503, 503, 200)


def test_long_work_is_waited_for():
    async def run():
        held = Held()
        one = gate(held, count=1, runs_within=0.01, is_long=lambda request: request.path == "/long")
        short = await ask(one, method="GET", path="/short")
        held.go.set()
        return short[0], (await ask(one, method="GET", path="/long"))[0]

    assert play(run) == (503, 200)


def test_a_process_whose_threads_never_return_says_so():
    async def run():
        held = Held()
        one = gate(held, count=1, runs_within=0.01)
        well = await ask(one, method="GET", path="/livez")
        await ask(one, method="GET")
        stuck = one.threads.are_stuck(0), one.threads.are_stuck(60)
        held.go.set()
        return well[0], stuck

    assert play(run) == (204, (True, False))


def test_a_long_answer_is_pulled_as_it_is_taken_and_dropped_when_it_is_not():
    closed = threading.Event()

    def endless(environ, start):
        start("200 OK", [])
        try:
            while True:
                yield b"x" * 100_000
        finally:
            closed.set()

    taken = []

    async def take_three(message):
        if len(taken) == 4:
            await asyncio.Event().wait()
        taken.append(message)

    async def run():
        one = gate(endless, taken_within=0.05)
        await one(scope(method="GET"), coming(b""), take_three)
        return await asyncio.to_thread(closed.wait, 20)

    assert play(run)
    assert len(taken) == 4


def test_a_download_far_longer_than_each_wait_is_not_cut():
    """As one of minutes behind the 20 s of the product: what counts is the time of one piece, not of all."""
    within, pieces = 0.5, 12
    go = threading.Semaphore(0)

    def download(environ, start):
        start("200 OK", [])
        for _ in range(pieces):
            assert go.acquire(timeout=20)
            yield b"x" * PIECE

    taken, began = [], time.monotonic()

    async def take(message):
        taken.append(message)
        await asyncio.sleep(within / 8)  # a slow line
        go.release()

    async def run():
        one = gate(download, runs_within=within, taken_within=within)
        await one(scope(method="GET"), coming(b"", then="silent"), take)

    play(run)
    assert sum(len(message.get("body", b"")) for message in taken) == pieces * PIECE
    assert not taken[-1].get("more_body")
    assert time.monotonic() - began > within


def test_an_answer_that_breaks_off_is_cut_and_one_that_never_began_is_503(caplog):
    def breaks(environ, start):
        if environ["PATH_INFO"] == "/late/":
            start("200 OK", [])
            yield b"x" * 70_000
        raise ValueError("a fault")

    async def run():
        one = gate(breaks)
        return await ask(one, method="GET", path="/late/"), await ask(one, method="GET", path="/early/")

    late, early = play(run)
    assert (late[0], late[3]) == (200, False)
    assert early[0] == 503
    assert "an answer broke off" in caplog.text


def test_pieces_are_joined_and_cut():
    assert [len(piece) for piece in in_pieces([b"a" * 10, b"", b"b" * 150_000])] == [65536, 65536, 18938]
    assert list(in_pieces([])) == []


# -- kept pages ---------------------------------------------------------------------------------------------


def page(body=b"page", status="200 OK", **headers):
    calls = []

    def application(environ, start):
        calls.append(environ["PATH_INFO"])
        start(status, [(name.replace("_", "-"), text) for name, text in headers.items()])
        return [body]

    return application, calls


def ask_twice(application, **named):
    async def run():
        one = gate(application, key=lambda request: request.path)
        await ask(one, method="GET", **named)
        return await ask(one, method="GET", **named)

    return play(run)


def test_a_public_page_is_drawn_once_and_compressed_for_who_reads_that():
    application, calls = page(b"page" * 1000, Vary="Cookie")
    status, headers, body, _ = ask_twice(application, accept_encoding="br;q=1, gzip")
    assert (status, calls) == (200, ["/form/"])
    assert gzip.decompress(body) == b"page" * 1000
    assert headers[b"vary"] == b"Cookie, Accept-Encoding"
    assert headers[b"content-length"] == str(len(body)).encode()


@pytest.mark.parametrize(
    ("body", "status", "headers"),
    [
        (b"page", "200 OK", {"Set_Cookie": "a=1"}),
        (b"page", "200 OK", {"Content_Encoding": "br"}),
        (b"page", "200 OK", {"Cache_Control": "private, no-store"}),
        (b"<input name=csrfmiddlewaretoken>", "200 OK", {}),
        (b"page", "404 Not Found", {}),
        (b"x" * 300_000, "200 OK", {}),
    ],
)
def test_what_is_somebodys_own_or_no_page_is_never_kept(body, status, headers):
    application, calls = page(body, status, **headers)
    assert ask_twice(application)[2] == body
    assert len(calls) == 2


def test_a_kept_page_is_forgotten_after_its_seconds():
    now = [0.0]
    kept = Kept(lambda request: "key", clock=lambda: now[0])
    kept.keep("key", Reply(Head(200, ()), b"page"))
    assert kept.find(request(), "key").body == b"page"
    now[0] = 30.0
    assert kept.find(request(), "key") is None


def test_gzip_refused_is_not_sent():
    assert not takes_gzip(request(accept_encoding="gzip;q=0, br"))
    assert is_for_all(Reply(Head(200, ()), b""))


# -- who asks -----------------------------------------------------------------------------------------------

TRUSTED = networks_of("10.0.0.0/24, 192.168.1.1")


@pytest.mark.parametrize(
    ("client", "told", "address"),
    [
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),  # nobody whom we trust
        ("10.0.0.9", "", "10.0.0.9"),
        ("10.0.0.9", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.9", "6.6.6.6, 198.51.100.1", "198.51.100.1"),  # the first was written by the client
        ("10.0.0.9", "6.6.6.6, 198.51.100.1, 192.168.1.1", "198.51.100.1"),
        ("10.0.0.9", "198.51.100.1, rubbish", "10.0.0.9"),
        ("::ffff:10.0.0.9", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.9", "10.0.0.7", "10.0.0.7"),
        ("10.0.0.9", "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_address_is_that_of_the_last_hop_nobody_vouches_for(client, told, address):
    found = read(scope(client=client, x_forwarded_for=told), TRUSTED)
    assert found.address == address


def test_scheme_and_host_are_believed_from_a_trusted_proxy_only():
    told = {"x_forwarded_proto": "https", "x_forwarded_host": "sijil.example", "host": "inside"}
    trusted, anybody = read(scope(**told), TRUSTED), read(scope(client="1.2.3.4", **told), TRUSTED)
    assert (trusted.scheme, trusted.headers["host"]) == ("https", "sijil.example")
    assert (anybody.scheme, anybody.headers["host"]) == ("http", "inside")
    assert not {"x-forwarded-proto", "x-forwarded-host"} & set(anybody.headers)


def test_the_environ_is_that_of_the_request():
    asked = scope(method="POST", path="/a%20b/%D8%B3%FF", content_length="3", content_type="text/x")
    asked["headers"] += [
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"remote_addr", b"6.6.6.6"),
        (b"x-a", b"1"),
    ]
    environ = read(asked, ()).environ(None, 3)
    assert environ["PATH_INFO"].encode("latin-1") == b"/a b/\xd8\xb3\xff"
    assert (environ["CONTENT_LENGTH"], environ["CONTENT_TYPE"]) == ("3", "text/x")
    assert (environ["HTTP_COOKIE"], environ["HTTP_X_A"]) == ("a=1; b=2", "1")
    assert (environ["REMOTE_ADDR"], "HTTP_REMOTE_ADDR" in environ) == ("10.0.0.9", False)
