import socket
from threading import Event

import pytest

from askpeer import addresses
from askpeer.errors import Refused

PUBLIC = """
1.1.1.1 9.9.9.9 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.0.1.1 198.17.0.1 223.255.255.254
2606:4700:4700::1111 2a00:1450::1 2001:200::1 2003::1 2620:fe::fe
"""
NOT_PUBLIC = """
127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.1.1
169.254.0.1 169.254.169.254 100.64.0.1 100.127.255.255 192.0.0.1 192.0.0.9 192.0.2.1 192.88.99.1 198.18.0.1
198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 233.252.0.1 239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 fe80::1 fe80::1%1 fc00::1 fd12:3456::1 fec0::1 ff02::1 ff0e::1 100::1 2001:db8::1 3fff::1 5f00::1 4000::1
2001:2::1 2001:10::1 2001:20::1 2001:30::1
::ffff:127.0.0.1 ::ffff:9.9.9.9 ::ffff:0:9.9.9.9 ::127.0.0.1 ::9.9.9.9
64:ff9b::7f00:1 64:ff9b::909:909 64:ff9b:1::7f00:1 64:ff9b:1:ffff::909:909
2002:7f00:1:: 2002:909:909::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2
"""


@pytest.mark.parametrize("address", PUBLIC.split())
def test_an_address_on_the_internet_may_be_called(address):
    assert addresses.is_public(address) is True
    assert addresses.look_up(address, seconds=5) == [address]


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_any_other_address_may_not(address):
    assert addresses.is_public(address) is False


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1"]
)
def test_however_this_machine_is_written_the_look_up_refuses_it(host):
    with pytest.raises(addresses.NotPublic) as refusal:
        addresses.look_up(host, seconds=5)
    assert str(refusal.value) == ""


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://hooks.example.org", ("hooks.example.org", 443, "/")),
        ("https://hooks.example.org/", ("hooks.example.org", 443, "/")),
        ("HTTPS://Hooks.Example.ORG./in?a=1&b=%20", ("hooks.example.org", 443, "/in?a=1&b=%20")),
        ("https://hooks.example.org?a=1", ("hooks.example.org", 443, "/?a=1")),
        ("https://hooks.example.org:443/", ("hooks.example.org", 443, "/")),
        ("https://hooks.example.org:1024/", ("hooks.example.org", 1024, "/")),
        ("https://hooks.example.org:65535/", ("hooks.example.org", 65535, "/")),
        ("https://xn--bcher-kva.example/", ("xn--bcher-kva.example", 443, "/")),
        ("https://9.9.9.9/in", ("9.9.9.9", 443, "/in")),
        ("https://[2620:FE::FE]:8443/in", ("2620:fe::fe", 8443, "/in")),
    ],
)
def test_an_address_is_taken_apart(url, target):
    assert addresses.read(url) == target


REFUSED = [
    ("", "begin with https"),
    ("hooks.example.org", "begin with https"),
    ("//hooks.example.org/", "begin with https"),
    ("http://hooks.example.org/", "begin with https"),
    ("file:///etc/passwd", "begin with https"),
    ("ftp://hooks.example.org/", "begin with https"),
    ("https://hooks.example.org/#there", "no part after #"),
    ("https://hooks.example.org/#", "no part after #"),
    ("https://name@hooks.example.org/", "name or a password"),
    ("https://name:secret@hooks.example.org/", "name or a password"),
    ("https://@hooks.example.org/", "name or a password"),
    ("https://hooks.example.org:0/", "port"),
    ("https://hooks.example.org:22/", "port"),
    ("https://hooks.example.org:80/", "port"),
    ("https://hooks.example.org:1023/", "port"),
    ("https://hooks.example.org:65536/", "not an address"),
    ("https://hooks.example.org:https/", "not an address"),
    ("https://[::1/", "not an address"),
    ("https://[9.9.9.9]/", "full name|not an address"),
    ("https://", "full name"),
    ("https:///in", "full name"),
    ("https://:443/", "full name"),
    ("https://localhost/", "full name"),
    ("https://localhost./", "full name"),
    ("https://hooks.localhost/", "full name"),
    ("https://intranet/", "full name"),
    ("https://hooks.example.org../", "full name"),
    ("https://.example.org/", "full name"),
    ("https://hooks..example.org/", "full name"),
    ("https://-hooks.example.org/", "full name"),
    ("https://hooks_.example.org/", "full name"),
    ("https://hooks%2eexample.org/", "full name"),
    (f"https://{'a' * 64}.example.org/", "full name"),
    (f"https://{'a.' * 126}org/", "full name"),
    ("https://2130706433/", "full name"),
    ("https://127.1/", "full name"),
    ("https://0177.0.0.1/", "full name"),
    ("https://0x7f.0.0.1/", "full name"),
    ("https://0x7f000001/", "full name"),
    ("https://127.0.0.0x1/", "full name"),
    ("https://1.2.3.4.5/", "full name"),
    ("https://256.1.1.1/", "full name"),
    ("https://[fe80::1%25eth0]/", "full name"),
    ("https://[fe80::1%eth0]/", "full name"),
    ("https://bücher.example/", "plain characters"),
    ("https://１２７.０.０.１/", "plain characters"),
    ("https://ⓛocalhost/", "plain characters"),
    ("https://hooks。example。org/", "plain characters"),
    ("https://hooks.example.org/a b", "plain characters"),
    ("https://hooks.example.org/\r\nX: y", "plain characters"),
    ("https://hooks.exam\tple.org/", "plain characters"),
    (" https://hooks.example.org/", "plain characters"),
    ("https://hooks.example.org\\@127.0.0.1/", "plain characters"),
    (f"https://hooks.example.org/{'a' * 375}", "plain characters"),
]


@pytest.mark.parametrize(("url", "why"), REFUSED)
def test_an_address_that_could_be_read_in_two_ways_is_refused(url, why):
    with pytest.raises(Refused, match=why):
        addresses.read(url)


def test_a_host_is_given_its_address_only_where_it_is_known():
    known = {"hooks.example.org": "127.0.0.1"}
    assert addresses.look_up("hooks.example.org", seconds=5, known=known) == ["127.0.0.1"]
    with pytest.raises(addresses.NotPublic):
        addresses.look_up("127.0.0.1", seconds=5, known=known)


def test_a_name_that_nobody_has_is_a_failure_that_may_pass(monkeypatch):
    def resolve(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(socket.gaierror):
        addresses.look_up("hooks.example.org", seconds=5)


def test_a_resolver_that_hangs_is_left(monkeypatch):
    over = Event()

    def resolve(*args, **kwargs):
        over.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(TimeoutError):
        addresses.look_up("hooks.example.org", seconds=0.1)
    over.set()
