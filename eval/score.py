"""An answer in the contract's shape against its gold question: what it failed on, and every tally."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import shorten

from pydantic import BaseModel, ConfigDict, Field

from assistant.letters.inspectorates import shipped
from assistant.letters.letter import Letter
from assistant.letters.spoken import describe
from eval import measures
from eval.gold import Question
from eval.matching import holds
from eval.measures import Tally
from eval.reading.comparing import same_authority
from eval.shelf import Shelf
from eval.stages import ASKED, MEASURES, STAGES

__all__ = ["EXTRACTIVE", "Given", "Outcome", "add", "score"]

GRADES = shipped().grade_names

EXTRACTIVE = "extractive"
"""The writer that quotes: the only one that the gate looks at."""

SHOWN = 80  # characters of a fact or sentence in the list of failures


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Sentence(_Model):
    """A sentence and the numbers of its citations."""

    text: str
    citations: tuple[int, ...] = ()


class Quoted(_Model):
    """A citation."""

    number: int
    letter_id: str
    file: str = ""
    quote: str
    start: int
    end: int
    title: str = ""
    locator: str = ""


class Heading(_Model):
    """The heading of a group of sentences, and the numbers of these, from 0."""

    heading: str = ""
    sentences: tuple[int, ...] = ()


class Refused(_Model):
    """A refusal."""

    kind: str
    nearest: tuple[Quoted, ...] = ()


class Found(_Model):
    """A retrieved passage."""

    letter_id: str
    file: str = ""
    text: str


class Searched(_Model):
    """What was searched."""

    authorities: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    letters: tuple[str, ...] = ()


class Given(_Model):
    """An answer, as `assistant ask --json` prints it; only what is measured or shown is read."""

    id: str = ""
    scope: Searched | None = None
    refused: bool
    refusal: Refused | None = None
    answer: str
    writer: str = EXTRACTIVE
    sentences: tuple[Sentence, ...] = ()
    groups: tuple[Heading, ...] = ()
    citations: tuple[Quoted, ...] = ()
    retrieved: tuple[Found, ...] = ()
    seconds: Mapping[str, float] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question went.

    Attributes:
        question: The question.
        given: What was answered.
        causes: Why it failed, in words; empty if it passed.
        doubts: Citations, sentences and scopes that do not hold, whether or not the question passed.
        tallies: By name of the measure.
        writer: Which writer was asked.
        judged: What a language-model judge said, in words, if one was asked.
    """

    question: Question
    given: Given
    causes: tuple[str, ...]
    doubts: tuple[str, ...]
    tallies: Mapping[str, Tally]
    writer: str = EXTRACTIVE
    judged: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Answered rightly, or rightly refused."""
        return not self.causes

    @property
    def seconds(self) -> Mapping[str, float]:
        """By stage."""
        return self.given.seconds

    @property
    def missed(self) -> tuple[tuple[str, ...], ...]:
        """Groups of facts that an answer should have said and did not."""
        return tuple(_missed(self.question, self.given)) if self.question.answerable else ()


def add(outcomes: Iterable[Outcome]) -> dict[str, Tally]:
    """The tallies of several questions, added up by measure."""
    total: dict[str, Tally] = {}
    for outcome in outcomes:
        for name, tally in outcome.tallies.items():
            total[name] = total.get(name, Tally(0, 0)) + tally
    return total


def score(
    question: Question,
    given: Given,
    shelf: Shelf,
    stages: Collection[str] = tuple(STAGES),
    writer: str = EXTRACTIVE,
) -> Outcome:
    """Measure one answer.

    Args:
        question: What was asked.
        given: What was answered, or what was found and read where only the search or the scope is measured.
        shelf: The letters.
        stages: Those that are measured; a question fails only by what these look at.
        writer: Which writer was asked.
    """
    asked = bool(set(stages) & set(ASKED))
    tallies, wrong_scope = _scope(question, given, shelf)
    doubts = wrong_scope if "scope" in stages else []
    causes = [] if asked else list(doubts)
    if question.answerable:
        tallies |= _retrieval_tallies(question, given, shelf)
    if asked:
        cited, doubtful = _citations(given, shelf)
        answered, causes = _answered(question, given, shelf)
        tallies |= cited | answered
        doubts = [*doubts, *doubtful]
    if question.answerable and "retrieval" in stages and not (asked and question.facts):
        causes += [] if tallies["recall@10"].hits else ["no evidence among the first 10 passages"]
    measured = {name: tally for name, tally in tallies.items() if MEASURES[name].stage in stages}
    return Outcome(question, given, tuple(causes), tuple(doubts), measured, writer)


def _scope(question: Question, given: Given, shelf: Shelf) -> tuple[dict[str, Tally], list[str]]:
    """Scope accuracy: authorities, years and letters searched are just those that the question names."""
    wanted, found = question.scope, given.scope
    if wanted is None or found is None:
        return {}, []
    letters = {letter.letter_id if (letter := shelf.letter(name)) else name for name in found.letters}
    wrong = []
    if wanted.authorities is not None and not (
        len(wanted.authorities) == len(found.authorities)
        and all(any(same_authority(one, name) for one in found.authorities) for name in wanted.authorities)
    ):
        wrong.append(_other("authorities", found.authorities, wanted.authorities))
    if wanted.years is not None and wanted.years != set(found.years):
        wrong.append(_other("years", found.years, wanted.years))
    if wanted.letters is not None and wanted.letters != letters:
        wrong.append(_other("letters", sorted(letters), wanted.letters))
    return {"scope_accuracy": Tally(not wrong, 1)}, wrong


def _other(what: str, found: Iterable[object], wanted: Iterable[object]) -> str:
    said = [", ".join(sorted(map(str, side))) or "none" for side in (found, wanted)]
    return f"scope: {what} {said[0]}; expected {said[1]}"


def _answered(question: Question, given: Given, shelf: Shelf) -> tuple[dict[str, Tally], list[str]]:
    """The tallies of answer and refusal, and why the question failed."""
    tallies = {}
    if not question.answerable:
        if question.refusal and given.refusal:
            tallies["refusal_kind"] = Tally(given.refusal.kind == question.refusal, 1)
        tallies["refusal_recall"] = Tally(given.refused, 1)
        return tallies, [] if given.refused else ["should have refused"]
    if not given.refused:
        cited = _cited(given, shelf)
        tallies["documents_right"] = Tally(bool(cited) and cited <= set(question.letters), 1)
    if not question.facts:
        return tallies, []  # nothing to hold an answer against: the search is what is measured
    causes = _causes(question, given, shelf)
    matched = len(question.facts) - len(_missed(question, given))
    tallies["accuracy"] = Tally(not causes, 1)
    tallies["fact_recall"] = Tally(matched, len(question.facts))
    tallies["false_refusal_rate"] = Tally(given.refused, 1)
    return tallies, causes


def _causes(question: Question, given: Given, shelf: Shelf) -> list[str]:
    if given.refused:
        return [f"refused ({given.refusal.kind if given.refusal else 'no kind'})"]
    said = _said(given)
    missed = _missed(question, given)
    cited = _cited(given, shelf)
    causes = []
    if missed and not cited & set(question.letters):
        causes.append(f"wrong letter ({', '.join(sorted(cited)) or 'none cited'})")
    causes += [f"fact missed ({_short(' / '.join(group))})" for group in missed]
    causes += [f"forbidden said ({words})" for words in question.forbidden if holds(said, words)]
    causes += [f"other grade said ({grade})" for grade in _other_grades(question, given)]
    words = measures.word_count(given.answer)
    limit = measures.word_limit(question.type, len(question.letters))
    if words > limit:
        causes.append(f"too long ({words} words, {limit} allowed)")
    return causes


def _other_grades(question: Question, given: Given) -> list[str]:
    """Grades that an answer to a question about one grade names beside the right one: a dump of all is no answer."""
    if "grade" not in question.type:
        return []
    right = {grade for grade in GRADES for group in question.facts for fact in group if holds(fact, grade)}
    said = "\n".join(sentence.text for sentence in given.sentences)
    # "requires improvement to be good" names one grade
    said = re.sub(r"improvement to be good", "improvement", said, flags=re.IGNORECASE)
    return [grade for grade in GRADES if len(right) == 1 and grade not in right and holds(said, grade)]


def _said(given: Given) -> str:
    """Sentences and the headings above them, which carry who speaks and when; a refusal says nothing."""
    if given.refused:
        return ""
    return "\n".join([*(group.heading for group in given.groups), *(one.text for one in given.sentences)])


def _missed(question: Question, given: Given) -> list[tuple[str, ...]]:
    said = _said(given)
    return [group for group in question.facts if not any(holds(said, fact) for fact in group)]


def _letter(shelf: Shelf, named: Quoted | Found) -> Letter | None:
    return shelf.letter(named.letter_id) or shelf.letter(named.file)


def _name(shelf: Shelf, named: Quoted | Found) -> str:
    letter = _letter(shelf, named)
    return letter.letter_id if letter else named.letter_id


def _cited(given: Given, shelf: Shelf) -> set[str]:
    return {_name(shelf, citation) for citation in given.citations}


def _citations(given: Given, shelf: Shelf) -> tuple[dict[str, Tally], list[str]]:
    """The tallies of citations and sentences, and each that does not hold."""
    doubts = []
    everything = [*given.citations, *(given.refusal.nearest if given.refusal else ())]
    numbered = {citation.number: citation for citation in given.citations}
    valid = recall = precision = uncited = grounded = verbatim = headed = Tally(0, 0)
    for citation in everything:
        letter = _letter(shelf, citation)
        right = letter is not None and letter.text[citation.start : citation.end] == citation.quote != ""
        valid += Tally(right, 1)
        if not right:
            doubts.append(f"not at {citation.start} of {citation.letter_id}: {_short(citation.quote)}")
    for sentence in given.sentences:
        cited = [numbered[number] for number in sentence.citations if number in numbered]
        quotes = [citation.quote for citation in cited]
        letters = [letter for citation in cited if (letter := _letter(shelf, citation))]
        recall += measures.citation_recall(sentence.text, quotes)
        precision += measures.citation_precision(sentence.text, quotes)
        if given.writer == EXTRACTIVE:
            same = measures.verbatim(sentence.text, quotes)
            verbatim += Tally(same, 1)
            if cited and not same:
                doubts.append(f"not word for word in its quote: {_short(sentence.text)}")
        uncited += Tally(not cited, 1)
        if not cited:
            doubts.append(f"no citation: {_short(sentence.text)}")
        known = [*quotes, *(measures.metadata(letter) for letter in letters)]
        missing = measures.ungrounded(sentence.text, known)
        grounded += Tally(not missing, 1)
        if missing:
            doubts.append(f"not grounded ({', '.join(missing)}): {_short(sentence.text)}")
    for group in given.groups:
        cited_under = {number for at in group.sentences for number in _numbers(given, at)}
        letters = [letter for number in cited_under if (letter := _letter(shelf, numbered[number]))]
        if group.heading and letters:
            right = all(holds(group.heading, describe(letter)) for letter in letters)
            headed += Tally(right, 1)
            if not right:
                doubts.append(f"the heading names another letter: {_short(group.heading)}")
    tallies = {
        "citation_validity": valid,
        "verbatim": verbatim,
        "headings_right": headed,
        "citation_recall": recall,
        "citation_precision": precision,
        "uncited_sentences": uncited,
        "grounding": grounded,
    }
    return tallies, doubts


def _numbers(given: Given, at: int) -> list[int]:
    """The citations of the sentence at a place, as far as there are such."""
    known = {citation.number for citation in given.citations}
    return [number for number in given.sentences[at].citations if number in known] if at < len(given.sentences) else []


def _short(text: str) -> str:
    return shorten(text, SHOWN, placeholder="...")


def _retrieval_tallies(question: Question, given: Given, shelf: Shelf) -> dict[str, Tally]:
    passages = [(_name(shelf, found), found.text) for found in given.retrieved]
    evidence = [(frozenset(one.letters), one.text) for one in question.evidence]
    ranked = measures.ranking(measures.gains(evidence, passages), len(evidence))
    tallies = {name: Tally(value, 1) for name, value in ranked.items()}
    tallies["wrong_letter_rate"] = Tally(bool(passages) and passages[0][0] not in question.letters, 1)
    tallies["year_leak"] = _year_leak(question, [_letter(shelf, found) for found in given.retrieved])
    return tallies


def _year_leak(question: Question, letters: Sequence[Letter | None]) -> Tally:
    """Passages of other years than the question names; gold letters and undated ones do not count."""
    years = {int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", question.question)}
    if not years:
        return Tally(0, 0)
    outside = [
        letter is not None
        and letter.letter_id not in question.letters
        and bool(letter.years())
        and not letter.years() & years
        for letter in letters
    ]
    return Tally(sum(outside), len(outside))
