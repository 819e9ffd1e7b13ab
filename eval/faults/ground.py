"""The ground on which faults are tried: letters in two states, an index of the first, and what is right for each."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from assistant.embedding.store import PASSAGES
from assistant.index.update import update_index
from assistant.reading.corpus import find_files
from assistant.settings import ROOT, Settings, load_settings
from eval.faults.contents import Contents, contents

__all__ = ["QUESTIONS", "Ground", "Told"]

Which = Literal["before", "after"]
QUESTIONS = (
    "What needs to improve?",
    "What do the letters say about care leavers?",
    "How many letters mention missing children?",
    "What did the inspectors say about the weather?",
)
"""Asked where answers are compared: a list, a matter, a count and a refusal."""

PATIENCE = 600  # seconds for a command; nothing takes as long


@dataclass(frozen=True, slots=True)
class Told:
    """What a command said."""

    status: int
    out: str
    err: str

    @property
    def one_line(self) -> bool:
        """Whether it failed as it should: exit 1 and one line that says why."""
        lines = [line for line in self.err.splitlines() if line.startswith("assistant: ")]
        return self.status == 1 and len(lines) == 1 and "Traceback" not in self.err


class Ground:
    """A folder for trials.

    In the second state of the letters a fifth of them are gone, two have changed places and a fifth are new.

    Args:
        folder: Empty; everything is done in it.
        letters: Real files.
        models: The embedding model's exported graph, so that it need not be made again.

    Attributes:
        letters: The folder that is indexed.
        index: The index that faults are done to.
        right: What `contents` gives for each state, from indexes made at once.
    """

    def __init__(self, folder: Path, letters: Sequence[Path], models: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.letters, self.index = folder / "letters", folder / "index"
        fifth = max(1, len(letters) // 5)
        before, after = list(letters[:-fifth]), list(letters[fifth:])
        names = {"before": {f.name: f for f in before}, "after": {f.name: f for f in after}}
        one, other = before[-1].name, before[-2].name
        names["after"][one], names["after"][other] = names["after"][other], names["after"][one]
        self._states: Mapping[str, Mapping[str, Path]] = names
        self._models = models
        self.right: dict[str, Contents] = {}
        for which in ("before", "after"):
            self.lay_out(which)
            known = self.index / PASSAGES
            if known.exists():
                known.rename(folder / PASSAGES)
            self._empty()
            if (folder / PASSAGES).exists():
                (folder / PASSAGES).rename(known)
            update_index(self.settings)
            self.right[which] = contents(self.settings)
            if which == "before":
                (self.index / "models").unlink(missing_ok=True)
                shutil.copytree(self.index, folder / "template")
            else:  # these embeddings too are known from now on: what takes long is not what is tried
                shutil.copy(self.index / PASSAGES, folder / "template")

    @property
    def settings(self) -> Settings:
        """Those of the index."""
        return load_settings(corpus_dir=self.letters, index_dir=self.index, adding_dir=self.folder / "added")

    def lay_out(self, which: Which) -> None:
        """Put the letters into a state."""
        shutil.rmtree(self.letters, ignore_errors=True)
        self.letters.mkdir()
        for name, file in self._states[which].items():
            shutil.copy2(file, self.letters / name)

    def start_from(self, which: Literal["nothing", "before"]) -> None:
        """Put the index into a state."""
        self._empty()
        if which == "before":
            shutil.copytree(self.folder / "template", self.index, dirs_exist_ok=True)
        else:
            shutil.copy(self.folder / "template" / PASSAGES, self.index)

    def _empty(self) -> None:
        shutil.rmtree(self.index, ignore_errors=True)
        self.index.mkdir()
        (self.index / "models").symlink_to(self._models, target_is_directory=True)

    def letters_are(self, which: Which) -> bool:
        """Whether the letters are, byte for byte, what they were."""
        there = {path.name: path.read_bytes() for path in self.letters.iterdir()}
        return there == {name: file.read_bytes() for name, file in self._states[which].items()}

    def start(self, *command: str) -> "subprocess.Popen[str]":
        """Start an `assistant` command, in a process group of its own."""
        ours = {"CORPUS_DIR": self.letters, "INDEX_DIR": self.index, "ADDING_DIR": self.folder / "added"}
        kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("ASSISTANT_")}
        return subprocess.Popen(
            [sys.executable, "-m", "assistant.cli", *command],
            env=kept | {"PYTHONPATH": str(ROOT)} | {f"ASSISTANT_{name}": str(value) for name, value in ours.items()},
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *command: str) -> Told:
        """Run an `assistant` command to its end."""
        started = self.start(*command)
        out, err = started.communicate(timeout=PATIENCE)
        return Told(started.returncode, out, err)

    def ask(self) -> tuple[Told, str]:
        """Ask the questions, as a user would: what the command said, and the answers.

        Without their times, and without the passages found beside what is quoted: the graph of a rebuilt index, made
        by several threads, may give them in another order.
        """
        questions, answers = self.folder / "questions.jsonl", self.folder / "answers.jsonl"
        questions.write_text("".join(json.dumps({"id": q, "question": q}) + "\n" for q in QUESTIONS))
        answers.unlink(missing_ok=True)
        told = self.run("ask", "--batch", str(questions), "-o", str(answers))
        if told.status:
            return told, ""
        rows = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
        for row in rows:
            del row["seconds"], row["retrieved"]
        return told, json.dumps(rows)

    @classmethod
    def of(cls, folder: Path, source: Path, most: int, models: Path) -> Self:
        """A ground of the first letters of a folder.

        Args:
            folder: For the trials.
            source: Holds the letters.
            most: How many of them.
            models: The embedding model's exported graph.
        """
        return cls(folder, find_files(source)[:most], models)
