"""Milvus over the network: what goes wrong with a server is one line, and changes nothing.

The service is Milvus Lite's, spoken to over real gRPC, with TLS and a token where a test says so.
"""

import base64
import datetime
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from fakes import ROOT, FakeEmbedder, fake_environment, fake_settings, write_letters

pytest.importorskip("pymilvus", reason="Milvus's library is not installed")
from milvus_server import Server, serving

import assistant.embedding.embedder
import assistant.index.catalogue
import assistant.index.update
from assistant.engine import Assistant
from assistant.errors import IndexStateError, StoreError
from assistant.index.catalogue import Index
from assistant.index.state import fingerprint
from assistant.index.update import update_index
from assistant.records.check import check_json, check_text
from assistant.settings import Settings
from assistant.stores.milvus import PREFIX
from assistant.stores.versions import JOURNAL, RECORD

TOPICS = {"a.txt": "fostering", "b.txt": "neglect", "c.txt": "caseloads"}


@pytest.fixture(autouse=True)
def fake_model(monkeypatch):
    monkeypatch.setattr(assistant.index.update, "Embedder", FakeEmbedder)
    monkeypatch.setattr(assistant.index.catalogue, "Embedder", FakeEmbedder)


@pytest.fixture
def server(tmp_path) -> Iterator[Server]:
    with serving(tmp_path / "milvus") as server:
        yield server


@pytest.fixture
def settings(tmp_path, server) -> Settings:
    write_letters(tmp_path / "letters", TOPICS)
    return of(tmp_path, server)


def of(tmp_path: Path, server: Server, **more) -> Settings:
    given = {"store": "milvus", "store_uri": server.uri, "store_seconds": 10} | more
    return fake_settings(tmp_path / "index", tmp_path / "letters", **given)


def asked(assistant: Assistant, topic: str) -> str:
    return " ".join(sentence.text for sentence in assistant.ask(f"what do the letters say about {topic}?").sentences)


def files(settings: Settings) -> dict[str, bytes]:
    root = settings.index_dir
    return {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*") if file.is_file()}


# --- as on one machine -----------------------------------------------------------------------------------------------


def test_letters_are_indexed_asked_about_changed_and_removed(settings, tmp_path):
    report = update_index(settings)
    assert (report.letters, report.failed) == (3, [])
    with Assistant.open(settings) as assistant:
        assert "fostering" in asked(assistant, "fostering")
        write_letters(tmp_path / "letters", {"a.txt": "adoption"})
        (tmp_path / "letters" / "b.txt").unlink()
        assistant.changed(lambda: update_index(settings))
        assert "adoption" in asked(assistant, "adoption")
        assert assistant.ask("what do the letters say about fostering?").refusal
        assert assistant.ask("what do the letters say about neglect?").refusal
    assert update_index(settings).unchanged == 2


def test_what_no_generation_names_is_deleted(settings, tmp_path, server):
    from pymilvus import MilvusClient

    update_index(settings)
    (generation,) = settings.index_dir.glob("generation-*")
    before = json.loads((generation / RECORD).read_text())
    write_letters(tmp_path / "letters", {"a.txt": "adoption"})
    update_index(settings)
    (generation,) = settings.index_dir.glob("generation-*")
    after = json.loads((generation / RECORD).read_text())
    assert after["collection"] == before["collection"]
    client = MilvusClient(server.uri)
    versions = {
        row["version"] for row in client.query(after["collection"], filter="visited >= 0", output_fields=["version"])
    }
    assert versions == set(after["versions"].values()) != set(before["versions"].values())
    update_index(settings, rebuild=True)
    assert len([name for name in client.list_collections() if name.startswith(PREFIX)]) == 1
    client.close()


def test_two_indexes_share_a_server_and_nothing_else(settings, tmp_path, server):
    update_index(settings)
    write_letters(tmp_path / "others", {"a.txt": "thresholds"})
    other = settings.model_copy(update={"index_dir": tmp_path / "index-2", "corpus_dir": tmp_path / "others"})
    update_index(other)
    with Assistant.open(settings) as ours, Assistant.open(other) as theirs:
        assert "thresholds" in asked(theirs, "thresholds")
        assert ours.ask("what do the letters say about thresholds?").refusal


# --- what goes wrong -------------------------------------------------------------------------------------------------


def refused(settings: Settings, message: str) -> None:
    """Both an update and an opening end with one line, and nothing of the index is changed."""
    before = files(settings)
    for attempt in (lambda: update_index(settings, rebuild=True), lambda: Index(settings)):
        with pytest.raises(StoreError) as caught:
            attempt()
        assert message in str(caught.value)
        assert "\n" not in str(caught.value)
    after = {name: held for name, held in files(settings).items() if "embeddings" not in name}
    assert after == {name: held for name, held in before.items() if "embeddings" not in name}


def test_a_server_that_is_away(settings, server):
    update_index(settings)
    server.stop()
    refused(settings.model_copy(update={"store_seconds": 2}), "does not answer")
    server.start()


def test_check_says_where_passages_are_and_whether_the_server_answers(settings, server):
    update_index(settings)
    found = check_json(settings)
    assert (found["problems"], server.uri in found["store"]) == ([], True)
    server.stop()
    found = check_json(settings.model_copy(update={"store_seconds": 2}))
    assert ["does not answer" in problem for problem in found["problems"]] == [True]
    assert "cannot be reached" in check_text(found)
    server.start()


def test_a_wrong_address(settings):
    update_index(settings)
    wrong = settings.model_copy(update={"store_uri": "http://localhost:9", "store_seconds": 2})
    refused(wrong, "http://localhost:9 does not answer: is it running, is ASSISTANT_STORE_URI right?")


def test_a_wrong_token(settings, tmp_path, server):
    server.token = base64.b64encode(b"reader:long-secret").decode()
    right = of(tmp_path, server, store_token="reader:long-secret")
    update_index(right)
    with Assistant.open(right) as assistant:
        assert "neglect" in asked(assistant, "neglect")
    refused(of(tmp_path, server, store_token="reader:guessed-one"), "refuses the token: set ASSISTANT_STORE_TOKEN")
    with pytest.raises(StoreError) as caught:
        Index(of(tmp_path, server, store_token="reader:guessed-one"))
    assert "guessed-one" not in str(caught.value)


def test_a_server_that_is_too_old(settings, server):
    update_index(settings)
    server.version = "v2.4.17"
    refused(settings, "is Milvus v2.4.17; it takes 2.5 or newer")


def test_a_collection_of_another_schema(settings, server):
    from pymilvus import MilvusClient

    update_index(settings)
    (generation,) = settings.index_dir.glob("generation-*")
    name = json.loads((generation / RECORD).read_text())["collection"]
    client = MilvusClient(server.uri)
    client.drop_collection(name)
    client.create_collection(name, dimension=8)
    with pytest.raises(
        StoreError, match="was not made by this version of the assistant; run: assistant index --rebuild"
    ):
        Index(settings)
    update_index(settings, rebuild=True)
    with Assistant.open(settings) as assistant:
        assert "neglect" in asked(assistant, "neglect")
    client.close()


def test_a_collection_that_was_lost_is_made_anew(settings, server):
    from pymilvus import MilvusClient

    update_index(settings)
    client = MilvusClient(server.uri)
    for name in client.list_collections():
        client.drop_collection(name)
    client.close()
    with Assistant.open(settings) as assistant:
        assert "neglect" in asked(assistant, "neglect")


def test_another_model_needs_an_index_of_its_own(settings):
    update_index(settings)
    other = settings.model_copy(update={"passage_prompt": "passage: "})
    with pytest.raises(IndexStateError, match="made under other settings"):
        Index(other)


def test_another_synonym_table_needs_an_index_of_its_own(settings, monkeypatch):
    """A server's rows hold the table's phrases as words; an embedded index does not depend on it."""
    update_index(settings)
    embedded = settings.model_copy(update={"store": "embedded"})
    before = fingerprint(embedded)
    monkeypatch.setattr("assistant.stores.bm25.ways", lambda: {("care", "leaver"): (("leav", "care"),)})
    with pytest.raises(IndexStateError, match="made under other settings"):
        Index(settings)
    assert fingerprint(embedded) == before


def test_a_connection_that_drops_is_made_again(settings, server):
    update_index(settings)
    with Assistant.open(settings.model_copy(update={"store_seconds": 15})) as assistant:
        before = asked(assistant, "neglect")
        server.stop()
        server.start()
        assert asked(assistant, "neglect") == before


def test_a_server_that_hangs_is_waited_for_no_longer_than_set(settings, server):
    update_index(settings)
    with Assistant.open(settings.model_copy(update={"store_seconds": 0.5})) as assistant:
        asked(assistant, "fostering")
        server.slow = 2.0
        with pytest.raises(StoreError, match="does not answer"):
            assistant.ask("what do the letters say about neglect?")
        server.slow = 0.0
        assert "neglect" in patiently(lambda: asked(assistant, "neglect"))


def patiently(attempt: Callable[[], str]) -> str:
    """What an attempt gives, once the server has worked through the calls that it is late with."""
    for _ in range(40):
        with suppress(StoreError):
            return attempt()
        time.sleep(0.25)
    return attempt()


def test_an_update_that_the_server_breaks_off_is_finished_by_the_next(settings, tmp_path, server, monkeypatch):
    """The server goes in the middle of writing; what was answered stays answered, and the next run makes all whole."""
    update_index(settings)
    write_letters(tmp_path / "letters", {f"n{number}.txt": f"topic{number}" for number in range(12)})
    short = settings.model_copy(update={"store_seconds": 1})
    calls = iter(range(99))
    write = assistant.index.update.open_store

    def breaking(*args):
        store = write(*args)
        upsert = store.upsert

        def once_then_gone(*rows):
            if next(calls) == 1:
                server.stop()
            upsert(*rows)

        store.upsert = once_then_gone
        return store

    with monkeypatch.context() as patch:
        patch.setattr(assistant.index.update, "open_store", breaking)
        with pytest.raises(StoreError, match="does not answer"):
            update_index(short)
    server.start()
    with Assistant(settings) as opened:
        assert len(opened.letters) == 3
        assert "neglect" in asked(opened, "neglect")
    assert update_index(settings).letters == 15
    with Assistant(settings) as opened:
        assert "topic7" in asked(opened, "topic7")
    journal = (settings.index_dir / JOURNAL).read_text().splitlines()
    assert len(journal) == 1 + 15


def test_a_certificate_is_checked(tmp_path):
    key, certificate = self_signed()
    (tmp_path / "ours.pem").write_bytes(certificate)
    (tmp_path / "other.pem").write_bytes(self_signed()[1])
    write_letters(tmp_path / "letters", TOPICS)
    with serving(tmp_path / "milvus", (key, certificate)) as server:
        trusting = of(tmp_path, server, store_certificate=tmp_path / "ours.pem")
        update_index(trusting)
        with Assistant.open(trusting) as opened:
            assert "neglect" in asked(opened, "neglect")
        for wrong in (tmp_path / "other.pem", None):
            refused(of(tmp_path, server, store_certificate=wrong, store_seconds=2), "ASSISTANT_STORE")


def self_signed() -> tuple[bytes, bytes]:
    """A key, and a certificate for localhost."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = serialization.PrivateFormat.PKCS8
    return key.private_bytes(pem, private, serialization.NoEncryption()), made.public_bytes(pem)


def test_a_file_that_another_process_has_open(tmp_path):
    write_letters(tmp_path / "letters", TOPICS)
    settings = fake_settings(
        tmp_path / "index", tmp_path / "letters", store="milvus", store_uri=str(tmp_path / "lite.db"), store_seconds=5
    )
    update_index(settings)
    code = f"""
import sys
sys.path.insert(0, {str(ROOT / "tests")!r})
from fakes import fake_settings
from assistant.stores.connection import connected
from pathlib import Path
connected(fake_settings(Path({str(tmp_path / "index")!r}), store="milvus", store_uri={settings.store_uri!r}))
"""
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert "is in use by another process: one at a time may use a file" in other.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("", "set ASSISTANT_STORE_URI to its address"),
        ("localhost:19530", "it begins with http:// or https://, or is a file that ends in .db"),
        ("ftp://localhost", "it begins with http:// or https:// and names a server"),
        ("http://name:secret@localhost:19530", "they go into ASSISTANT_STORE_TOKEN"),
        ("http://", "names a server"),
    ],
)
def test_an_address_that_is_none(tmp_path, uri, message):
    with pytest.raises(ValueError, match=message.replace(".", r"\.")) as caught:
        fake_settings(tmp_path, store="milvus", store_uri=uri)
    assert message in str(caught.value)


# --- many workers ----------------------------------------------------------------------------------------------------

ASKER = """
import json, os, sys, time
import fakes
import assistant.index.catalogue
assistant.index.catalogue.Embedder = fakes.FakeEmbedder
from assistant.engine import Assistant
from assistant.settings import load_settings
with Assistant(load_settings()) as opened:
    print("ready", flush=True)
    seen = []
    while not os.path.exists(sys.argv[1]):
        answer = opened.ask("what do the letters say about caseloads?")
        seen.append([" ".join(c.quote for c in answer.citations), " ".join(h.passage.text for h in answer.hits)])
print(json.dumps(seen))
"""


def test_several_web_processes_beside_an_index_run_never_mix_two_generations(settings, tmp_path, server):
    """Each generation's letters all name its own number: an answer that names two of them is mixed."""

    def write(number: int) -> None:
        words = {name: f"caseloads in round{number}" for name in ("a.txt", "b.txt", "c.txt")}
        write_letters(tmp_path / "letters", words)

    write(0)
    update_index(settings)
    environment = fake_environment(settings.index_dir, settings.corpus_dir, STORE="milvus", STORE_URI=server.uri)
    environment["PYTHONPATH"] += f":{ROOT / 'tests'}"
    stop = tmp_path / "stop"
    askers = [
        subprocess.Popen([sys.executable, "-c", ASKER, str(stop)], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    try:
        for asker in askers:
            assert asker.stdout.readline() == "ready\n"
        for number in range(1, 5):
            write(number)
            update_index(settings)
            time.sleep(0.3)
    finally:
        stop.touch()
    for asker in askers:
        seen = json.loads(asker.communicate(timeout=60)[0])
        assert asker.returncode == 0
        rounds = [set(re.findall(r"round\d", f"{quotes} {passages}")) for quotes, passages in seen]
        assert all(len(one) == 1 for one in rounds), "an answer names two generations, or none"
        in_order = [int(next(iter(one))[5:]) for one in rounds]
        assert in_order == sorted(in_order)
        assert len(set(in_order)) > 1, "it never saw a change"
