"""Reading in processes of their own, each file under limits of time and memory.

A file may be damaged or hostile: whatever it does to its reader, it gets one line that says so, and all other files
are read. Requests and replies are lines of JSON through pipes, checked against the types of a letter: a reader that a
file took over cannot run anything in the process that asked it.

The limits: time everywhere, memory where the system has one for a process (Linux; macOS and Windows have none).
"""

import faulthandler
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from queue import SimpleQueue

from pydantic import TypeAdapter

from assistant.errors import LetterError, printable
from assistant.letters.inspectorates import use
from assistant.letters.letter import Letter
from assistant.reading.corpus import letter_id_of, read_letter, shown_name
from assistant.reading.readers.scan import LONGEST
from assistant.settings import PREFIX, Settings

__all__ = ["FAULT", "read_letters", "read_under", "serve"]

FAULT = "met a fault of the reader"
"""Begins the reason of a file that raised what no reader should raise."""

MOST_WORKERS = 8  # by default; more than the cores gains nothing, and each may take its memory
AHEAD = 8  # files a worker may be ahead of the one that is handed out: letters wait in memory
GRACE = 5  # seconds after which a worker ends itself, should the process that started it be gone
OUT_OF_MEMORY = 77  # exit status of a worker
START = "import sys; sys.path[:] = sys.argv[1:]; from assistant.reading.workers import serve; serve({}, {})"


@dataclass(frozen=True, slots=True)
class _Reply:
    """A letter, or the file that is at fault and why."""

    letter: Letter | None
    file: str = ""
    reason: str = ""


@cache
def _replies() -> TypeAdapter[_Reply]:
    return TypeAdapter(_Reply)


# --- asking ------------------------------------------------------------------------------------------------------


def read_letters(
    files: Sequence[Path],
    *,
    workers: int = 0,
    seconds: int = 60,
    megabytes: int = 1024,
    ocr: bool = False,
    inspectorate: Path | None = None,
) -> Generator[tuple[Path, Letter | LetterError], None, None]:
    """Read files, several at a time, each in a worker process under limits.

    The workers are started when they are first needed and ended when the iterator is used up, closed or interrupted.

    Args:
        files: What to read.
        workers: Most processes at a time; 0 for one a core, at most 8.
        seconds: Longest that one file may take.
        megabytes: Most memory that its worker may take; without effect on macOS and Windows.
        ocr: Whether scans are read by OCR, which takes some seconds a page, instead of being refused.
        inspectorate: The table of another inspectorate whose letters are known.

    Yields:
        Each file, in the order given, with its letter or with why there is none.
    """
    count = min(workers or min(os.cpu_count() or 1, MOST_WORKERS), len(files))
    if not count:
        return
    every = [_Worker(seconds, megabytes, ocr, inspectorate) for _ in range(count)]
    idle: SimpleQueue[_Worker] = SimpleQueue()
    for worker in every:
        idle.put(worker)

    def read(file: Path) -> Letter | LetterError:
        worker = idle.get()
        try:
            return worker.read(file)
        except LetterError as error:
            return error
        finally:
            idle.put(worker)

    threads = ThreadPoolExecutor(count, thread_name_prefix="reading")
    ahead: deque[tuple[Path, Future[Letter | LetterError]]] = deque()
    finished = False
    try:
        for file in files:
            ahead.append((file, threads.submit(read, file)))
            if len(ahead) > AHEAD * count:
                first, letter = ahead.popleft()
                yield first, letter.result()
        for first, letter in ahead:
            yield first, letter.result()
        finished = True
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        for worker in every:
            worker.end(kill=not finished)
        threads.shutdown()


def read_under(settings: Settings, files: Sequence[Path]) -> Generator[tuple[Path, Letter | LetterError], None, None]:
    """Read files under the limits of the settings; a scan that is read by OCR has the time that OCR needs.

    Args:
        settings: The limits, and whether scans are read by OCR.
        files: What to read.
    """
    return read_letters(
        files,
        workers=settings.reading_workers,
        seconds=max(settings.reading_seconds, LONGEST) if settings.ocr else settings.reading_seconds,
        megabytes=settings.reading_megabytes,
        ocr=settings.ocr,
        inspectorate=settings.inspectorate,
    )


class _Stopped(Exception):
    """A worker ended before it replied, or replied with what is no reply."""

    def __init__(self, reason: str, *, late: bool = False) -> None:
        self.reason, self.late = reason, late


class _Worker:
    """A reader process, started with its first file and again after it was ended."""

    def __init__(self, seconds: int, megabytes: int, ocr: bool = False, inspectorate: Path | None = None) -> None:
        self.seconds, self.megabytes, self.ocr = seconds, megabytes, ocr
        self.inspectorate = str(inspectorate.resolve()) if inspectorate else None
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = False
        self._lock = threading.Lock()  # of these two: `end` comes from another thread than `read`

    def read(self, file: Path) -> Letter:
        """The letter in a file.

        Raises:
            LetterError: If there is none, or the file ended its worker.
        """
        while True:
            fresh = self._process is None
            try:
                return self._ask(file)
            except _Stopped as stopped:
                # What an earlier file left behind in a worker is no fault of this one.
                if fresh or stopped.late:
                    raise LetterError(file.name, stopped.reason) from None

    def end(self, *, kill: bool) -> None:
        """End the process: at once, or when it has nothing left to read. It is not started again."""
        with self._lock:
            self._ended = True
            process, self._process = self._process, None
        if process:
            _end(process, kill=kill)

    def _ask(self, file: Path) -> Letter:
        process = self._running()
        assert process.stdin and process.stdout
        late = threading.Event()

        def stop() -> None:
            late.set()
            _kill(process)

        timer = threading.Timer(self.seconds, stop)
        timer.daemon = True
        timer.start()
        request = {"file": str(file), "ocr": self.ocr, "inspectorate": self.inspectorate}
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline(self.megabytes * 2**20)
        except (OSError, ValueError):  # it had gone, or was ended, before it was asked
            line = b""
        finally:
            timer.cancel()
            timer.join()
        reply = _checked(line, file)
        if reply is None or late.is_set():
            raise self._stopped(process, late.is_set())
        if reply.letter is None:
            raise LetterError(reply.file, reply.reason)
        return reply.letter

    def _running(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._ended:
                raise _Stopped("was not read, since reading was ended; index again", late=True)
            if self._process is None:
                try:
                    self._process = _start(self.seconds, self.megabytes)
                except OSError as error:
                    why = f"was not read: no reader process can be started ({error.strerror}); index again"
                    raise _Stopped(why) from None
            return self._process

    def _stopped(self, process: subprocess.Popen[bytes], late: bool) -> _Stopped:
        """Why a worker gave no letter; it is put away."""
        with self._lock:
            self._process = None
        _end(process, kill=True)
        if late:
            more = "split it, or give more time with ASSISTANT_READING_SECONDS"
            return _Stopped(f"took longer than {self.seconds} s to read; {more}", late=True)
        if process.returncode == OUT_OF_MEMORY:
            more = "split it, or give more with ASSISTANT_READING_MEGABYTES"
            return _Stopped(f"needs more than {self.megabytes} MB of memory to be read; {more}")
        if process.returncode == 1:  # Python's, for an exception that nothing caught
            return _Stopped("was not read: its reader process does not start; install the assistant again")
        more = "save it as a new PDF and index that"
        return _Stopped(f"made its reader crash (damaged, or in need of more than {self.megabytes} MB); {more}")


def _checked(line: bytes, file: Path) -> _Reply | None:
    """A reply that is whole and about the file: names in the index must not come from anywhere else."""
    try:
        reply = _replies().validate_json(line) if line.endswith(b"\n") else None
    except ValueError:
        return None
    if reply and reply.letter:
        names = (letter_id_of(file), shown_name(file))
        ours = names == (reply.letter.letter_id, reply.letter.file)
        return reply if ours and re.fullmatch("[0-9a-f]{64}", reply.letter.sha256) else None
    return reply if reply and reply.reason else None


def _start(seconds: int, megabytes: int) -> subprocess.Popen[bytes]:
    """A worker, with the import path of this process and none of its own: a folder of letters may hold `re.py`.

    It is not told our settings: passwords and keys are no concern of what takes hostile files apart.
    """
    return subprocess.Popen(
        [sys.executable, "-c", START.format(seconds, megabytes), *sys.path],
        env={name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        process_group=0,  # so that Ctrl-C is this process's alone, and what a worker starts can be ended with it
    )


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and, where the system can, what it started."""
    if process.poll() is None and hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _end(process: subprocess.Popen[bytes], *, kill: bool) -> None:
    assert process.stdin and process.stdout
    if kill:
        _kill(process)
    with suppress(OSError):
        process.stdin.close()  # tells it that there is nothing left to read
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        _kill(process)
        process.wait()
    process.stdout.close()


# --- answering ---------------------------------------------------------------------------------------------------


def serve(seconds: int, megabytes: int) -> None:
    """Read each file that stdin names and reply on stdout, a line each, until stdin is closed.

    Args:
        seconds: Longest that one file may take; this process ends itself soon after.
        megabytes: Most memory that this process may take.
    """
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)  # what a library prints is no reply
    os.dup2(nothing, 1)
    _limit_memory(megabytes)
    for request in requests:
        faulthandler.dump_traceback_later(seconds + GRACE, exit=True, file=nothing)
        try:
            asked = json.loads(request)
            use(Path(asked["inspectorate"]) if asked["inspectorate"] else None)
            replies.write(_reply(Path(asked["file"]), asked["ocr"]) + b"\n")
            replies.flush()
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        faulthandler.cancel_dump_traceback_later()


def _reply(file: Path, ocr: bool) -> bytes:
    try:
        return _replies().dump_json(_Reply(read_letter(file, ocr=ocr)))
    except LetterError as error:
        reply = _Reply(None, error.file, error.reason)
    except MemoryError:
        raise
    except Exception as error:  # a fault of ours: the file is reported, and the others are read
        said = printable(f"{type(error).__name__}: {error}")[:200]
        more = "save it as a new PDF and index that, and report the fault"
        reply = _Reply(None, shown_name(file), f"{FAULT} ({said}); {more}")
    return _replies().dump_json(reply)


def _limit_memory(megabytes: int) -> None:
    """Limit the memory that this process may write to, where the system knows such a limit."""
    try:
        import resource
    except ImportError:  # Windows
        return
    limit = megabytes * 2**20
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    with suppress(ValueError, OSError):  # macOS may refuse
        resource.setrlimit(resource.RLIMIT_DATA, (limit if most < 0 else min(limit, most), most))
