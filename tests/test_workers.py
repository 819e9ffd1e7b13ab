"""Workers: letters come back as they were read, and whatever a file does to its reader stays with that file."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import misreader
import pytest
from documents import CORPUS, inspection_report
from fakes import ROOT
from invariants import flaws

from assistant.errors import LetterError
from assistant.letters.letter import Letter
from assistant.reading import workers
from assistant.reading.corpus import find_files
from assistant.reading.workers import FAULT, read_letters

PROSE = "The front door answers every contact within a day.\n"
posix = pytest.mark.skipif(os.name != "posix", reason="signals and process groups are POSIX's")
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")


@pytest.fixture
def started(monkeypatch):
    """Every worker process that was started."""
    processes = []
    start = workers._start

    def noted(seconds, megabytes):
        processes.append(start(seconds, megabytes))
        return processes[-1]

    monkeypatch.setattr(workers, "_start", noted)
    return processes


@pytest.fixture
def misread(monkeypatch):
    """Workers read as `misreader` does."""
    monkeypatch.setattr(workers, "START", misreader.START)


def write(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).write_text(PROSE)
    return [folder / name for name in names]


def runs(pid: int) -> bool:
    """Whether a process is there and is not waiting to be buried."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


def gone(pids, within=10.0) -> bool:
    until = time.monotonic() + within
    while any(runs(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.02)
    return not any(runs(pid) for pid in pids)


# --- what comes back -------------------------------------------------------------------------------------------------


def test_letters_come_back_as_they_were_read_and_in_order(shipped, tmp_path):
    report = tmp_path / "report.pdf"
    report.write_bytes(inspection_report())
    files = [*reversed(find_files(CORPUS)), report]
    outcomes = list(read_letters(files, workers=2))
    assert [file for file, _ in outcomes] == files
    assert [letter for _, letter in outcomes[:-1]] == [shipped[file.name] for file in files[:-1]]
    last = outcomes[-1][1]
    assert isinstance(last, Letter)
    assert last.pages == 2 and last.judgements and last.improvements and last.evidence and last.furniture


def test_no_files_need_no_worker(started):
    assert list(read_letters([])) == []
    assert started == []


def test_workers_are_started_only_as_they_are_needed(started, tmp_path):
    files = write(tmp_path, "a.txt", "b.txt")
    letters = read_letters(files, workers=8)
    assert started == []
    assert len(list(letters)) == 2
    assert 1 <= len(started) <= 2


def test_a_file_that_is_no_letter_gives_its_reason(tmp_path):
    files = write(tmp_path, "a.txt", "b.txt", "c.txt")
    files[1].write_bytes(b"")
    (_, a), (_, b), (_, c) = read_letters([*files[:2], tmp_path / "none.txt"], workers=1)
    assert isinstance(a, Letter)
    assert str(b) == "b.txt: the file is empty; fetch it again"
    assert isinstance(c, LetterError) and str(c).startswith("none.txt: cannot be read (No such file")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        pytest.param(b"two words.txt", "two words.txt", id="a space"),
        pytest.param("\N{NO-BREAK SPACE}é.txt".encode(), "\N{NO-BREAK SPACE}é.txt", id="a space of another kind"),
        pytest.param(b'it\'s "quoted" $HOME `ls`;.txt', 'it\'s "quoted" $HOME `ls`;.txt', id="quotes"),
        pytest.param(b"two\nlines\t\x1b[31m.txt", r"two\nlines\t\x1b[31m.txt", id="control characters"),
        pytest.param(b"caf\xe9.txt", r"caf\udce9.txt", id="no UTF-8"),
        pytest.param("fdp.\u202etxt".encode(), r"fdp.\u202etxt", id="text turned round"),
        pytest.param(b"-rf.txt", "-rf.txt", id="a dash"),
        pytest.param(b"a" * 251 + b".txt", "a" * 251 + ".txt", id="255 bytes"),
        pytest.param(b"???.txt", "???.txt", id="no letter of an alphabet"),
    ],
)
def test_any_name_is_read_and_shown_on_one_line(tmp_path, raw, shown):
    try:
        good, bad = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + raw)), tmp_path / "empty" / os.fsdecode(raw)
        bad.parent.mkdir()
        good.write_text(PROSE)
        bad.write_bytes(b"")
    except OSError:
        pytest.skip("this file system has no such names")
    (_, letter), (_, error) = read_letters([good, bad], workers=1)
    assert isinstance(letter, Letter) and isinstance(error, LetterError)
    assert letter.file == shown and letter.files == (shown,)
    assert letter.letter_id and set(letter.letter_id) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(letter.letter_id) <= 120
    assert str(error) == f"{shown}: the file is empty; fetch it again"
    assert str(error).encode()


# --- what goes wrong -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("misread")
@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("hang", "took longer than 4 s to read; split it, or give more time with", id="endless loop"),
        pytest.param("crash", "made its reader crash", id="crash"),
        pytest.param("leave", "made its reader crash", id="exit"),
        pytest.param("eat", "needs more than 512 MB of memory", id="memory", marks=linux),
        pytest.param("fault", rf"{FAULT} \(KeyError: 'a fault\\nof two lines'\)", id="exception"),
        pytest.param("half", rf"{FAULT} \(PydanticSerializationError: ", id="a letter that is no UTF-8"),
        pytest.param("forge", "made its reader crash", id="an identifier that is a path"),
        pytest.param("rename", "made its reader crash", id="another file's name"),
        pytest.param("hash", "made its reader crash", id="a hash that is a path"),
    ],
)
def test_one_file_gets_its_reason_and_all_others_are_read(tmp_path, name, says):
    files = write(tmp_path, "a.txt", f"{name}.txt", "b.txt", "c.txt")
    seconds = 4 if name == "hang" else 60
    outcomes = [outcome for _, outcome in read_letters(files, workers=1, seconds=seconds, megabytes=512)]
    assert [isinstance(outcome, Letter) for outcome in outcomes] == [True, False, True, True]
    with pytest.raises(LetterError, match=says) as raised:
        raise outcomes[1]
    assert str(raised.value).startswith(f"{name}.txt: ")
    assert "\n" not in str(raised.value) and ";" in str(raised.value)


@pytest.mark.usefixtures("misread")
@pytest.mark.parametrize("ocr", [False, True])
def test_a_worker_is_told_of_ocr(tmp_path, ocr):
    [(_, letter)] = read_letters(write(tmp_path, "scan.txt"), ocr=ocr)
    assert isinstance(letter, Letter) and letter.title == f"with OCR: {ocr}"


@pytest.mark.usefixtures("misread")
def test_what_a_library_prints_is_no_reply(tmp_path):
    outcomes = [outcome for _, outcome in read_letters(write(tmp_path, "babble.txt", "a.txt"), workers=1)]
    assert all(isinstance(outcome, Letter) for outcome in outcomes)


@pytest.mark.usefixtures("misread")
def test_what_an_earlier_file_left_behind_is_no_fault_of_the_next(tmp_path, started):
    outcomes = [outcome for _, outcome in read_letters(write(tmp_path, "a.txt", "fragile.txt", "b.txt"), workers=1)]
    assert all(isinstance(outcome, Letter) for outcome in outcomes)
    assert len(started) == 2


@pytest.mark.usefixtures("misread")
def test_a_worker_gone_while_it_had_nothing_to_do_is_started_again(tmp_path, started):
    letters = read_letters(write(tmp_path, *(f"{n}.txt" for n in range(20))), workers=1)
    assert isinstance(next(letters)[1], Letter)
    time.sleep(0.3)  # until it has read as far ahead as it may
    started[0].kill()
    assert all(isinstance(letter, Letter) for _, letter in letters)
    assert len(started) == 2


@pytest.mark.usefixtures("misread")
@pytest.mark.parametrize("how", ["garbage", "endless"])
def test_replies_that_are_none(monkeypatch, tmp_path, how):
    monkeypatch.setenv("MISREADER", how)
    [(_, outcome)] = read_letters(write(tmp_path, "a.txt"), megabytes=256, seconds=60)
    assert isinstance(outcome, LetterError) and "made its reader crash" in outcome.reason


def test_no_process_can_be_started(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    [(_, outcome)] = read_letters(write(tmp_path, "a.txt"))
    assert isinstance(outcome, LetterError) and "no reader process can be started (No such file" in outcome.reason


@linux
def test_the_lowest_memory_limit_is_enough_for_letters(tmp_path):
    report = tmp_path / "report.pdf"
    report.write_bytes(inspection_report())
    assert all(isinstance(x, Letter) for _, x in read_letters([report, *find_files(CORPUS)], megabytes=256))


@posix
@pytest.mark.usefixtures("misread")
def test_what_a_reader_started_is_ended_with_it(tmp_path):
    [(_, outcome)] = read_letters(write(tmp_path, "family.txt"), seconds=4)
    assert isinstance(outcome, LetterError)
    assert gone([int((tmp_path / "child").read_text())])


# --- how far it goes -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("misread")
def test_reading_waits_for_whoever_takes_the_letters(tmp_path):
    files = write(tmp_path, *(f"{n:03}.txt" for n in range(60)))
    letters = read_letters(files, workers=2)
    next(letters)
    time.sleep(0.5)
    assert len((tmp_path / "log").read_text().splitlines()) <= workers.AHEAD * 2 + 3
    assert [file for file, _ in letters] == files[1:]


# --- how it ends -----------------------------------------------------------------------------------------------------


def test_workers_end_with_the_reading(tmp_path, started):
    list(read_letters(write(tmp_path, "a.txt", "b.txt", "c.txt"), workers=2))
    assert {process.returncode for process in started} == {0}


@pytest.mark.usefixtures("misread")
def test_closing_ends_workers_at_once_even_those_that_hang(tmp_path, started):
    letters = read_letters(write(tmp_path, "a.txt", "hang1.txt", "hang2.txt"), workers=2)
    next(letters)
    begun = time.monotonic()
    letters.close()
    assert time.monotonic() - begun < 5
    assert all(process.returncode is not None for process in started)


SCRIPT = """
from pathlib import Path
from assistant.reading import workers
import misreader
workers.START = misreader.START
for file, letter in workers.read_letters(sorted(Path(".").glob("*.txt")), workers=2):
    print(file.name, type(letter).__name__, flush=True)
"""


def script(folder: Path, *names: str) -> subprocess.Popen[str]:
    """A script without `if __name__ == "__main__"` that reads files."""
    write(folder, *names)
    (folder / "script.py").write_text(SCRIPT)
    path = os.pathsep.join(map(str, (ROOT, ROOT / "tests")))
    return subprocess.Popen(
        [sys.executable, "script.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def workers_of(folder: Path, count: int) -> list[int]:
    """The processes that have begun to read, as soon as they are that many."""
    log = folder / "log"
    until = time.monotonic() + 20
    while time.monotonic() < until:
        lines = log.read_text().splitlines() if log.exists() else []
        if len(lines) >= count:
            return sorted({int(line.split()[1]) for line in lines})
        time.sleep(0.02)
    raise AssertionError("the workers did not begin")


def test_a_script_without_a_guard_is_run_once(tmp_path):
    with script(tmp_path, "a.txt", "b.txt", "crash.txt") as process:
        out, err = process.communicate(timeout=60)
    assert (out.split(), err) == (["a.txt", "Letter", "b.txt", "Letter", "crash.txt", "LetterError"], "")


@posix
def test_ctrl_c_ends_the_workers(tmp_path):
    with script(tmp_path, "hang1.txt", "hang2.txt") as process:
        pids = workers_of(tmp_path, 2)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert len(pids) == 2 and gone(pids, within=1)
    assert err.count("Traceback") == 1 and err.rstrip().endswith("KeyboardInterrupt")


@posix
def test_workers_end_when_the_process_that_started_them_is_killed(tmp_path):
    with script(tmp_path, "slow1.txt", "slow2.txt", "slow3.txt") as process:
        pids = workers_of(tmp_path, 2)
        process.kill()
    assert gone(pids)


@posix
def test_a_worker_that_hangs_ends_itself_when_nobody_is_left_to_end_it(monkeypatch, tmp_path):
    monkeypatch.setattr(
        workers, "START", "from assistant.reading import workers; workers.GRACE = 0; " + misreader.START
    )
    monkeypatch.setattr(workers, "_kill", lambda process: None)
    begun = time.monotonic()
    [(_, outcome)] = read_letters(write(tmp_path, "hang.txt"), seconds=3)
    assert isinstance(outcome, LetterError)
    assert time.monotonic() - begun < 20
    assert gone(workers_of(tmp_path, 1), within=0)


# --- what a worker is ------------------------------------------------------------------------------------------------


def test_modules_beside_the_letters_are_not_run(monkeypatch, tmp_path):
    for name in ("json", "re", "assistant", "sitecustomize", "pypdfium2"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    [(_, letter)] = read_letters(write(tmp_path, "a.txt"))
    assert isinstance(letter, Letter)
    assert not (tmp_path / "run").exists()


def test_a_worker_loads_nothing_heavy():
    code = "import sys, assistant.reading.workers; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "pydantic" in loaded
    assert not loaded & {"torch", "chromadb", "llama_index", "transformers", "gradio", "numpy", "tantivy", "pypdfium2"}


# --- real letters ----------------------------------------------------------------------------------------------------


def test_real_letters_are_read_without_a_flaw():
    folder = os.environ.get("ASSISTANT_TEST_LETTERS")
    if not folder:
        pytest.skip("ASSISTANT_TEST_LETTERS names no folder of letters")
    outcomes = list(read_letters(find_files(Path(folder)), workers=2))
    found = {file.name: list(flaws(x)) if isinstance(x, Letter) else [str(x)] for file, x in outcomes}
    assert {name: said for name, said in found.items() if said} == {}
