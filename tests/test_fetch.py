"""Fetching: what a server may say and do, over real sockets; nobody waits, for the waits are written down."""

import gzip
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from documents import blocks_of, letter_docx, visit_letter
from fakes import letter_words
from letter_server import MODIFIED, breaks_off, gives, leads, letter_server, says

from assistant.downloads import Head
from assistant.errors import LetterError
from assistant.fetch import Fetcher, checked_address, is_address

PDF = visit_letter()
WORD = letter_docx(blocks_of(letter_words("housing")))
WORDS = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGE = b"<!doctype html><html><title>x</title><body>" + b"<p>A page of many words.</p>" * 30 + b"</body></html>"
LOG_IN = PAGE.replace(b"</body>", b"<form><input name=p type='password'></form></body>")


@pytest.fixture
def server():
    with letter_server() as running:
        yield running


class Tried:
    """A fetcher that writes down how long it would have waited."""

    def __init__(self, folder: Path, **more) -> None:
        self.waits: list[float] = []
        self.now = 0.0
        given = {"megabytes": 1, "pause": 0, "wait": self.wait, "clock": lambda: self.now} | more
        self.fetcher = Fetcher(folder / ".fetching", **given)

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def __call__(self, address: str, known: Head | None = None):
        return self.fetcher.fetch(checked_address(address), known)

    def refusal(self, address: str) -> str:
        with pytest.raises(LetterError) as error:
            self(address)
        assert error.value.file.startswith(address[:20])
        return error.value.reason


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


# --- what comes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind", "body", "name"),
    [
        ("/letter.pdf", "application/pdf", PDF, "letter.pdf"),
        ("/v1/file/50045678", "application/pdf", PDF, "50045678.pdf"),
        ("/get.aspx?id=3", "application/octet-stream", PDF, "get.aspx.pdf"),
        ("/letter", WORDS, WORD, "letter.docx"),
        ("/letter.html", "text/html; charset=utf-8", PAGE, "letter.html"),
        ("/letter", "text/plain", letter_words("housing").encode(), "letter.txt"),
        ("/a%2F..%2F..%2Fetc%2Fpasswd.pdf", "application/pdf", PDF, "passwd.pdf"),
        ("/%C3%A4rger.pdf", "application/pdf", PDF, "ärger.pdf"),
        ("/", "application/pdf", PDF, "letter.pdf"),
    ],
)  # fmt: skip
def test_documents_are_fetched_whatever_they_are_called(server, fetch, path, kind, body, name):
    server.has[path] = gives(body, kind)
    fetched = fetch(server.url + path)
    assert fetched.file.read_bytes() == body
    assert (fetched.name, fetched.redirects) == (name, ())
    assert fetched.head.final == fetched.head.address == server.url + path
    assert fetched.head.kind == kind.partition(";")[0]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="Swindon letter.pdf"', "Swindon letter.pdf"),
        ("attachment; filename*=UTF-8''%E2%82%AC%20letter.pdf", "€ letter.pdf"),
        ('attachment; filename="../../../etc/cron.d/x.pdf"', "x.pdf"),
        ('attachment; filename="..\\\\..\\\\x.pdf"', "x.pdf"),
        ('attachment; filename="CON.pdf"', "letter-CON.pdf"),
        ("attachment; filename=letter", "letter.pdf"),
        ("attachment", "7.pdf"),
        ("\x01;;;=", "7.pdf"),
    ],
)
def test_the_name_that_a_server_gives_is_made_safe(server, fetch, header, name):
    server.has["/7"] = gives(PDF, Content_Disposition=header)
    assert fetch(f"{server.url}/7").name == name


def test_what_is_asked_for_says_who_asks_and_wants_nothing_packed(server, fetch):
    server.has["/a.pdf"] = gives(PDF)
    fetch(f"{server.url}/a.pdf")
    rules, asked = server.asked
    assert rules.path == "/robots.txt" and asked.path == "/a.pdf"
    assert asked.headers["user-agent"].startswith("inspection-letters-assistant/")
    assert asked.headers["accept-encoding"] == "identity" and "range" not in asked.headers


@pytest.mark.parametrize(
    ("path", "act", "why"),
    [
        ("/a.pdf", gives(PAGE, "text/html"), "should be a PDF and is a web page (an error, or a page to log in?)"),
        ("/a", gives(PAGE, "application/pdf"), "should be a PDF and is a web page"),
        ("/a.docx", gives(PDF, "application/octet-stream"), "should be a Word file and is a PDF"),
        ("/a", gives(LOG_IN, "text/html"), "is a page to log in"),
        ("/a", gives(b"", "application/pdf"), "sent an empty document"),
        ("/a", gives(b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 40, "image/png"), "is neither text, PDF, Word nor HTML"),
        ("/a", says(404), "is not there (404); check the address"),
        ("/a", says(410), "is not there (410)"),
        ("/a", says(401), "asks for a log-in, or refuses programs (401)"),
        ("/a", says(403, PAGE), "asks for a log-in, or refuses programs (403)"),
        ("/a", says(204), "was answered with status 204"),
        ("/a", says(300, PAGE), "was answered with status 300"),
        ("/a", gives(PDF, Content_Encoding="br"), "is sent packed (br), which was not asked for"),
        ("/a", leads("/b", 302), "is not there (404)"),
        ("/a", leads("http://[bad"), "leads to what is no web address"),
        ("/a", leads("file:///etc/passwd"), "leads to what is no web address"),
        ("/a", leads("/a"), "leads on more than 5 times"),
    ],
)
def test_what_is_no_letter_is_refused_in_one_line(server, fetch, path, act, why):
    server.has[path] = act
    reason = fetch.refusal(server.url + path)
    assert why in reason and "\n" not in reason and len(reason) < 200
    assert list(fetch.fetcher.downloads.folder.glob("*.*")) == [], "nothing of it is left"


def test_a_pdf_is_one_whatever_its_address_says(server, fetch):
    server.has["/a.docx"] = gives(PDF)
    assert fetch(f"{server.url}/a.docx").file.read_bytes() == PDF


# --- how much ------------------------------------------------------------------------------------------------------------


def test_what_is_too_large_by_its_own_word_is_not_read(server, fetch):
    server.has["/a.pdf"] = gives(b"%PDF-1.4\n" + b"x" * 2**20)
    assert "is larger than 1 MB; raise ASSISTANT_ADDING_MEGABYTES" in fetch.refusal(f"{server.url}/a.pdf")
    assert list(fetch.fetcher.downloads.folder.glob("*")) == []


def test_what_says_no_length_is_counted(server, fetch):
    server.has["/a.pdf"] = gives(b"%PDF-1.4\n" + b"x" * 2**21, length=False)
    assert "is larger than 1 MB" in fetch.refusal(f"{server.url}/a.pdf")


def test_what_comes_packed_is_counted_unpacked(server, fetch):
    bomb = gzip.compress(b"%PDF-1.4\n" + bytes(64 * 2**20))
    assert len(bomb) < 2**20
    server.has["/bomb.pdf"] = gives(bomb, Content_Encoding="gzip")
    assert "is larger than 1 MB" in fetch.refusal(f"{server.url}/bomb.pdf")
    server.has["/fine.pdf"] = gives(gzip.compress(PDF), Content_Encoding="gzip")
    assert fetch(f"{server.url}/fine.pdf").file.read_bytes() == PDF
    server.has["/torn.pdf"] = gives(gzip.compress(PDF)[:-20], Content_Encoding="gzip")
    assert "was sent packed, and damaged" in fetch.refusal(f"{server.url}/torn.pdf")
    server.has["/none.pdf"] = gives(PDF, Content_Encoding="gzip")
    assert "was sent packed, and damaged" in fetch.refusal(f"{server.url}/none.pdf")


def test_what_drips_for_ever_is_left(server, tmp_path):
    tried = Tried(tmp_path)
    server.has["/a.pdf"] = gives(PDF)
    ticks = iter(range(0, 10**6, 1000))
    tried.fetcher.clock = lambda: next(ticks)
    assert "did not end within 15 minutes" in tried.refusal(f"{server.url}/a.pdf")


def test_a_part_of_the_disk_stays_free(server, fetch, monkeypatch):
    monkeypatch.setattr("assistant.fetch.has_room", lambda *_: False)
    server.has["/a.pdf"] = gives(PDF)
    assert "finds no room on the disk" in fetch.refusal(f"{server.url}/a.pdf")


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
    "inside",
    [
        "http://127.0.0.1:1/x", "http://localhost/x", "http://[::1]/x", "http://10.0.0.1/x", "http://192.168.1.1/x",
        "http://169.254.169.254/latest/meta-data/", "http://[::ffff:127.0.0.1]/x", "http://0.0.0.0/x", "http://inside.example/x",
        "http://turned.example/x", "http://2130706433/x", "http://a.localhost/x",
    ],
)  # fmt: skip
def test_a_public_address_leads_nowhere_private(server, world, inside):
    if "2130706433" in inside:  # resolved by the system to 127.0.0.1
        world.fetcher.numbers = lambda host: ["127.0.0.1"] if host == "2130706433" else PUBLIC.get(host, [])
    server.has |= {"/a.pdf": leads(inside), "/x": gives(PDF), "/latest/meta-data/": gives(PDF)}
    assert "leads from a public host into a private network" in world.refusal("http://letters.example/a.pdf")
    assert "/x" not in server.paths()


def test_a_private_address_that_is_named_may_lead_to_another(server, world):
    server.has |= {"/a.pdf": leads("http://inside.example/b.pdf"), "/b.pdf": gives(PDF)}
    assert world(f"{server.url}/a.pdf").file.read_bytes() == PDF
    server.has |= {"/c.pdf": leads("http://letters.example/b.pdf")}
    assert world("http://inside.example/c.pdf").file.read_bytes() == PDF


def test_nothing_leads_from_https_to_http(fetch):
    led = fetch.fetcher._led
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


# --- going on ------------------------------------------------------------------------------------------------------------


def test_a_connection_that_drops_is_gone_on_with_by_a_range(server, fetch):
    server.has["/a.pdf"] = [breaks_off(PDF, 700), gives(PDF, etag='"one"')]
    assert fetch(f"{server.url}/a.pdf").file.read_bytes() == PDF
    assert [(asked.range, asked.headers.get("if-range", "")) for asked in server.asked[1:]] == [
        ("", ""), ("bytes=700-", '"one"'),
    ]  # fmt: skip


def test_what_was_broken_off_is_gone_on_with_by_the_next_run(server, tmp_path):
    server.has["/a.pdf"] = breaks_off(PDF, 700)
    first = Tried(tmp_path)
    with first.fetcher:
        assert first.refusal(f"{server.url}/a.pdf") == "broke off; run the same command again later"
    server.has["/a.pdf"] = gives(PDF, etag='"one"')
    second = Tried(tmp_path)
    with second.fetcher:
        assert second(f"{server.url}/a.pdf").file.read_bytes() == PDF
        assert server.asked[-1].range == "bytes=700-"
        second.fetcher.drop(f"{server.url}/a.pdf")
    assert not second.fetcher.downloads.folder.exists()


def test_a_server_without_ranges_sends_it_anew(server, fetch):
    server.has["/a.pdf"] = [breaks_off(PDF, 700), gives(PDF)]
    server.has["/a.pdf"][1] = lambda handler: handler.say(200, PDF, {"Content-Type": "application/pdf"})
    assert fetch(f"{server.url}/a.pdf").file.read_bytes() == PDF
    assert server.asked[-1].range == "bytes=700-"


def test_a_letter_that_was_changed_meanwhile_is_sent_anew(server, fetch):
    other = PDF + b"\n%changed\n"
    server.has["/a.pdf"] = [breaks_off(PDF, 700), gives(other, etag='"two"')]
    assert fetch(f"{server.url}/a.pdf").file.read_bytes() == other


def test_without_a_tag_or_a_date_nothing_is_gone_on_with(server, fetch):
    server.has["/a.pdf"] = [breaks_off(PDF, 700, etag='W/"weak"'), gives(PDF)]
    assert fetch(f"{server.url}/a.pdf").file.read_bytes() == PDF
    assert server.asked[-1].range == ""


@pytest.mark.parametrize("said", ["bytes 0-99/5000", "bytes 5-/*", "nonsense", ""])
def test_another_part_than_was_asked_for_is_no_part_of_it(server, fetch, said):
    wrong = lambda handler: handler.say(206, PDF[:100], {"Content-Range": said})  # noqa: E731
    server.has["/a.pdf"] = [breaks_off(PDF, 700), wrong, gives(PDF)]
    assert fetch(f"{server.url}/a.pdf").file.read_bytes() == PDF
    server.has["/b.pdf"] = [breaks_off(PDF, 700), says(416), gives(PDF)]
    assert fetch(f"{server.url}/b.pdf").file.read_bytes() == PDF


def test_what_was_fetched_whole_and_not_used_is_not_fetched_again(server, tmp_path):
    server.has["/a.pdf"] = gives(PDF)
    first = Tried(tmp_path)
    with first.fetcher:
        first(f"{server.url}/a.pdf")
    second = Tried(tmp_path)
    with second.fetcher:
        again = second(f"{server.url}/a.pdf")
    assert again.file.read_bytes() == PDF and again.name == "a.pdf"
    assert server.paths() == ["/a.pdf"]


def test_a_second_run_asks_whether_it_has_changed(server, fetch):
    server.has["/a.pdf"] = gives(PDF, etag='"one"')
    head = fetch(f"{server.url}/a.pdf").head
    assert (head.etag, head.modified) == ('"one"', MODIFIED)
    fetch.fetcher.drop(head.address)
    assert fetch(head.address, head) is None
    assert server.asked[-1].headers["if-none-match"] == '"one"'
    assert server.asked[-1].headers["if-modified-since"] == MODIFIED
    server.has["/a.pdf"] = gives(PDF + b"\n", etag='"two"')
    assert fetch(head.address, head).head.etag == '"two"'


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
    import ssl

    with letter_server() as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        _certify(context, tmp_path)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        tried = Tried(tmp_path)
        reason = tried.refusal(f"https://127.0.0.1:{server.server_port}/a.pdf")
    assert "has a certificate that cannot be verified" in reason and "SSL_CERT_FILE" in reason and tried.waits == []


def test_a_certificate_of_ones_own_network_is_taken_where_it_is_named(tmp_path, monkeypatch):
    import ssl

    with letter_server() as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        monkeypatch.setenv("SSL_CERT_FILE", str(_certify(context, tmp_path)))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.has["/a.pdf"] = gives(PDF)
        tried = Tried(tmp_path)
        assert tried(f"https://127.0.0.1:{server.server_port}/a.pdf").file.read_bytes() == PDF


def _certify(context, folder: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed but itself."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

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
