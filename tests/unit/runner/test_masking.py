from __future__ import annotations

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskdeck.runner.masking import MASK, Masker

SECRET = "s3cret/käse+\"quoted' & more"

FORMS = {
    "plain": SECRET,
    "repr": repr({"password": SECRET}),
    "ascii": ascii(SECRET),
    "bytes": repr(SECRET.encode()),
    "json": json.dumps({"password": SECRET}),
    "json in unicode": json.dumps(SECRET, ensure_ascii=False),
    "html": html.escape(SECRET),
    "html text": html.escape(SECRET, quote=False),
    "jinja": html.escape(SECRET).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
    "url": quote(SECRET),
    "url, all": quote(SECRET, safe=""),
    "url, small letters": "postgresql://u:"
    + re.sub("%..", lambda match: match[0].lower(), quote(SECRET, safe=""))
    + "@host",
    "form": quote_plus(SECRET),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64 url": base64.urlsafe_b64encode(SECRET.encode()).decode(),
    "basic authentication": base64.b64encode(f"user:{SECRET}".encode()).decode(),
    "base64 one later": base64.b64encode(f"users:{SECRET}!".encode()).decode(),
    "base64 two later": base64.b64encode(f"users2:{SECRET}!!".encode()).decode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_masked_in_every_usual_form(form: str) -> None:
    masked = Masker([SECRET]).text(f"before {FORMS[form]} after")
    assert MASK in masked
    assert masked.startswith("before ")
    assert masked.endswith(" after")
    # Nothing longer than what base64 mixes with its neighbours is left.
    assert len(masked) <= len("before  after") + len(MASK) + len("http://u:@host") + 14


@given(st.text(min_size=4, max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_a_secret_within_a_longer_text_in_base64_is_masked_at_every_position(
    secret: str, before: str, after: str
) -> None:
    encoded = base64.b64encode(f"{before}{secret}{after}".encode()).decode()
    masked = Masker([secret]).text(encoded)
    assert MASK in masked
    # All characters that depend on nothing but the secret.
    masked_characters = len(encoded) - len(masked.replace(MASK, ""))
    assert masked_characters >= len(secret.encode()) * 8 // 6 - 1


def test_the_longer_of_two_secrets_with_the_same_beginning_wins() -> None:
    assert Masker(["abcd", "abcdefgh"]).text("abcdefgh abcd") == f"{MASK} {MASK}"


@pytest.mark.parametrize("short", ["", "a", "abc"])
def test_secrets_of_less_than_four_characters_are_left_alone(short: str) -> None:
    assert Masker([short]).text("abc is a text") == "abc is a text"


def test_each_line_of_a_private_key_is_masked_also_alone() -> None:
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\nshort\n-----END KEY-----"
    assert Masker([key]).text("> MIIEvQIBADANBgkqhkiG9w0 <") == f"> {MASK} <"


def test_colours_within_a_secret_do_not_save_it() -> None:
    assert Masker(["top-secret"]).text("\x1b[31mtop\x1b[39m-\x1b[32msecret\x1b[0m!") == f"{MASK}!"


def test_text_without_secrets_keeps_its_colours() -> None:
    assert Masker(["top-secret"]).text("\x1b[31mred\x1b[0m") == "\x1b[31mred\x1b[0m"


def test_values_are_masked_with_their_keys_and_numbers() -> None:
    masked = Masker(["hunter22", "424242"]).value(
        {"a hunter22": ["hunter22", {"pin": 424242}], "n": 7, "yes": True, "no": None, "x": 1.5}
    )
    assert masked == {f"a {MASK}": [MASK, {"pin": MASK}], "n": 7, "yes": True, "no": None, "x": 1.5}


def test_without_secrets_values_are_shared_not_copied() -> None:
    value = {"a": [1]}
    assert Masker([]).value(value) is value


BREAKS = ("\n", "\r\n", "\\n", "\\r\\n")


@pytest.mark.parametrize("line_break", BREAKS)
@pytest.mark.parametrize("before", ["", "u", "us"])
def test_base64_with_broken_lines_is_masked(line_break: str, before: str) -> None:
    secret = "top-secret-" * 12
    lines = base64.encodebytes(f"{before}{secret}{before}".encode()).decode().splitlines()
    masked = Masker([secret]).text("> " + line_break.join(lines) + " <")
    assert re.fullmatch(rf"> .{{0,4}}{MASK}.{{0,7}} <", masked)


def test_what_stands_around_broken_lines_is_kept() -> None:
    secret = "top-secret-" * 12
    encoded = base64.encodebytes(secret.encode()).decode()
    masked = Masker([secret]).text(f"one\ntwo\n{encoded}three\nfour {secret}\nfive\n")
    assert masked == f"one\ntwo\n{MASK}\nthree\nfour {MASK}\nfive\n"


@st.composite
def broken_lines(draw: st.DrawFn) -> tuple[str, str, list[str]]:
    """A secret, its base64 in lines of any length that a line of base64 has, and a text with it in pieces."""
    secret = draw(st.text("abcxyz", min_size=9, max_size=24))
    rest = base64.b64encode(secret.encode()).decode().rstrip("=")[: len(secret) * 8 // 6]
    line_break = draw(st.sampled_from(BREAKS))
    lines = []
    while rest:
        length = draw(st.integers(8, 20))
        lines.append(rest[:length])
        rest = rest[length:]
    wrapped = line_break.join(lines)
    text = draw(st.text("aY\n ", max_size=5)) + wrapped + draw(st.text("aY\n ", max_size=5))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return secret, wrapped, pieces


@given(broken_lines())
def test_a_stream_masks_broken_lines_like_the_whole(drawn: tuple[str, str, list[str]]) -> None:
    secret, wrapped, pieces = drawn
    masker = Masker([secret])
    stream = masker.stream()
    shown = "".join(stream.feed(piece) for piece in pieces) + stream.end()
    assert shown == masker.text("".join(pieces))
    assert MASK in shown
    assert wrapped not in shown


ALPHABET = st.text("ab=\n", max_size=30)


@given(st.lists(st.text("ab=\n", min_size=4, max_size=8), max_size=4), st.lists(ALPHABET, max_size=8))
def test_a_stream_in_pieces_is_masked_like_the_whole(secrets: list[str], pieces: list[str]) -> None:
    masker = Masker(secrets)
    stream = masker.stream()
    shown = "".join(stream.feed(piece) for piece in pieces) + stream.end()
    assert shown == masker.text("".join(pieces))


@given(st.text("ab", min_size=4, max_size=8), st.lists(ALPHABET, max_size=8))
def test_a_stream_never_shows_what_could_still_become_a_secret(secret: str, pieces: list[str]) -> None:
    stream = Masker([secret]).stream()
    shown = ""
    for piece in pieces:
        shown += stream.feed(piece)
        assert secret not in shown


def test_a_stream_holds_back_only_the_possible_beginning_of_a_secret() -> None:
    stream = Masker(["hunter22"]).stream()
    assert stream.feed("the password is hun") == "the password is "
    assert stream.feed("gry\n") == "hungry\n"
    assert stream.feed("hunter") == ""
    assert stream.feed("22\n") == f"{MASK}\n"
    assert stream.end() == ""


def test_the_end_of_a_stream_lets_go_what_was_held_back() -> None:
    stream = Masker(["hunter22"]).stream()
    assert stream.feed("hunt") == ""
    assert stream.end() == "hunt"
