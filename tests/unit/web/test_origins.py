from __future__ import annotations

import pytest

from taskdeck.web.origins import ForeignHost, ForeignOrigin, Hosts, OriginMissing, Page

LOCAL = Hosts(bound="127.0.0.1")


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST:1", "localhost.:8000"]
)
def test_loopback_names_are_ours(host: str) -> None:
    LOCAL.check_host(host)


@pytest.mark.parametrize(
    "host", ["", "evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "10.0.0.5", "[", "a b"]
)
def test_other_names_are_not(host: str) -> None:
    with pytest.raises(ForeignHost, match="TASKDECK_ALLOWED_HOSTS"):
        LOCAL.check_host(host)


def test_bound_and_allowed_names_are_ours() -> None:
    hosts = Hosts(bound="deck.local", allowed=("data.example", "other.example:8443"))
    for host in ("deck.local:8000", "data.example", "data.example:1", "other.example:8443"):
        hosts.check_host(host)


def test_bound_to_all_addresses_any_address_is_ours_but_no_name() -> None:
    hosts = Hosts(bound="0.0.0.0")  # noqa: S104 - nothing is bound
    for host in ("192.168.1.7:8000", "[fe80::1]:8000"):
        hosts.check_host(host)
    with pytest.raises(ForeignHost):
        hosts.check_host("evil.example")


def page(origin: str | None = None, site: str | None = None, host: str = "localhost:8000") -> Page:
    return Page(host=host, origin=origin, site=site)


@pytest.mark.parametrize("origin", ["http://localhost:8000", "https://localhost:8000", "http://LOCALHOST:8000"])
def test_origin_of_the_same_host_is_ours(origin: str) -> None:
    LOCAL.check_origin(page(origin), needs_origin=True)


@pytest.mark.parametrize("origin", ["http://localhost:9000", "http://evil.example", "null", "", "localhost:8000"])
def test_other_origins_are_foreign(origin: str) -> None:
    with pytest.raises(ForeignOrigin):
        LOCAL.check_origin(page(origin, site="same-origin"), needs_origin=False)


def test_origin_may_be_an_allowed_host_where_a_proxy_rewrites_the_host() -> None:
    hosts = Hosts(bound="127.0.0.1", allowed=("data.example",))
    hosts.check_origin(page("https://data.example"), needs_origin=True)
    with pytest.raises(ForeignOrigin):
        hosts.check_origin(page("https://data.example:9999"), needs_origin=True)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_request_of_another_site_without_origin_is_foreign(site: str) -> None:
    with pytest.raises(ForeignOrigin):
        LOCAL.check_origin(page(site=site), needs_origin=False)


def test_missing_origin_matters_only_with_a_cookie() -> None:
    LOCAL.check_origin(page(), needs_origin=False)
    LOCAL.check_origin(page(site="same-origin"), needs_origin=True)
    with pytest.raises(OriginMissing):
        LOCAL.check_origin(page(), needs_origin=True)
