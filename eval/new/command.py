"""The command `python -m eval new`: its options, its exit codes."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from textwrap import shorten

from eval.gold import GoldError
from eval.new.draft import Desk, Draft, alternatives
from eval.new.interview import KINDS, SHOWN, complete, confirmed, next_question, welcome
from eval.new.suggest import Sentence, facts_in, found_sentences, listing, wrapped
from eval.run import Library
from eval.shelf import Shelf

__all__ = ["new"]

FILE = Path("my-questions.jsonl")

Opener = Callable[[Path | None, Path | None], Library]


def new(arguments: Sequence[str], opener: Opener) -> int:
    """Write gold questions: at a terminal by asking for them, or one by options alone.

    Args:
        arguments: Those behind `python -m eval new`.
        opener: Opens the letters and the assistant, from a folder of letters and of the index.

    Returns:
        The exit code: 0 done, 1 left without writing, 2 the question does not check.

    Raises:
        AssistantError: If the assistant cannot be opened, or the file cannot be written.
    """
    options = _options(arguments)
    desk = None
    try:
        rows = Desk.rows_of(options.gold)
        library = opener(options.corpus, options.index)
        try:
            desk = Desk(library, Shelf(library.letters), options.gold, options.anchor, rows)
            if options.suggest:
                _suggest(desk, options)
            elif options.whole:
                _write(desk, _given(desk, options))
            else:
                _interview(desk, _given(desk, options))
        finally:
            library.close()
    except GoldError as error:
        print("\n".join(error.problems), file=sys.stderr)
        return _left(desk, 2)
    except (EOFError, KeyboardInterrupt):
        print()
        return _left(desk, 1)
    return 0 if options.suggest or desk.written else _left(desk, 1)


def _left(desk: Desk | None, code: int) -> int:
    print(f"nothing {'more ' if desk and desk.written else ''}was written", file=sys.stderr)
    return code


def _interview(desk: Desk, draft: Draft) -> None:
    """One question after another, until the person leaves."""
    welcome(desk)
    while True:
        complete(desk, draft)
        if confirmed(desk, draft):
            _write(desk, draft)
        else:
            print("not written")
        question = next_question()
        if not question:
            return
        draft = Draft(question)


def _write(desk: Desk, draft: Draft) -> None:
    """Add the question to the file, and say how the assistant does on it."""
    place, question = desk.write(draft)
    print(f"written: {place}: {question.id}")
    outcome = desk.today(question)
    print("The assistant passes it today." if outcome.passed else "The assistant fails it today:")
    for reason in dict.fromkeys((*outcome.causes, *outcome.doubts)):
        print(wrapped(reason))
    if not outcome.passed and question.must_pass:
        print("It must pass, so the gate falls until it does.")
    elif not outcome.passed:
        print("If the question is right, keep it as it is: questions that fail are worth having.")


# --- options -------------------------------------------------------------------------------------------------------


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m eval new",
        description="Write a gold question about your letters. At a terminal it asks for what the options leave out.",
        epilog="How to write good ones: docs/how-to/writing-questions.md.",
    )
    parser.add_argument("question", nargs="?", default="", metavar="QUESTION", help="as people would ask it")
    add = parser.add_argument_group("where").add_argument
    add("--gold", type=Path, default=FILE, metavar="FILE", help=f"add it to this file; default: {FILE}")
    add("--corpus", type=Path, metavar="DIR", help="folder of letters; default: the assistant's own")
    add("--index", type=Path, metavar="DIR", help="folder of the index; default: the assistant's own")
    add = parser.add_argument_group("a question that the letters answer").add_argument
    add("--quote", action="append", default=[], metavar='"DOCUMENT: WORDS"', help="words that answer it; repeatable")
    add("--pick", type=int, nargs="+", action="extend", default=[], metavar="N", help="sentences of --suggest")
    add("--fact", action="append", default=[], metavar='"A|B"', help="an answer must say A or B; repeatable")
    add("--forbid", action="append", default=[], metavar="WORDS", help="what a wrong answer would say; repeatable")
    add("--anchor", action="store_true", help="name where quotes begin and end instead of copying them")
    add = parser.add_argument_group("a question that no letter answers").add_argument
    add("--unanswerable", choices=KINDS, default="", metavar="KIND", help=f"the right refusal: {', '.join(KINDS)}")
    add("--absent", action="append", default=[], metavar="WORDS", help="words that stand in no letter; repeatable")
    add = parser.add_argument_group("any question").add_argument
    add("--history", action="append", default=[], metavar="QUESTION", help="asked before it, oldest first; repeatable")
    add("--type", default="", metavar="WORD", help="kind of question; default: guessed")
    add("--scope", action="store_true", help="what the assistant searches for it is right, and is to stay so")
    add("--must-pass", action="store_true", help="the gate falls when this question fails")
    add("--note", default="", metavar="TEXT", help="for people")
    add("--id", default="", metavar="ID", help="default: the next free one")
    add = parser.add_argument_group("only look").add_argument
    add("--suggest", action="store_true", help="print the sentences that may answer QUESTION, and leave")
    add("--json", action="store_true", help="print them as JSON")
    options = parser.parse_args(arguments)
    _check_usage(parser, options)
    return options


def _check_usage(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    options.question = options.question.strip()
    answerable = bool((options.quote or options.pick) and options.fact)
    options.whole = bool(options.question) and (answerable or bool(options.unanswerable))
    if options.corpus and not options.corpus.is_dir():
        parser.error(f"--corpus {options.corpus}: there is no such folder")
    if options.gold.is_dir() or not options.gold.resolve().parent.is_dir():
        parser.error(f"--gold {options.gold}: this is no file in a folder that exists")
    if options.json and not options.suggest:
        parser.error("--json goes with --suggest")
    if options.suggest and not options.question:
        parser.error("--suggest needs a QUESTION")
    if (options.pick or options.scope) and not options.question:
        parser.error("--pick and --scope need a QUESTION")
    if options.unanswerable and (options.quote or options.pick or options.fact or options.forbid):
        parser.error("--unanswerable goes with none of --quote, --pick, --fact and --forbid")
    if not (options.whole or options.suggest or sys.stdin.isatty()):
        parser.error("no terminal to ask at: give QUESTION with --fact and --quote or --pick, or with --unanswerable")


def _given(desk: Desk, options: argparse.Namespace) -> Draft:
    """What the options say."""
    draft = Draft(
        question=options.question,
        history=options.history,
        facts=[alternatives(fact) for fact in options.fact],
        forbidden=options.forbid,
        unanswerable=options.unanswerable,
        absent=options.absent,
        type=options.type,
        must_pass=options.must_pass,
        note=options.note,
        id=options.id,
    )
    if options.scope or options.pick:
        found = desk.search(draft.question, draft.history)
        draft.scope = desk.scope(found) if options.scope else None
        sentences = found_sentences(found, desk.shelf, draft.question)
        for number in options.pick:
            if not 1 <= number <= len(sentences):
                raise GoldError([f"--pick {number}: the suggestions are numbered from 1 to {len(sentences)}"])
            draft.quotes.append(sentences[number - 1])
    draft.quotes += [_quoted(desk, quote) for quote in options.quote]
    return draft


def _quoted(desk: Desk, given: str) -> Sentence:
    """The place of a quote that was typed as "DOCUMENT: words"."""
    name, _, words = (part.strip() for part in given.partition(":"))
    letter = desk.shelf.letter(name)
    if letter is None:
        near = get_close_matches(name, [one.file for one in desk.shelf.letters], n=1)
        raise GoldError([f'there is no letter "{name}"' + (f'; there is "{near[0]}"' if near else "")])
    found = desk.shelf.find(letter, words) if words else None
    start = -1 if found is None else letter.text.find(found)
    if found is None or start < 0:
        raise GoldError([f'the text of {letter.file} does not hold "{shorten(words, 60)}"'])
    return Sentence(letter, start, start + len(found))


def _suggest(desk: Desk, options: argparse.Namespace) -> None:
    """Print what may answer a question."""
    found = desk.search(options.question, options.history)
    sentences = found_sentences(found, desk.shelf, options.question)
    if options.json:
        quotes = [
            {
                "number": number,
                "document": one.letter.file,
                "locator": one.locator,
                "quote": one.words,
                "facts": facts_in([one.words], options.question),
            }
            for number, one in enumerate(sentences, 1)
        ]
        body = {"question": options.question, "id": desk.next_id(), "scope": desk.scope(found), "quotes": quotes}
        print(json.dumps(body, ensure_ascii=False, indent=1))
        return
    print(f"The assistant searches: {desk.searched(found)}\n")
    print(listing(sentences[:SHOWN], sentences))
    if len(sentences) > SHOWN:
        print(f"\n{len(sentences) - SHOWN} more with --json")
