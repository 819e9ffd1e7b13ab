"""Asking a person for a gold question, one thing at a time, with plain prompts.

Enter takes what stands in [brackets], "?" explains what is asked, Ctrl-C and Ctrl-D leave. What is typed is checked at
once, so that what is written in the end holds.
"""

import contextlib
import importlib
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from textwrap import shorten
from typing import Any

from assistant.errors import QuestionError
from eval.gold import GoldError
from eval.matching import holds
from eval.new.draft import ANY, Desk, Draft, alternatives
from eval.new.suggest import SUGGESTED, Sentence, facts_in, found_sentences, listing, sentences_with, wrapped
from eval.shelf import Shelf

__all__ = ["KINDS", "SHOWN", "complete", "confirmed", "next_question", "welcome"]

KINDS: Mapping[str, str] = {
    "no_letter_in_scope": "no letter of that authority, year or kind is there",
    "letters_silent": "there are letters, but they do not say it",
    "false_premise": "it takes for granted what the letters say otherwise",
    "out_of_remit": "no such letter could answer it: opinion, advice, private life, the future",
    ANY: "any refusal is right",
}
"""The kinds of refusal and what each means."""

SHOWN = 12
"""Sentences shown at a time."""

TYPES = ("who", "when", "how_many", "grade", "list", "theme", "comparison", "follow_up", "misspelt", "unanswerable")
BACK = "-"  # takes back the last of several
YES, NO = ("y", "yes"), ("n", "no")
LONGEST_SHOWN = 200  # characters of a sentence that is shown by the way

QUESTION_HELP = "As somebody would ask it who has not read the letters: short, plain, in other words than theirs."
HISTORY_HELP = (
    'For a follow-up ("And in 2024?"): the questions asked before it in the same conversation, oldest first, one at a '
    "time; - takes back the last one. Enter where there are none, or no more."
)
SCOPE_HELP = (
    "Which authorities and years the question is about. y keeps what the assistant searches as right; n lets you say "
    "what is right; Enter leaves it unsaid. Say y or n only where you are sure."
)
CHOOSE_HELP = (
    'Numbers of all sentences that together answer it ("1 3"); a number typed again takes its sentence out. m: show '
    "more. s WORDS: search with other words. f WORDS: find every sentence with exactly these words, in any letter. n: "
    "no letter answers it (try f first)."
)
FACT_HELP = (
    "A few words without which an answer is wrong: a number, a date, a name, a short phrase. Type the letter of a "
    'suggestion ("b", or "a c" for two facts) or words, and other wordings that are as good behind |: '
    '"60% | three fifths". One of them must stand in the sentences. One fact at a time, - takes back the last one, '
    "Enter ends."
)
FORBIDDEN_HELP = (
    "What only a wrong answer would say: the other year's figure, the other inspector, the other grade. One at a time, "
    "- takes back the last one, Enter ends."
)
KIND_HELP = "The reason why it cannot be answered. The last one accepts any refusal."
ABSENT_HELP = (
    "Words that would have to be there if the letters answered it; they are looked for, and must not be there. One at "
    "a time, - takes back the last one, Enter ends."
)
TYPE_HELP = (
    "Any word: the table of results has a row for each. A type with list, comparison or coverage in it may have a "
    "longer answer; with one that has grade in it the answer may name no grade but the right one."
)
MUST_PASS_HELP = (
    "y: the gate falls whenever this one question fails. For what people rely on and the assistant can do today."
)
NOTE_HELP = "For people: why it is hard, where the trap is, which wordings you weighed."
ID_HELP = "y writes it to the file, n does not. Anything else is taken as its id."


def welcome(desk: Desk) -> None:
    """Say what is going on."""
    with contextlib.suppress(ImportError):
        importlib.import_module("readline")  # so that a line can be edited; on Windows it can be anyway
    print(f'To {desk.file}, about {len(desk.shelf.letters)} letters. "?" explains what is asked, Ctrl-C leaves.')


def next_question() -> str:
    """The next question, or nothing to leave."""
    try:
        return _ask("\nNext question [leave]", QUESTION_HELP, words=True)
    except (EOFError, KeyboardInterrupt):
        print()
        return ""


def complete(desk: Desk, draft: Draft) -> None:
    """Ask for whatever a draft does not say yet."""
    draft.question = draft.question or _ask("\nQuestion", QUESTION_HELP, needed=True, words=True)
    draft.history = draft.history or _several("Asked before it, in the same conversation", HISTORY_HELP, str)
    found = _searched(desk, draft)
    draft.scope = draft.scope or _scope(desk, found)
    if not draft.unanswerable and not draft.quotes:
        _choose(desk, draft, found)
    if draft.quotes:
        draft.facts = draft.facts or _facts(draft)
        draft.forbidden = draft.forbidden or _several("Forbidden", FORBIDDEN_HELP, lambda one: _forbidden(draft, one))
    else:
        draft.unanswerable = draft.unanswerable or _kind()
        draft.absent = draft.absent or _several("Absent", ABSENT_HELP, lambda one: _absent(desk, draft, one))
    draft.type = draft.type or _type(desk, draft)
    draft.must_pass = draft.must_pass or _yes("Must it pass?", MUST_PASS_HELP)
    draft.note = draft.note or _ask("Note [none]", NOTE_HELP, words=True)


def confirmed(desk: Desk, draft: Draft) -> bool:
    """Show the whole question; the person says yes, no, or another identifier."""
    draft.id = draft.id or desk.next_id()
    print()
    for name, value in desk.row(draft).items():
        print(wrapped(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), f"  {name:15} "))
    while True:
        typed = _ask(f"Write it as {draft.id}? y, n, or another id", ID_HELP, "y")
        if typed.lower() in (*YES, *NO):
            return typed.lower() in YES
        if any(row.id == typed for _, row in desk.rows):
            print(f'  there is a question "{typed}" already')
        elif len(typed.split()) > 1:
            print("  an id is one word")
        else:
            draft.id = typed


# --- prompts -------------------------------------------------------------------------------------------------------


def _ask(prompt: str, explanation: str, default: str = "", needed: bool = False, words: bool = False) -> str:
    """One line; "?" prints the explanation and asks again.

    Where words are asked for, "n" is meant as no, nothing, and "y" is meant for another prompt.
    """
    while True:
        typed = input(f"{prompt} [{default}]: " if default else f"{prompt}: ").strip()
        if words and typed.lower() == NO[0]:
            typed = ""
        if typed == "?" or (words and typed.lower() == YES[0]):
            print(wrapped(explanation))
        elif typed or default or not needed:
            return typed or default


def _yes(prompt: str, explanation: str) -> bool:
    while (typed := _ask(f"{prompt} y or n", explanation, "n").lower()) not in (*YES, *NO):
        print("  y or n, please")
    return typed in YES


def _several(prompt: str, explanation: str, parse: Callable[[str], str]) -> list[str]:
    """Lines until an empty one, each as the parser gives it back; its ValueError says what is wrong with one.

    "-" takes back the last one.
    """
    found: list[str] = []
    while typed := _ask(f"{prompt} [{'done' if found else 'none'}]", explanation, words=True):
        if typed == BACK:
            del found[-1:]
            continue
        try:
            found.append(parse(typed))
        except ValueError as error:
            print(wrapped(str(error)))
    return found


# --- what the letters say ------------------------------------------------------------------------------------------


def _searched(desk: Desk, draft: Draft) -> Mapping[str, Any]:
    while True:
        try:
            return desk.search(draft.question, draft.history)
        except QuestionError as error:
            print(wrapped(str(error)))
            draft.question = _ask("Question", QUESTION_HELP, needed=True)


def _scope(desk: Desk, found: Mapping[str, Any]) -> dict[str, Any] | None:
    print(f"The assistant searches: {desk.searched(found)}")
    while (typed := _ask("Is that right? y or n [leave it out]", SCOPE_HELP).lower()) not in ("", *YES, *NO):
        print("  y, n or Enter, please")
    if not typed:
        return None
    if typed in YES:
        return desk.scope(found)
    authorities = _ask("Right authorities, with commas [none]", SCOPE_HELP)
    while (years := _ask("Right years, with commas [none]", SCOPE_HELP)) and not re.fullmatch(r"(\d{4}[, ]*)+", years):
        print("  years such as 2019, 2024")
    return {
        "authorities": [name.strip() for name in authorities.split(",") if name.strip()],
        "years": [int(year) for year in re.findall(r"\d{4}", years)],
    }


def _choose(desk: Desk, draft: Draft, found: Mapping[str, Any]) -> None:
    """Let the person choose the sentences that answer it, among those found and those that they look for."""
    numbered: list[Sentence] = []
    left = _show(found_sentences(found, desk.shelf, draft.question), numbered)
    while True:
        typed = _ask("More [done]" if draft.quotes else "Which answer it? numbers, m, s, f, n or ?", CHOOSE_HELP)
        command, _, words = typed.partition(" ")
        if typed == ("" if draft.quotes else "n"):
            return
        if typed == "m":
            left = _show(left, numbered)
        elif command in ("s", "f") and words.strip():
            left = _show(_other(desk, command, words, found["scope"]["letters"]), numbered)
        elif re.fullmatch(r"[\d ,]+", typed):
            _pick(desk, draft, numbered, [int(number) for number in re.findall(r"\d+", typed)])
        else:
            print(wrapped(CHOOSE_HELP))


def _show(found: list[Sentence], numbered: list[Sentence]) -> list[Sentence]:
    """Print the first sentences, those that were shown before with their old numbers; the others are left for "m"."""
    page, left = found[:SHOWN], found[SHOWN:]
    numbered += [one for one in page if one not in numbered]
    print(f"\n{listing(page, numbered)}\n")
    if left:
        print(f"m shows {len(left)} more.")
    return left


def _other(desk: Desk, command: str, words: str, scope: Sequence[str]) -> list[Sentence]:
    if command == "f":
        return sentences_with(desk.shelf, words, scope)
    try:
        return found_sentences(desk.search(words), desk.shelf, words)
    except QuestionError as error:
        print(wrapped(str(error)))
        return []


def _pick(desk: Desk, draft: Draft, shown: Sequence[Sentence], numbers: Sequence[int]) -> None:
    for number in numbers:
        if not 1 <= number <= len(shown):
            print(f"  there is no sentence {number}")
            continue
        one = shown[number - 1]
        if one in draft.quotes:
            draft.quotes.remove(one)
            print(f"  {number} is taken out again")
            continue
        try:
            desk.evidence(one)
        except GoldError as error:
            print(wrapped(str(error)))
        else:
            draft.quotes.append(one)
            print(wrapped(shorten(one.words, LONGEST_SHOWN, placeholder=" ..."), "  + "))


def _facts(draft: Draft) -> list[list[str]]:
    """Groups of facts: by the letters of the suggestions, or in words."""
    suggested = dict(zip(SUGGESTED, facts_in([one.words for one in draft.quotes], draft.question), strict=False))
    print("\nWhat must every right answer say?")
    print("\n".join(f"  {letter}  {fact}" for letter, fact in suggested.items()))
    groups: list[list[str]] = []
    while typed := _ask(f"Fact {len(groups) + 1}{' [done]' if groups else ''}", FACT_HELP, needed=not groups):
        if typed == BACK:
            del groups[-1:]
            continue
        letters = typed.split()
        for line in letters if all(letter in suggested for letter in letters) else [typed]:
            group = [suggested.get(words, words) for words in alternatives(line)]
            if not any(holds(text, words) for text in draft.said for words in group):
                print(wrapped("not in the sentences: write it as they do, and other wordings behind |"))
                continue
            if any(holds(draft.question, words) for words in group):
                print(wrapped("note: the question itself says this, so a wrong answer may repeat it"))
            groups.append(group)
            print(wrapped(" | ".join(group), "  + "))
    return groups


def _forbidden(draft: Draft, words: str) -> str:
    if any(holds(one.words, words) for one in draft.quotes):
        raise ValueError("this stands in a sentence that answers the question, so a right answer may say it")
    return words


def _kind() -> str:
    print("\nWhich refusal is right?")
    for number, (kind, meaning) in enumerate(KINDS.items(), 1):
        print(f"  {number}  {kind}: {meaning}")
    kinds = {str(number): kind for number, kind in enumerate(KINDS, 1)} | {kind: kind for kind in KINDS}
    while (typed := _ask("Refusal", KIND_HELP, str(len(KINDS)))) not in kinds:
        print(f"  a number from 1 to {len(KINDS)}, please")
    return kinds[typed]


def _absent(desk: Desk, draft: Draft, words: str) -> str:
    within = (draft.scope or {}).get("letters")
    for letter in desk.shelf.letters:
        if (within is None or letter.file in within) and holds(letter.text, words):
            said = [one.words for one in sentences_with(Shelf([letter]), words)]  # none where two sentences share it
            raise ValueError(f"this stands in {letter.file}: {shorten(' '.join(said[:1]), LONGEST_SHOWN)}")
    return words


def _type(desk: Desk, draft: Draft) -> str:
    used = Counter(row.type for _, row in desk.rows if row.type)
    listed = [f"{name} ({count})" for name, count in used.most_common()]
    listed += [name for name in TYPES if name not in used]
    print(f"\n{wrapped(', '.join(listed), 'Types: ')}")
    return _ask("Type", TYPE_HELP, draft.guessed_type(), words=True)
