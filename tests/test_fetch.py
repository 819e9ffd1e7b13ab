"""Fetching: what a server may send, over real sockets; nobody waits, for the waits are written down."""

import gzip

import pytest
from documents import blocks_of, letter_docx, visit_letter
from fakes import letter_words
from letter_server import MODIFIED, Tried, breaks_off, gives, leads, letter_server, says

PDF = visit_letter()
WORD = letter_docx(blocks_of(letter_words("housing")))
WORDS = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGE = b"<!doctype html><html><title>x</title><body>" + b"<p>A page of many words.</p>" * 30 + b"</body></html>"
LOG_IN = PAGE.replace(b"</body>", b"<form><input name=p type='password'></form></body>")


@pytest.fixture
def server():
    with letter_server() as running:
        yield running


@pytest.fixture
def fetch(tmp_path):
    tried = Tried(tmp_path)
    with tried.fetcher:
        yield tried


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
    tried.client.clock = lambda: next(ticks)
    assert "did not end within 15 minutes" in tried.refusal(f"{server.url}/a.pdf")


def test_a_part_of_the_disk_stays_free(server, fetch, monkeypatch):
    monkeypatch.setattr("assistant.adding.fetch.has_room", lambda *_: False)
    server.has["/a.pdf"] = gives(PDF)
    assert "finds no room on the disk" in fetch.refusal(f"{server.url}/a.pdf")


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
