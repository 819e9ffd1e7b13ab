"""A reader that goes wrong on purpose, by the name of the file it is given; for the tests of the workers.

`START` is what a worker runs instead of the assistant's own reader.
"""

import ctypes
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import assistant.reading.corpus
from assistant.letters.letter import Letter
from assistant.reading import workers

START = "import sys; sys.path[:] = sys.argv[1:]; from misreader import serve; serve({}, {})"

count = 0  # files that this process has read


def misread(file: Path, *, ocr: bool) -> Letter:
    global count
    count += 1
    with file.with_name("log").open("a") as log:
        log.write(f"{file.name} {os.getpid()}\n")
    name = file.stem
    if name.startswith("hang"):
        until = time.monotonic() + 60  # long enough: nobody waits so long
        while time.monotonic() < until:
            pass
    if name.startswith("family"):  # something started in turn, as OCR would be
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        file.with_name("child").write_text(str(child.pid))
        time.sleep(60)
    if name.startswith("crash"):
        ctypes.string_at(0)
    if name.startswith("leave"):
        os._exit(0)
    if name.startswith("eat"):
        _hoard = [bytearray(2**20) for _ in range(2**20)]
    if name.startswith("fragile") and count > 1:
        os.abort()
    if name.startswith("fault"):
        raise KeyError("a fault\nof two lines")
    if name.startswith("babble"):
        print("not a reply")
        os.write(1, b'{"letter": null, "reason": "nor this"}\n')
        assert sys.stdin.read() == ""
    letter = assistant.reading.corpus.read_letter(file)
    if name.startswith("forge"):
        return replace(letter, letter_id="../../elsewhere")
    if name.startswith("rename"):
        return replace(letter, file="another.txt")
    if name.startswith("hash"):
        return replace(letter, sha256="/../../elsewhere")
    if name.startswith("scan"):
        return replace(letter, title=f"with OCR: {ocr}")
    if name.startswith("half"):
        return replace(letter, title="half a character: \ud800")
    if name.startswith("slow"):
        time.sleep(0.5)
    return letter


def serve(seconds: int, megabytes: int) -> None:
    workers.read_letter = misread
    if os.environ.get("MISREADER") == "garbage":
        os.write(1, b"{}\n" * 3)
    if os.environ.get("MISREADER") == "endless":
        while True:
            os.write(1, b"0" * 2**20)
    workers.serve(seconds, megabytes)
