"""Who gets in: tokens, cookies, origins and hosts."""

from __future__ import annotations

import re

import pytest
from fake_service import FakeService
from flask.testing import FlaskClient
from werkzeug.http import parse_cookie
from werkzeug.test import TestResponse

from taskdeck.web import throttle
from taskdeck.web.auth import Credentials

TOKEN = "the token"
COOKIE = Credentials(token=TOKEN, cookie_secret=b"k" * 32).cookie_name


def test_api_asks_for_credentials(stranger: FlaskClient) -> None:
    answer = stranger.get("/api/tasks")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "?token=" in answer.json["detail"]


def test_api_does_not_tell_strangers_what_exists(stranger: FlaskClient, service: FakeService) -> None:
    service.add_run()
    assert {stranger.get(path).status_code for path in ("/api/runs/1", "/api/runs/2", "/api/nope")} == {401}


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", "Bearer", "bearer \xff"])
def test_wrong_token_is_refused(stranger: FlaskClient, header: str) -> None:
    assert stranger.get("/api/tasks", headers={"Authorization": header}).status_code == 401


def test_wrong_token_is_refused_even_with_a_good_cookie(browser: FlaskClient) -> None:
    assert browser.get("/api/tasks", headers={"Authorization": "Bearer wrong"}).status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_right_token_is_let_in(stranger: FlaskClient, scheme: str) -> None:
    assert stranger.get("/api/tasks", headers={"Authorization": f"{scheme} {TOKEN}"}).status_code == 200


def test_token_in_the_address_becomes_a_cookie_and_disappears(stranger: FlaskClient) -> None:
    answer = stranger.get("/tasks/SAMPLE?year=2025&token=the+token&site=N%26S")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/tasks/SAMPLE?year=2025&site=N%26S"
    (cookie,) = answer.headers.getlist("Set-Cookie")
    for attribute in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"):
        assert attribute in cookie
    assert "Secure" not in cookie
    assert stranger.get("/api/tasks").status_code == 200


def test_cookie_is_for_https_only_where_that_is_spoken(stranger: FlaskClient) -> None:
    answer = stranger.get("/", query_string={"token": TOKEN}, base_url="https://localhost")
    assert "; Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("header", "is_secure"), [("https", True), ("HTTPS, http", True), ("http, https", False), ("", False)]
)
def test_cookie_is_for_https_only_where_a_proxy_speaks_it(stranger: FlaskClient, header: str, is_secure: bool) -> None:
    answer = stranger.get("/", query_string={"token": TOKEN}, headers={"X-Forwarded-Proto": header})
    assert ("; Secure" in answer.headers["Set-Cookie"]) == is_secure
    answer = stranger.post("/logout", headers={"X-Forwarded-Proto": header, "Origin": "http://localhost"})
    assert ("; Secure" in answer.headers["Set-Cookie"]) == is_secure


def test_token_in_the_address_cannot_lead_to_another_site(stranger: FlaskClient) -> None:
    answer = stranger.get("/?token=the+token", environ_overrides={"PATH_INFO": "//evil.example/"})
    assert answer.headers["Location"] == "/evil.example/"


def test_wrong_token_in_the_address_leads_to_the_form_that_says_so(stranger: FlaskClient) -> None:
    answer = stranger.get("/tasks?token=wrong", follow_redirects=True)
    assert answer.request.path == "/login"
    assert "not the server&#39;s token" in answer.get_data(as_text=True)
    assert 'value="/tasks"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("forge", ["", "x", "eyJsb2dpbiI6MX0.aSA3xQ.AAAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_forged_cookie_is_no_cookie(stranger: FlaskClient, forge: str) -> None:
    stranger.set_cookie(COOKIE, forge)
    assert stranger.get("/api/tasks").status_code == 401


def test_cookie_of_another_server_is_no_cookie(stranger: FlaskClient) -> None:
    other = Credentials(token=TOKEN, cookie_secret=b"other" * 8)
    assert other.cookie_name != COOKIE, "cookies do not tell ports apart"
    stranger.set_cookie(COOKIE, other.new_cookie())
    assert stranger.get("/api/tasks").status_code == 401


def test_cookie_outlives_the_server(stranger: FlaskClient) -> None:
    stranger.set_cookie(COOKIE, Credentials(token="of an earlier start", cookie_secret=b"k" * 32).new_cookie())
    assert stranger.get("/api/tasks").status_code == 200


def log_in(client: FlaskClient, token: str, **form: str) -> TestResponse:
    return client.post("/login", data={"token": token, **form}, headers={"Origin": "http://localhost"})


def test_page_asks_to_log_in_and_leads_back(stranger: FlaskClient) -> None:
    asked = stranger.get("/runs/7?tab=log")
    assert asked.status_code == 302
    form = stranger.get(asked.headers["Location"])
    target = re.search(r'name="next" value="([^"]*)"', form.get_data(as_text=True))
    assert target is not None
    assert target[1] == "/runs/7?tab=log"
    answer = log_in(stranger, TOKEN, next=target[1])
    assert (answer.status_code, answer.headers["Location"]) == (303, "/runs/7?tab=log")
    assert stranger.get("/api/tasks").status_code == 200


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "/a\nb", "x", ""])
def test_login_leads_nowhere_else(stranger: FlaskClient, target: str) -> None:
    assert log_in(stranger, TOKEN, next=target).headers["Location"] == "/"


def test_link_of_another_site_is_opened_once_more_so_that_the_cookie_comes_along(stranger: FlaskClient) -> None:
    answer = stranger.get("/runs/7", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0">' in answer.get_data(as_text=True)


def test_wrong_token_in_the_form_is_said_to_be_wrong(stranger: FlaskClient) -> None:
    answer = log_in(stranger, "wrong")
    assert answer.status_code == 401
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers


def test_guessing_is_slowed_down_everywhere_but_not_for_who_may(stranger: FlaskClient, browser: FlaskClient) -> None:
    for number in range(throttle.FREE_ATTEMPTS):
        assert log_in(stranger, f"wrong {number}").status_code == 401
    slowed = log_in(stranger, "wrong again")
    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) >= 1
    assert "Try again in" in slowed.get_data(as_text=True)
    assert stranger.get("/api/tasks", headers={"Authorization": "Bearer wrong too"}).status_code == 429
    assert browser.get("/api/tasks").status_code == 200
    assert log_in(stranger, TOKEN).status_code == 303


def test_health_tells_a_stranger_only_that_the_server_is_up(stranger: FlaskClient) -> None:
    answer = stranger.get("/api/health")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert stranger.get("/api/health", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_program_with_an_old_token_keeps_nobody_at_its_address_out(stranger: FlaskClient) -> None:
    for _ in range(3 * throttle.FREE_ATTEMPTS):
        assert stranger.get("/api/tasks", headers={"Authorization": "Bearer old"}).status_code == 401
    assert stranger.get("/api/tasks", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_logging_out_removes_the_cookie(browser: FlaskClient) -> None:
    answer = browser.post("/logout")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert parse_cookie(answer.headers["Set-Cookie"])[COOKIE] == ""
    assert browser.get("/api/tasks").status_code == 401


def test_page_of_another_site_cannot_log_anybody_in_or_out(browser: FlaskClient) -> None:
    for path in ("/login", "/logout"):
        assert browser.post(path, headers={"Origin": "http://evil.example"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {},
    ],
)
def test_foreign_page_cannot_use_a_browsers_cookie(
    browser: FlaskClient, service: FakeService, headers: dict[str, str]
) -> None:
    del browser.environ_base["HTTP_ORIGIN"]
    answer = browser.post("/api/runs", json={"task": "SAMPLE"}, headers=headers)
    assert answer.status_code == 403
    assert not service.stored


@pytest.mark.parametrize("headers", [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}])
def test_own_page_can(browser: FlaskClient, headers: dict[str, str]) -> None:
    del browser.environ_base["HTTP_ORIGIN"]
    assert browser.post("/api/runs", json={"task": "SAMPLE"}, headers=headers).status_code == 201


def test_program_needs_no_origin_but_must_not_have_a_foreign_one(program: FlaskClient) -> None:
    assert program.post("/api/runs", json={"task": "SAMPLE"}).status_code == 201
    foreign = program.post("/api/runs", json={"task": "SAMPLE"}, headers={"Origin": "http://evil.example"})
    assert foreign.status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8000"])
@pytest.mark.parametrize("path", ["/api/health", "/login", "/", "/socket.io/?EIO=4&transport=polling"])
def test_host_that_is_not_ours_gets_nothing(program: FlaskClient, host: str, path: str) -> None:
    answer = program.get(path, headers={"Host": host})
    assert (answer.status_code, answer.content_type) == (403, "application/problem+json")
    assert "TASKDECK_ALLOWED_HOSTS" in answer.json["detail"]


@pytest.mark.parametrize("host", ["localhost:1234", "127.0.0.1", "[::1]:8000", "deck.example"])
def test_host_that_is_ours_is_served(program: FlaskClient, host: str) -> None:
    assert program.get("/api/health", headers={"Host": host}).status_code == 200


def test_answers_are_hardened(program: FlaskClient, browser: FlaskClient) -> None:
    page, api = browser.get("/login?next=/x"), program.get("/api/health")
    for answer in (page, api, program.get("/api/nope")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        policy = answer.headers["Content-Security-Policy"]
        for directive in (
            "default-src 'none'",
            "script-src 'self';",
            "connect-src 'self' ws://localhost;",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ):
            assert directive in policy
        assert "unsafe" not in policy
    assert api.headers["Cache-Control"] == "no-store"


def test_policy_cannot_be_extended_by_the_host(program: FlaskClient) -> None:
    answer = program.get("/api/health", headers={"Host": "x; script-src *"})
    assert "script-src *" not in answer.headers["Content-Security-Policy"]


def test_login_page_styles_itself_only_with_the_nonce_of_this_answer(stranger: FlaskClient) -> None:
    pages = [stranger.get("/login") for _ in range(2)]
    nonces = []
    for page in pages:
        policy = page.headers["Content-Security-Policy"]
        nonces += re.findall(r"'nonce-([\w-]+)'", policy)
        assert f'<style nonce="{nonces[-1]}">' in page.get_data(as_text=True)
    assert len(set(nonces)) == 2
    assert "<script" not in pages[0].get_data(as_text=True)
