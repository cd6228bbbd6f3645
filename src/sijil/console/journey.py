"""``sijil journey``: both journeys over HTTP against the running system, each step printed.

A newcomer who never touched the system: form, counter, number, account, household, score, verification.
It uses the ready accounts of the demo and reads the messages in the demo inbox, as a visitor would.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
import time
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from sijil.console.output import say

# Attested names in both scripts; who appears is drawn at each run.
SURNAMES = (("السملالي", "Semlali"), ("الزياني", "Ziani"), ("أيت حدو", "Ait Haddou"), ("بركاش", "Bargach"))
GIVEN = {
    "F": (("سعاد", "Souad"), ("نادية", "Nadia"), ("تودة", "Touda"), ("إلهام", "Ilham")),
    "M": (("حميد", "Hamid"), ("باسو", "Bassou"), ("رضوان", "Redouane"), ("عزيز", "Aziz")),
}
COMMUNE = "04.421.01.0"  # Rabat
CENTRE = "04.421.01.01"  # Agdal Riyad, where the demo's officer works
PATIENCE_S = 90


class StepFailed(Exception):
    """A step was answered otherwise than the journey needs; the sentence says how."""


class Caller:
    """One HTTP client that says what it does and refuses what it does not understand."""

    def __init__(self, web: str, verify: str) -> None:
        import httpx

        self.web = httpx.Client(base_url=web, timeout=30)
        self.partner = httpx.Client(base_url=verify, timeout=30)

    def call(self, method: str, path: str, *, expect: int = 200, token: str = "", **options: Any) -> Any:
        """Call the web process; return the JSON (or bytes). Raises: StepFailed with the problem's words."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self.web.request(method, f"/v1{path}", headers=headers, **options)
        if answer.status_code != expect:
            raise StepFailed(f"{method} {path} answered {answer.status_code}: {answer.text[:400]}")
        kind = answer.headers.get("content-type", "")
        return answer.json() if "json" in kind and answer.content else answer.content

    def sign_in(self, login: str, password: str) -> str:
        body = {"login": login, "password": password}
        return str(self.call("POST", "/sessions", expect=201, json=body)["token"])


def journey(
    web: Annotated[str, typer.Option(help="Address of the web process.")] = "",
    verify: Annotated[str, typer.Option(help="Address of the verification process.")] = "",
) -> None:
    """Run the person journey and the household journey over HTTP, and print each step.

    The system must be running (`sijil demo`). Exit code 1, with a sentence, when a step fails.
    """
    import httpx

    from sijil.processes.environment import environment

    env = environment()
    caller = Caller(web or f"http://{env.host}:{env.port}", verify or f"http://{env.host}:{env.verify_port}")
    try:
        ready = json.loads((env.home / "demo-accounts.json").read_text())
        person = register_a_person(caller, ready)
        verify_the_person(caller, ready, person)
        register_a_household(caller, person)
    except FileNotFoundError:
        say(f"No demo in {env.home}: start it first with ./run demo.")
        raise typer.Exit(1) from None
    except (StepFailed, httpx.TransportError) as problem:
        say(f"✗ {problem}")
        raise typer.Exit(1) from None
    say("Both journeys are done.")


def register_a_person(caller: Caller, ready: Mapping[str, str]) -> dict[str, str]:
    """Pre-registration, counter, comparison: return the person with the IDCS."""
    person = draw_person()
    say(f"1  {person['first_name_fr']} {person['last_name_fr']}, born {person['birth']}, pre-registers.")
    slot = caller.call("GET", f"/centres/{CENTRE}/slots")[0]
    body = {**person, "slot_id": slot["id"], "language": "fr", "proof": confirm(caller, person["phone"])}
    number = caller.call("POST", "/pre-registrations", expect=201, json=body)["number"]
    say(f"   Request {number}, slot {slot['starts_at']}.")
    officer = caller.sign_in("officer.agdal", ready["officer.agdal"])
    deposit(caller, officer, number)
    state = wait_for_decision(caller, number)
    say(f"4  The register compared the file with everyone known: {state}.")
    if state != "registered":
        raise StepFailed(f"request {number} is {state}: somebody alike is known; run the command again")
    found = read_message(caller, person["phone"], r"IDCS est le (\d{4} \d{3} \d{3})")
    person["idcs"] = found.replace(" ", "")
    say(f"5  The person reads the identifier on the telephone: {person['idcs']}.")
    return person


def confirm(caller: Caller, phone: str) -> str:
    """Prove the telephone by the code that is sent there."""
    asked = caller.call("POST", "/contact-codes", expect=202, json={"phone": phone})
    code = read_message(caller, phone, r"\b(\d{6})\b")
    say("   The telephone is confirmed by a code.")
    path = f"/contact-codes/{asked['challenge_id']}/confirm"
    return str(caller.call("POST", path, json={"code": code})["proof"])


def deposit(caller: Caller, officer: str, number: str) -> None:
    """The officer's steps: open the file, capture, receive, print."""
    from sijil.domains.biometrics.samples import draw
    from sijil.domains.population_register.rules import form_on
    from sijil.kernel.dates import legal_day

    read = caller.call("GET", f"/files/{number}", token=officer)["identity"]
    say("2  The officer opens the file, compares the papers, and takes the face and both irises.")
    compared = form_on(legal_day(dt.datetime.now(dt.UTC))).body.compared
    paper = {field.id: read[field.id] for field in compared}
    caller.call("POST", f"/files/{number}/comparison", token=officer, json=paper)
    seed = secrets.randbelow(2**31)
    for modality in ("face", "iris_left", "iris_right"):
        picture = {"picture": (f"{modality}.png", draw(seed, modality), "image/png")}
        path = f"/files/{number}/captures"
        caller.call("POST", path, expect=204, token=officer, data={"modality": modality}, files=picture)
    caller.call("POST", f"/files/{number}/deposit", expect=204, token=officer)
    receipt = caller.call("GET", f"/files/{number}/receipt.pdf", token=officer)
    say(f"3  The file is received; the receipt is a PDF of {len(receipt) // 1024} kB.")


def wait_for_decision(caller: Caller, number: str) -> str:
    """Follow the request by its number, as anybody may, until the worker has decided."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        state = str(caller.call("GET", f"/requests/{number}")["state"])
        if state != "deposited":
            return state
        time.sleep(0.5)
    raise StepFailed(f"request {number} is still deposited after {PATIENCE_S} s: is the worker running?")


def read_message(caller: Caller, phone: str, pattern: str) -> str:
    """Return what ``pattern`` finds in the newest message of a telephone that has it."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        for message in caller.call("GET", "/demo/messages", params={"to": phone}):
            if found := re.search(pattern, message["body"]):
                return found[1]
        time.sleep(0.5)
    raise StepFailed(f"no message like {pattern!r} reached {phone}")


def verify_the_person(caller: Caller, ready: Mapping[str, str], person: Mapping[str, str]) -> None:
    """A bank asks; then with a wrong birth date; then about a number that nobody has."""
    from sijil.kernel.ids import draw_idcs

    credentials = {
        "grant_type": "client_credentials",
        "client_id": ready["bank-atlas client"],
        "client_secret": ready["bank-atlas"],
    }
    answer = caller.partner.post("/oauth2/token", data=credentials)
    if answer.status_code != 200:
        raise StepFailed(f"the partner got no token: {answer.text[:300]}")
    token = answer.json()["access_token"]
    asked = {"idcs": person["idcs"], "birth_date": person["birth"], "sex": person["sex"]}
    trials = (
        ("the right data", asked, "match"),
        ("a wrong year", {**asked, "birth_date": "1931"}, "no_match"),
        ("an unknown number", {**asked, "idcs": draw_idcs()}, "no_match"),
    )
    for name, body, expected in trials:
        found = verify_once(caller, token, body)
        if found != expected:
            raise StepFailed(f"verification with {name}: {found} instead of {expected}")
        say(f"6  The bank verifies with {name}: {found}.")


def verify_once(caller: Caller, token: str, body: Mapping[str, str]) -> str:
    headers = {"Authorization": f"Bearer {token}"}
    asked = {**body, "purpose": "account-opening"}
    answer = caller.partner.post("/v1/verifications", headers=headers, json=asked)
    if answer.status_code != 200:
        raise StepFailed(f"verification answered {answer.status_code}: {answer.text[:300]}")
    return str(answer.json()["result"])


def register_a_household(caller: Caller, person: Mapping[str, str]) -> None:
    """Account by code and password; the form, driven by its metadata; the score with its terms."""
    citizen = open_account(caller, person)
    caller.call("POST", "/my-household/draft", expect=201, token=citizen)
    caller.call("PUT", "/my-household/draft/place", token=citizen, json={"commune_code": COMMUNE})
    draft = answer_everything(caller, citizen)
    say(
        f"8  The form {draft['form_version']} is complete ({len(draft['answers'])} answers of the household)."
    )
    body = {"version": draft["version"], "accept_law": True, "accept_info": True, "language": "fr"}
    receipt = caller.call("POST", "/my-household/draft/submission", expect=201, token=citizen, json=body)
    code, state = receipt["household_code"], receipt["household_state"]
    say(f"9  Household {code} is {state}, receipt {receipt['number']}.")
    show_score(caller.call("GET", "/my-household/score?language=fr", token=citizen))


def open_account(caller: Caller, person: Mapping[str, str]) -> str:
    """Return the token of a new account."""
    claim = {"idcs": person["idcs"], "birth_date": person["birth"], "sex": person["sex"]}
    french = {"Accept-Language": "fr"}
    started = caller.web.post("/v1/accounts", json=claim, headers=french).json()
    code = read_message(caller, person["phone"], r"(\d+) est votre code")
    confirm = f"/accounts/{started['challenge_id']}/confirm"
    grant = caller.call("POST", confirm, json={"code": code})["grant"]
    password = secrets.token_urlsafe(12)
    caller.call("POST", "/accounts/password", expect=201, json={"grant": grant, "password": password})
    say("7  The person opens an account with the code of the message and chooses a password.")
    return caller.sign_in(person["idcs"], password)


def answer_everything(caller: Caller, citizen: str) -> dict[str, Any]:
    """Answer, for a household of one, what the form asks by its metadata, until it can be sent."""
    form = {field["id"]: field for field in caller.call("GET", "/household-form")["fields"]}
    draft: dict[str, Any] = caller.call("GET", "/my-household/draft", token=citizen)
    for _ in range(12):
        if not draft["problems"]:
            return draft
        for problem in draft["problems"]:
            field = form.get(problem["field"])
            if field is None:
                raise StepFailed(f"the form cannot be completed: {problem['title']} {problem['remedy']}")
            me = draft["members"][0]["place"]
            place = f"/members/{problem['member'] or me}" if field["step"] == "COM" else ""
            answers = {"answers": {field["id"]: plausible_answer(field, draft["milieu"])}}
            caller.call("PUT", f"/my-household/draft{place}/answers", token=citizen, json=answers)
        draft = caller.call("GET", "/my-household/draft", token=citizen)
    raise StepFailed(f"the form is still not complete: {draft['problems'][0]['title']}")


def plausible_answer(field: Mapping[str, Any], milieu: str) -> Any:
    """Return an answer within the bounds of a field: the head of a modest household."""
    if field["kind"] == "choice":
        codes = [option["code"] for option in field["options"]]
        return "head" if "head" in codes else codes[0]
    if field["kind"] == "flag":
        return 0
    bounds = field["bounds"].get(milieu, {"minimum": 0, "maximum": 200})
    if field["kind"] == "money_month":
        return [str(min(max(bounds["minimum"], 90), bounds["maximum"]))] * 3
    return bounds["minimum"]


def show_score(score: Mapping[str, Any]) -> None:
    """Print the score, what makes it, and what it opens."""
    say(f"10 Score {score['shown']} by {score['formula_version']}:")
    for group in score["groups"]:
        say(f"     {group['contribution']:>12}  {group['label']}")
    for found in score["eligibilities"]:
        figures = f"threshold {found['threshold']}, distance {found['distance']}"
        say(f"   {found['names']['fr']}: {found['outcome']} ({figures}).")


def draw_person() -> dict[str, str]:
    """Return somebody new: a name of the lists, a birth date and a telephone that nobody has."""
    sex = secrets.choice("FM")
    last, first = secrets.choice(SURNAMES), secrets.choice(GIVEN[sex])
    birth = f"{1955 + secrets.randbelow(45)}-{1 + secrets.randbelow(12):02d}-{1 + secrets.randbelow(28):02d}"
    return {
        "last_name_ar": last[0],
        "first_name_ar": first[0],
        "last_name_fr": last[1],
        "first_name_fr": first[1],
        "birth": birth,
        "sex": sex,
        "commune_code": COMMUNE,
        "birth_country": "MA",
        "birth_commune": COMMUNE,
        "quarter": "Agdal",
        "street": "rue du Puits",
        "house_number": "7",
        "phone": f"+212{600_000_000 + secrets.randbelow(80_000_000)}",
        "paper_kind": "cnie",
        "paper_number": f"Q{secrets.randbelow(10**7):07d}",
    }
