"""Asking web servers: addresses, redirects, manners, certificates; over real sockets, with the waits written down."""

import gzip
import ipaddress
import ssl
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from documents import visit_letter
from letter_server import Tried, gives, leads, letter_server, says

from assistant.adding.http_client import checked_address, is_address
from assistant.errors import LetterError, SettingsError

PDF = visit_letter()
PAGE = b"<!doctype html><html><title>x</title><body><p>A page.</p></body></html>"


@pytest.fixture
def server():
    with letter_server() as running:
        yield running


@pytest.fixture
def fetch(tmp_path):
    tried = Tried(tmp_path)
    with tried.fetcher:
        yield tried


# --- addresses -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "checked"),
    [
        (" https://www.gov.uk/a.pdf#page=2 ", "https://www.gov.uk/a.pdf"),
        ("HTTPS://WWW.GOV.UK/A.pdf", "https://www.gov.uk/A.pdf"),
        ("https://www.gov.uk/Kinder & Jugend/ä.pdf?v=1", "https://www.gov.uk/Kinder%20&%20Jugend/%C3%A4.pdf?v=1"),
        ("http://bücher.example/x", "http://xn--bcher-kva.example/x"),
        ("http://h.example/a{1}|b", "http://h.example/a%7B1%7D%7Cb"),
    ],
)
def test_addresses_are_kept_as_links_can_hold_them(given, checked):
    assert checked_address(given) == checked == checked_address(checked)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("ftp://h.example/a.pdf", "only http:// and https://"),
        ("file:///etc/passwd", "only http:// and https://"),
        ("https://", "names no server"),
        ("https://:80/", "names no server"),
        ("http://h.example:99999/", "is no web address"),
        ("http://h.example/\x00", "is no web address"),
        ("https://jo:secret@h.example/a.pdf", "a name or password"),
        ("https://h.example/" + "a" * 2000, "longer than 2,000"),
    ],
)
def test_addresses_that_are_none(given, why):
    with pytest.raises(LetterError, match=why) as error:
        checked_address(given)
    assert "secret" not in str(error.value) and "\n" not in str(error.value)


def test_what_looks_like_an_address():
    assert is_address("https://x") and is_address("ftp://x") and is_address("FILE:///x")
    assert not is_address("letters/a.pdf") and not is_address("C:\\letters\\a.pdf") and not is_address("www.gov.uk")


# --- redirects -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_told(server, fetch, status):
    server.has |= {"/a": leads("/b", status), "/b": leads(f"{server.url}/c/letter.pdf"), "/c/letter.pdf": gives(PDF)}
    fetched = fetch(f"{server.url}/a")
    assert fetched.redirects == (f"{server.url}/b", f"{server.url}/c/letter.pdf")
    assert fetched.head.address == f"{server.url}/a" and fetched.head.final == f"{server.url}/c/letter.pdf"
    assert fetched.name == "letter.pdf"


PUBLIC = {"letters.example": ["93.184.215.14"], "inside.example": ["10.1.2.3"], "turned.example": ["8.8.8.8", "::1"]}


@pytest.fixture
def world(server, tmp_path, monkeypatch):
    """Names of the world outside, all of which a web proxy on this computer answers for."""
    for name in ("ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", server.url)
    tried = Tried(tmp_path, numbers=lambda host: PUBLIC.get(host, []))
    with tried.fetcher:
        yield tried


def test_a_web_proxy_of_the_environment_is_used(server, world):
    server.has["/a.pdf"] = gives(PDF)
    assert world("http://letters.example/a.pdf").file.read_bytes() == PDF
    assert server.asked[-1].headers["host"] == "letters.example"


@pytest.mark.parametrize(
    ("name", "value"),
    [("ALL_PROXY", "socks5://127.0.0.1:1"), ("HTTP_PROXY", "ftp://x"), ("SSL_CERT_FILE", "/nowhere.pem")],
)
def test_an_environment_that_cannot_be_used_is_one_line(tmp_path, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match="no web address can be asked for .*check HTTP_PROXY") as error:
        Tried(tmp_path)("http://letters.example/a.pdf")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "inside",
    [
        "http://127.0.0.1:1/x", "http://localhost/x", "http://[::1]/x", "http://10.0.0.1/x", "http://192.168.1.1/x",
        "http://169.254.169.254/latest/meta-data/", "http://[::ffff:127.0.0.1]/x", "http://0.0.0.0/x", "http://inside.example/x",
        "http://turned.example/x", "http://2130706433/x", "http://a.localhost/x",
    ],
)  # fmt: skip
def test_a_public_address_leads_nowhere_private(server, world, inside):
    if "2130706433" in inside:  # resolved by the system to 127.0.0.1
        world.client.numbers = lambda host: ["127.0.0.1"] if host == "2130706433" else PUBLIC.get(host, [])
    server.has |= {"/a.pdf": leads(inside), "/x": gives(PDF), "/latest/meta-data/": gives(PDF)}
    assert "leads from a public host into a private network" in world.refusal("http://letters.example/a.pdf")
    assert "/x" not in server.paths()


def test_a_private_address_that_is_named_may_lead_to_another(server, world):
    server.has |= {"/a.pdf": leads("http://inside.example/b.pdf"), "/b.pdf": gives(PDF)}
    assert world(f"{server.url}/a.pdf").file.read_bytes() == PDF
    server.has |= {"/c.pdf": leads("http://letters.example/b.pdf")}
    assert world("http://inside.example/c.pdf").file.read_bytes() == PDF


def test_nothing_leads_from_https_to_http(fetch):
    led = fetch.client._led
    with pytest.raises(LetterError, match="leads from https to http"):
        led("https://letters.example/a", "https://letters.example/a", "http://letters.example/b")
    assert led("https://letters.example/a", "https://letters.example/a", "/b") == "https://letters.example/b"


# --- manners -------------------------------------------------------------------------------------------------------------


def test_there_is_a_pause_between_two_requests_to_one_host(server, tmp_path):
    server.has |= {f"/{n}.pdf": gives(PDF) for n in range(3)}
    tried = Tried(tmp_path, pause=1.5)
    for n in range(3):
        tried(f"{server.url}/{n}.pdf")
    assert tried.waits == [1.5] * 3, "after robots.txt, and after each letter but the last"


def test_robots_txt_is_asked_for_once_and_obeyed(server, fetch):
    rules = b"User-agent: *\nDisallow: /private/\nDisallow: /*.docx$\nAllow: /private/open.pdf\nCrawl-delay: 7\n"
    server.has |= {"/robots.txt": gives(rules, "text/plain"), "/a.pdf": gives(PDF), "/private/open.pdf": gives(PDF)}
    fetch(f"{server.url}/a.pdf")
    fetch(f"{server.url}/private/open.pdf")
    assert f"is not for programs, says {server.url}/robots.txt" in fetch.refusal(f"{server.url}/private/x.pdf")
    assert "open it in a browser" in fetch.refusal(f"{server.url}/b.docx")
    assert [asked.path for asked in server.asked] == ["/robots.txt", "/a.pdf", "/private/open.pdf"]
    assert fetch.waits == [7], "what the site asks for comes before our own pause"


def test_robots_txt_can_speak_of_this_program(server, fetch):
    rules = b"User-agent: *\nDisallow: /\n\nUser-agent: inspection-letters-assistant\nAllow: /\n"
    server.has |= {"/robots.txt": gives(rules, "text/plain"), "/a.pdf": gives(PDF)}
    assert fetch(f"{server.url}/a.pdf")


def test_robots_txt_counts_where_a_redirect_leads(server, fetch):
    server.has["/robots.txt"] = gives(b"User-agent: *\nDisallow: /deep/\n", "text/plain")
    server.has |= {"/a.pdf": leads("/deep/a.pdf"), "/deep/a.pdf": gives(PDF)}
    assert "is not for programs" in fetch.refusal(f"{server.url}/a.pdf")


@pytest.mark.parametrize(
    "act", [says(404), says(403), says(401), gives(b"\xff\xfe\0" * 300, "x"), gives(PAGE, "text/html")]
)
def test_robots_txt_that_is_none_allows_all(server, fetch, act):
    server.has |= {"/robots.txt": act, "/a.pdf": gives(PDF)}
    assert fetch(f"{server.url}/a.pdf")


def test_a_robots_txt_that_fails_allows_nothing(server, fetch):
    server.has |= {"/robots.txt": says(500), "/a.pdf": gives(PDF), "/b.pdf": gives(PDF)}
    assert "has a robots.txt that failed (500)" in fetch.refusal(f"{server.url}/a.pdf")
    asked = len(server.asked)
    assert "was not asked for, since 127.0.0.1 has a robots.txt that failed" in fetch.refusal(f"{server.url}/b.pdf")
    assert len(server.asked) == asked and server.paths() == []


def test_robots_txt_packed_to_burst_is_cut(server, fetch):
    bomb = gzip.compress(b"User-agent: *\nDisallow: /b\n" + b"#" * 64 * 2**20)
    server.has |= {"/robots.txt": gives(bomb, "text/plain", Content_Encoding="gzip"), "/a.pdf": gives(PDF)}
    assert fetch(f"{server.url}/a.pdf")
    assert "is not for programs" in fetch.refusal(f"{server.url}/b.pdf")


def test_a_busy_server_is_waited_for_as_long_as_it_says(server, fetch):
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    busy = [says(429, Retry_After="3"), says(503, Retry_After=soon), says(503), gives(PDF)]
    server.has["/a.pdf"] = busy
    assert fetch(f"{server.url}/a.pdf")
    assert fetch.waits[0] == 3 and 30 < fetch.waits[1] <= 50 and fetch.waits[2] == 4, (
        "as it says; else longer each time"
    )


def test_a_server_that_stays_busy_is_left_alone(server, fetch):
    server.has |= {"/a.pdf": says(429), "/b.pdf": gives(PDF)}
    assert fetch.refusal(f"{server.url}/a.pdf") == "is too busy (429); run the same command again later"
    assert fetch.waits == [1, 2, 4]
    assert "was not asked for, since 127.0.0.1 is too busy (429)" in fetch.refusal(f"{server.url}/b.pdf")
    assert server.paths() == ["/a.pdf"] * 4


def test_a_server_that_wants_an_hour_is_asked_in_an_hour(server, fetch):
    server.has["/a.pdf"] = says(503, Retry_After="3600")
    assert "asks to come back in 60 minutes; run the same command again later" in fetch.refusal(f"{server.url}/a.pdf")
    assert fetch.waits == []


@pytest.mark.parametrize("said", ["-1", "soon", "9" * 30, "Wed, 99 Foo 2019 00:00:00 GMT", ""])
def test_a_senseless_retry_after_counts_for_nothing(server, fetch, said):
    server.has["/a.pdf"] = [says(503, Retry_After=said), gives(PDF)]
    assert fetch(f"{server.url}/a.pdf") and fetch.waits == [1]


def test_one_letter_that_fails_does_not_close_the_host(server, fetch):
    server.has |= {"/a.pdf": says(500), "/b.pdf": gives(PDF)}
    assert fetch.refusal(f"{server.url}/a.pdf") == "failed (500); run the same command again later"
    assert fetch(f"{server.url}/b.pdf")


def test_a_host_that_is_not_there_is_tried_a_few_times_and_no_more(fetch):
    with letter_server() as gone:
        address = gone.url
    assert "cannot be reached; run the same command again later" in fetch.refusal(f"{address}/a.pdf")
    assert fetch.waits == [1, 2, 4]
    assert "was not asked for, since 127.0.0.1 cannot be reached" in fetch.refusal(f"{address}/b.pdf")
    assert fetch.waits == [1, 2, 4]


# --- certificates ------------------------------------------------------------------------------------------------------


def test_two_at_once_are_never_asked_for(server, fetch):
    """One request at a time: the next is sent when the one before has been read."""
    busy = threading.Lock()
    overlaps = []

    def one_at_a_time(handler):
        overlaps.append(not busy.acquire(blocking=False))
        gives(PDF)(handler)
        if not overlaps[-1]:
            busy.release()

    server.has |= {f"/{n}.pdf": one_at_a_time for n in range(4)}
    for n in range(4):
        fetch(f"{server.url}/{n}.pdf")
    assert overlaps == [False] * 4


def test_a_certificate_that_cannot_be_verified_is_refused(tmp_path):
    with letter_server() as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        _certify(context, tmp_path)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        tried = Tried(tmp_path)
        reason = tried.refusal(f"https://127.0.0.1:{server.server_port}/a.pdf")
    assert "has a certificate that cannot be verified" in reason and "SSL_CERT_FILE" in reason and tried.waits == []


def test_a_certificate_of_ones_own_network_is_taken_where_it_is_named(tmp_path, monkeypatch):
    with letter_server() as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        monkeypatch.setenv("SSL_CERT_FILE", str(_certify(context, tmp_path)))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.has["/a.pdf"] = gives(PDF)
        tried = Tried(tmp_path)
        assert tried(f"https://127.0.0.1:{server.server_port}/a.pdf").file.read_bytes() == PDF


def _certify(context, folder: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    context.load_cert_chain(file, folder / "key.pem")
    return file
