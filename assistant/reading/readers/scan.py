"""Scans: pages that are pictures, given a text layer by the program ocrmypdf, on this machine.

Optional: the program comes with Debian's package of that name, or with the extra `ocr` and tesseract beside it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.errors import LetterError

__all__ = ["with_text_layer"]

PROGRAM = "ocrmypdf"
LONGEST = 900  # seconds for a file
LONGEST_PAGE = 60  # seconds for a page; one that takes longer stays without text
OPTIONS = (
    *("--skip-text", "--output-type", "pdf", "--optimize", "0", "--language", "eng"),
    *("--jobs", "1", "--tesseract-timeout", str(LONGEST_PAGE), "--quiet"),
)
REASONS = {  # what the program's exit status says
    2: "it is a damaged PDF; fetch it again",
    3: "tesseract, ghostscript or the English language data is missing; install them",
    4: "it is a damaged PDF; fetch it again",
    8: "it is protected by a password; remove it and index again",
}


def with_text_layer(name: str, data: bytes) -> bytes:
    """A PDF with the words of its pictures as a text layer; pages that have text are left as they are.

    Args:
        name: The file's name, for messages only.
        data: Its bytes.

    Raises:
        LetterError: If the program is not installed, fails, or takes too long.
    """
    # Beside this Python first: an environment's programs need not be on the path.
    beside = str(Path(sys.executable).parent)
    program = shutil.which(PROGRAM, path=os.pathsep.join((beside, os.environ.get("PATH", os.defpath))))
    if program is None:
        raise LetterError(name, f"is a scan, and {PROGRAM} is not installed; install it, or turn ASSISTANT_OCR off")
    with TemporaryDirectory(prefix="assistant-ocr-") as folder:
        scan, read = Path(folder, "scan.pdf"), Path(folder, "read.pdf")
        scan.write_bytes(data)
        try:
            done = subprocess.run(
                [program, *OPTIONS, str(scan), str(read)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=LONGEST,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise LetterError(name, f"is a scan that OCR could not read within {LONGEST} s; split it") from None
        except OSError as error:
            raise LetterError(name, f"is a scan, and {PROGRAM} cannot be run ({error.strerror}); check it") from None
        if done.returncode or not read.is_file():
            said = done.stderr.decode("utf-8", errors="replace").strip().splitlines() or [f"status {done.returncode}"]
            reason = REASONS.get(done.returncode, f"{said[-1][:200]}; check the file, or run {PROGRAM} by hand")
            raise LetterError(name, f"is a scan that OCR could not read: {reason}")
        return read.read_bytes()
