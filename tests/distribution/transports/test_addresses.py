"""Which addresses a setting may name, and that no connection to another one is ever opened."""

import asyncio
import socket
from typing import Any

import pytest

from distribution.transports import addresses
from distribution.transports.addresses import AddressRefused, check_address, is_allowed, look_up, parse_address
from distribution.transports.outbound import Call, NotSent, Outbound, Reply
from tests.peers.receiver import Receiver

INSIDE = [
    "127.0.0.1", "0.0.0.0", "::1", "::", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "fc00::1", "fd12::1", "fe80::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::", "192.88.99.1", "fec0::1", "224.0.0.1", "ff02::1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "2001::1",
    "::7f00:1", "nonsense", "",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_x111_x113_addresses_inside_are_refused(address: str) -> None:
    assert is_allowed(address) is False


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_allowed(address) is True


def test_an_allow_list_of_networks_opens_them_and_nothing_else(settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_NETWORKS = ["10.20.0.0/16"]
    assert [is_allowed(one) for one in ("10.20.3.4", "::ffff:10.20.3.4", "10.21.0.1")] == [True, True, False]


ODD_ONES = [
    "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "http://2130706433/",
    "http://0177.0.0.1/", "http://127.1/", "http://0x7f000001/", "http://①②⑦.⓪.⓪.①/", "http://127.0.0.1./", "http://[fe80::1%25lo]/",
]  # fmt: skip


@pytest.mark.parametrize("url", ODD_ONES)
def test_x112_every_way_to_write_an_address_inside_is_refused_on_save(url: str) -> None:
    assert "not a public address" in check_address(url) or "cannot be read" in check_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://good.example@127.0.0.1/", "http://good.example\\@127.0.0.1/", "http://127.0.0.1#@good.example/", "http:///x",
        "http://good.example/\tx", "http://good.example/\nx", " http://good.example/", "http://user:pass@good.example/",
        "file:///etc/passwd", "gopher://good.example/", "ftp://good.example/", "data:text/plain,x", "unix:/run/x", "//good.example/", "",
        "https://good.example:22/", "https://good.example:25/", "https://good.example:5432/", "https://good.example:6379/",
        "https://good.example:99999/", "http://", "http://./", "https://good.example/" + "x" * 3000,
    ],
)  # fmt: skip
def test_x115_x116_what_is_no_address_of_a_client_is_refused_with_a_sentence(url: str) -> None:
    assert check_address(url).endswith((".", ")."))


def test_a_client_that_cannot_be_found_now_may_be_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(addresses.socket, "getaddrinfo", nowhere)
    assert check_address("https://soon.client.example/leads?campaign=7") == ""


def answers(*found: str) -> Any:
    def getaddrinfo(_host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    return getaddrinfo


def test_x114_one_private_answer_among_public_ones_spoils_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses.socket, "getaddrinfo", answers("93.184.215.14", "10.0.0.1"))
    with pytest.raises(AddressRefused, match=r"leads to 10\.0\.0\.1"):
        look_up("mixed.example", 443)
    assert "10.0.0.1" in check_address("https://mixed.example/")


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address to which a socket was connected, or tried to."""
    opened: list[str] = []
    real = asyncio.selector_events.BaseSelectorEventLoop.sock_connect

    async def sock_connect(self: Any, sock: socket.socket, address: Any) -> None:
        opened.append(address[0])
        await real(self, sock, address)

    monkeypatch.setattr(asyncio.selector_events.BaseSelectorEventLoop, "sock_connect", sock_connect)
    return opened


def exchange(url: str, **options: Any) -> Reply:
    async def run() -> Reply:
        async with Outbound() as outbound:
            return await outbound.exchange(Call("POST", url, body=b"{}", seconds=options.pop("seconds", 5.0), **options))

    return asyncio.run(run())


def test_i48_no_socket_is_ever_opened_to_an_address_inside(spy: list[str], settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver() as inside:
        settings.OUTBOUND_PORTS = [*settings.OUTBOUND_PORTS, inside.port]
        for url in [inside.url, *ODD_ONES, *(f"http://{host}:{inside.port}/" for host in ("localhost", "127.1", "0x7f.1", "2130706433"))]:
            with pytest.raises(NotSent):
                exchange(url)
        monkeypatch.setattr(addresses.socket, "getaddrinfo", answers("127.0.0.1"))
        with pytest.raises(NotSent, match=r"rebound\.example leads to 127\.0\.0\.1"):
            exchange(f"http://rebound.example:{inside.port}/")
        assert (spy, inside.connections) == ([], 0)


def test_the_control_the_same_address_is_reached_once_its_network_is_allowed(spy: list[str], settings: Any) -> None:
    with Receiver() as inside:
        settings.OUTBOUND_PORTS, settings.OUTBOUND_ALLOWED_NETWORKS = [inside.port], ["127.0.0.0/8"]
        assert exchange(inside.url).status == 200
        assert (spy, inside.connections) == (["127.0.0.1"], 1)


def test_x114_the_checked_answer_is_the_one_connected_to(spy: list[str], settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is asked for once: whatever a second look-up would say is never heard."""
    asked: list[str] = []
    with Receiver() as inside:
        settings.OUTBOUND_PORTS, settings.OUTBOUND_ALLOWED_NETWORKS = [inside.port], ["127.0.0.1/32"]

        def once(host: str, port: int, **options: Any) -> list[Any]:
            asked.append(host)
            return answers("127.0.0.1" if len(asked) == 1 else "169.254.169.254")(host, port, **options)

        monkeypatch.setattr(addresses.socket, "getaddrinfo", once)
        assert exchange(f"http://client.example:{inside.port}/").status == 200
        assert inside.log[0].headers["host"] == f"client.example:{inside.port}"
    assert (asked, spy) == (["client.example"], ["127.0.0.1"])


def test_a_parsed_address_keeps_its_host_path_and_query() -> None:
    url = parse_address("https://Client.Example:8443/a/b?c=d%20e")
    assert (url.host, url.port, url.raw_path_qs) == ("client.example", 8443, "/a/b?c=d%20e")
