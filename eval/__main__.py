"""`python -m eval`: ask every gold question and print the figures.

Exit codes: 0 all well, 1 the gate falls or the assistant cannot be opened, 2 wrong gold or usage.
"""

import argparse
import json
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from assistant.errors import AssistantError
from eval import baseline, particulars
from eval.beir import beir_letters, is_beir, read_beir
from eval.gate import GOLD, fallen, goes_by, judge, read_floors
from eval.gold import GoldError, Question, check, read
from eval.judge import Judge
from eval.new import new
from eval.report import data, html, junit, markdown
from eval.report.text import failures, table
from eval.results import Results
from eval.run import Library, ask_all, open_library, read_answers
from eval.score import EXTRACTIVE, score
from eval.shelf import Shelf
from eval.stages import ASKED, STAGES

__all__ = ["main"]


Opener = Callable[[Path | None, Path | None], Library]


def main(argv: Sequence[str] | None = None, opener: Opener = open_library) -> int:
    """Run the evaluation.

    Args:
        argv: Arguments, by default those of the command line.
        opener: Opens the letters and the assistant, from a folder of letters and of the index.

    Returns:
        The exit code.
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        if arguments[:1] == ["new"]:
            return new(arguments[1:], opener)
        return _run(_options(arguments), arguments, opener)
    except BrokenPipeError:  # "| head" has read enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  so that the interpreter's last flush meets no closed pipe
        return 0
    except GoldError as error:
        print("\n".join(error.problems), file=sys.stderr)
        print(f"{len(error.problems)} to mend; nothing was scored", file=sys.stderr)
        return 2
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 1


def _run(options: argparse.Namespace, arguments: Sequence[str], opener: Opener) -> int:
    floors = read_floors(options.floors)
    before = baseline.read_baseline(options.baseline) if options.gate or options.accept else None
    results = replace(_results(options, opener), command=shlex.join(["python", "-m", "eval", *arguments]))
    gating = [one for one in results.outcomes if one.writer == results.writers[0]]
    verdict = judge(gating, floors, before, results.circumstances, results.reading.tallies if results.reading else None)
    results = replace(results, baseline=before, verdict=verdict if options.gate else None)
    print(table(results), failures(results.outcomes), sep="\n\n")
    if options.gate:
        print(f"\n{verdict.text}")
    _write(results, options)
    if options.accept:
        worse = fallen(verdict, gating, before)
        if worse and not options.because:
            than = "before" if before else "is asked"
            print(f"\nNot accepted, for this is worse than {than} (say why with --because):", file=sys.stderr)
            print("\n".join(f"  {line}" for line in worse), file=sys.stderr)
            return 1
        because = options.because if worse else ""
        baseline.write_baseline(options.baseline, gating, results.circumstances, because, before)
        print(f"accepted: {options.baseline}", file=sys.stderr)
        return 0
    return 1 if options.gate and verdict.falls else 0


def _results(options: argparse.Namespace, opener: Opener) -> Results:
    """Ask and score."""
    folders = [path for path in options.gold if is_beir(path)]
    rows = read([path for path in options.gold if path not in folders])
    references = particulars.read_particulars(options.particulars) if options.particulars else []
    library = opener(options.corpus or (beir_letters(folders) if folders else None), options.index)
    try:
        shelf = Shelf(library.letters)
        reading = particulars.measure(references, shelf) if references else None
        questions: list[Question] = [*check(rows, shelf), *read_beir(folders, shelf)]
        outcomes = []
        writers = (EXTRACTIVE,) if options.answers else library.writers
        for writer in writers if set(options.stages) - {"reading"} else ():
            if options.answers:
                answers = read_answers(options.answers, questions)
            else:
                answers = ask_all(library, questions, writer, not {*ASKED, "cost"} & set(options.stages))
            pairs = zip(questions, answers, strict=True)
            outcomes += [score(one, given, shelf, options.stages, writer) for one, given in pairs]
        settings = {} if options.answers else library.settings
    finally:
        library.close()
    if options.judge:
        outcomes = Judge(options.judge, options.judge_model).judged(outcomes)
    under = baseline.circumstances(settings, shelf.letters, options.gold)
    return Results(tuple(outcomes), under, tuple(options.stages), reading)


def _write(results: Results, options: argparse.Namespace) -> None:
    """The reports that were asked for, each into its file."""
    for name, made in REPORTS.items():
        file = getattr(options, name)
        if file:
            file.write_text(made(results), encoding="utf-8")
            print(f"written: {file}", file=sys.stderr)


def _json(results: Results) -> str:
    return json.dumps(data.as_json(results), indent=1, ensure_ascii=False) + "\n"


# By the option that names the file to write.
REPORTS = {"json": _json, "html": html.as_html, "junit": junit.as_junit, "markdown": markdown.as_markdown}


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m eval",
        description="Measure the assistant by gold questions.",
        epilog='"python -m eval new" helps to write a question. All of it: docs/explanation/evaluation.md.',
    )
    add = parser.add_argument_group("what is asked").add_argument
    add(
        "--gold",
        type=Path,
        action="extend",
        nargs="+",
        metavar="FILE",
        help="questions, JSON lines, or a folder in BEIR's shape; default: eval/gold/*.jsonl",
    )
    add("--corpus", type=Path, metavar="DIR", help="folder of letters; default: the assistant's own")
    add("--index", type=Path, metavar="DIR", help="folder of the index; default: the assistant's own")
    add("--answers", type=Path, metavar="FILE", help="measure these answers (JSON lines) instead of asking")
    add(
        "--particulars",
        type=Path,
        metavar="FILE",
        help="what a person read in each letter, JSON lines; default: the shipped letters', with the shipped questions",
    )
    add(
        "--stage",
        dest="stages",
        action="extend",
        nargs="+",
        choices=STAGES,
        metavar="STAGE",
        help=f"measure only these: {', '.join(STAGES)}",
    )
    add = parser.add_argument_group("the gate").add_argument
    add("--gate", action="store_true", help="compare with the floors and the baseline; exit 1 on a fall")
    add("--accept", action="store_true", help="make these outcomes the baseline, unless something fell")
    add("--because", metavar="WHY", default="", help="accept although something fell, for this reason")
    add(
        "--baseline",
        type=Path,
        metavar="FILE",
        help="default: eval/baseline.json; of other questions: NAME.baseline.json beside them",
    )
    add("--floors", type=Path, metavar="FILE", help="default: eval/floors.toml; of other questions: none")
    add = parser.add_argument_group("reports beside the table").add_argument
    add("--json", type=Path, metavar="FILE", help="all figures and outcomes, for programs")
    add("--html", type=Path, metavar="FILE", help="one page to look at: plots, every answer with its quotes")
    add("--junit", type=Path, metavar="FILE", help="JUnit XML, for CI")
    add("--markdown", type=Path, metavar="FILE", help="a summary for a pull request")
    add = parser.add_argument_group("a language model as judge (never in the gate)").add_argument
    add("--judge", metavar="URL", default="", help="an OpenAI-compatible server; its key in ASSISTANT_LLM_KEY")
    add("--judge-model", metavar="NAME", default="", help="default: the server's first")
    options = parser.parse_args(arguments)
    shipped = not options.gold and not options.corpus
    options.gold = options.gold or sorted(GOLD.glob("*.jsonl"))
    kept, floors = goes_by(options.gold)
    options.baseline, options.floors = options.baseline or kept, options.floors or floors
    options.particulars = options.particulars or (particulars.FILE if shipped else None)
    _check(parser, options)
    options.stages = [stage for stage in STAGES if stage in (options.stages or STAGES)]
    return options


def _check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    if not options.gold:
        parser.error(f"no gold file in {GOLD}; name one with --gold")
    if options.corpus and not options.corpus.is_dir():
        parser.error(f"--corpus {options.corpus}: there is no such folder")
    for name in REPORTS:
        file = getattr(options, name)
        if file and not file.resolve().parent.is_dir():
            parser.error(f"--{name} {file}: there is no such folder")
    if options.stages and (options.gate or options.accept):
        parser.error("--gate and --accept need all stages: leave out --stage")
    if options.because and not options.accept:
        parser.error("--because goes with --accept")
    if options.stages == ["reading"] and not options.particulars:
        parser.error("the stage reading needs --particulars FILE for letters of your own")
    if options.answers and options.stages and set(options.stages) == {"reading"}:
        parser.error("--answers has nothing to say about the reading")


if __name__ == "__main__":
    sys.exit(main())
