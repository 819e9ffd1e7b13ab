"""A small assistant over letters made by hand, for the page's tests: real letters, citations and answers."""

import hashlib
import math
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import MISSING, fields
from types import SimpleNamespace

from assistant.answers.answer import Answer, CitedSentence, Group, Refusal
from assistant.errors import FilterError, QuestionError
from assistant.letters.citations import Citation
from assistant.letters.letter import Letter, Paragraph, Section
from assistant.letters.spoken import describe
from assistant.questions.scope import Filters, Scope
from assistant.settings import Settings
from assistant.words.sentences import split_sentences

PATIENCE = 20  # seconds that a thread may take on a busy machine

HOSTILE = """# Overview
<img src="https://evil.example/x.png" onerror="document.title='owned'"> The plan for hostile children is weak.
A line with ${document.title='owned'} and {{constructor.constructor('alert(1)')()}} about hostile plans.
# Findings
<script>document.title='owned'</script> <b>Bold</b> hostile & "quoted" [link](https://evil.example) words.
"""

FOCUSED = """# Overview
The support provided to care leavers is not effective in all areas. Pathway plans are often not enough.
Senior leaders know their strengths and weaknesses well.
# What needs to improve in this area of social work practice
- The quality of pathway planning so that it is more meaningful for care leavers.
- The assessment of suitability and safety of accommodation for all care leavers.
# Findings
- Care leavers are supported by personal advisers who know them well. They are helpful advocates.
- Reviews of pathway plans are mostly held with the young person.
- The sufficiency of accommodation for care leavers is a substantial challenge.
- Care leavers benefit from a good range of training opportunities.
"""

REPORT = """# Purpose
This report tells the cabinet about the inspection. Care leavers were judged with children in care.
# Detail
The council accepts the findings about care leavers and has written a plan.
The plan for accommodation goes to the board in the autumn.
"""


def make_letter(letter_id: str, body: str, **facts: object) -> Letter:
    """A letter from lines: "# " begins a section, "- " a bullet, anything else a paragraph."""
    text, sections = "", []
    heading, start, paragraphs = "", 0, []

    def close() -> None:
        if heading or paragraphs:
            kind = "improve" if "improve" in heading else "findings" if heading == "Findings" else "other"
            sections.append(Section(kind, heading, start, len(text), tuple(paragraphs)))

    for line in body.strip().splitlines():
        if line.startswith("# "):
            close()
            heading, start, paragraphs = line[2:], len(text), []
            text += f"{heading}\n\n"
        else:
            bullet = line.startswith("- ")
            words = line.removeprefix("- ")
            begin = len(text)
            text += f"{words}\n\n"
            number = len(paragraphs) + 1
            name = f"s{len(sections) + 1}p{number}"
            page = facts.get("page")
            paragraphs.append(
                Paragraph(name, None, number, bullet, begin, begin + len(words), page, page)  # type: ignore[arg-type]
            )
    close()
    facts.pop("page", None)
    unknown = {field.name: None for field in fields(Letter) if field.default is field.default_factory is MISSING}
    given: dict[str, object] = (
        unknown
        | {
            "letter_id": letter_id,
            "file": f"{letter_id}.txt",
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "title": "Focused visit to Rutford children's services",
            "issuer": "Ofsted",
            "standing": "inspectorate",
            "kind": "focused visit",
            "framework": None,
            "authority": "Rutford",
            "published": "2019-03-01",
            "published_source": "text",
            "visit_start": "2019-02-06",
            "visit_end": "2019-02-07",
            "visit_periods": (("2019-02-06", "2019-02-07"),),
            "lead_inspector": "Ada Byron",
            "inspectors": ("Ada Byron",),
            "judgements": (),
            "sections": tuple(sections),
            "text": text,
            "files": (f"{letter_id}.txt",),
        }
        | facts
    )
    return Letter(**given)  # type: ignore[arg-type]


def hand_made_letters() -> tuple[Letter, ...]:
    """An inspector's letter, a council's report and a letter that attacks the page; oldest first."""
    return (
        make_letter("2019-03-01-rutford-focused-visit", FOCUSED),
        make_letter(
            "2019-09-04-rutford-cabinet-report",
            REPORT,
            title="Cabinet report on the inspection",
            issuer="Rutford Borough Council",
            standing="council",
            kind="council report",
            published="2019-09-04",
            visit_start="2019-07-01",
            visit_end="2019-07-12",
            visit_periods=(("2019-07-01", "2019-07-12"),),
            lead_inspector=None,
            page=3,
        ),
        make_letter(
            "2021-05-05-hostile",
            HOSTILE,
            title="<img src=x onerror=\"document.title='owned'\"> ${document.title='owned'} {{7*7}}",
            issuer="<b>Nobody</b>",
            standing="other",
            kind="other",
            authority="Hostileshire & <i>Sons</i>",
            published="2021-05-05",
            visit_start=None,
            visit_end=None,
            visit_periods=(),
            lead_inspector=None,
        ),
    )


class FakeAssistant:
    """Answers with every sentence that shares a long word with the question; refuses where there is none.

    A year in the question limits the letters, as filters do. A question that asks "which" letters is answered in pages
    of two sentences; for any other, as in the product, the page is nothing.
    """

    def __init__(self, letters: Sequence[Letter] | None = None) -> None:
        self.letters: tuple[Letter, ...] = tuple(letters if letters is not None else hand_made_letters())
        self.asked: list[tuple[str, tuple[str, ...], Filters]] = []
        self.asked_pages: list[int] = []  # beside each question
        self.failing: Exception | None = None
        self.settings = Settings(_env_file=None)  # type: ignore[call-arg]
        self.model: Held | None = None
        self.index = SimpleNamespace(corpus_hash="0123456789abcdef")

    def warm(self) -> None:
        """Nothing to read ahead."""

    def letter(self, letter_id: str) -> Letter:
        """One letter by its identifier."""
        for letter in self.letters:
            if letter.letter_id == letter_id:
                return letter
        raise FilterError(f"there is no letter {letter_id!r}")

    def ask(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        filters: Filters | None = None,
        k: int = 10,
        page: int = 1,
        told: Callable[[str], None] = lambda _sentence: None,
        began: Callable[[str, int], None] = lambda _stage, _number: None,
    ) -> Answer:
        """An answer made of whole sentences, or a refusal with the nearest passages."""
        filters = filters or Filters()
        self.asked.append((question, tuple(history), filters))
        self.asked_pages.append(page)
        if self.failing:
            raise self.failing
        if question == "too odd":
            raise QuestionError("this question cannot be read; say it in other words")
        letters = [letter for letter in self.letters if _within(letter, filters)]
        narrowed = len(letters) < len(self.letters)
        named = () if filters.widened else tuple(int(year) for year in re.findall(r"\b20\d\d\b", question))
        letters = [letter for letter in letters if not named or letter.years() & set(named)]
        model = self.model
        began("search", len(letters))
        if model:
            model.wait("search")
        years = ", ".join(str(year) for year in (*named, *filters.years))
        reading = "the question's own limits are set aside" if filters.widened else ""
        why = f"published {named[0]}; <i>so</i>" if named else reading or "the question names no limit"
        scope = Scope(
            authorities=filters.authorities,
            years=(*named, *filters.years),
            reading=f"inspected or published in {years}" if years else reading,
            kinds=filters.kinds,
            letters=tuple(letter.letter_id for letter in letters),
            narrowed=narrowed,
            why=(why,) * len(letters),
        )
        wanted = {word for word in re.findall(r"[a-z]+", " ".join([*history, question]).lower()) if len(word) > 5}
        every = [hit for letter in letters for hit in _sentences(letter) if _shared(hit, wanted)]
        paged = question.startswith("which")
        size = 2 if paged else 7
        pages = max(1, math.ceil(len(every) / size)) if paged else 1
        page = min(page, pages)
        found = every[(page - 1) * size : page * size]
        began("write", len(every))
        if model:
            told("The first sentence of a <b>model</b> that was checked.")
            model.wait("write")
            told("And a second one.")
        citations = tuple(
            Citation(number, letter, section, paragraph, letter.text[start:end], start, end)
            for number, (letter, section, paragraph, start, end) in enumerate(found, 1)
        )
        if "weather" in question or not citations:
            message = "The letters say nothing about this. They are about children's services."
            return Answer(question, scope, refusal=Refusal("letters_silent", message, citations[:3]))
        sentences = tuple(CitedSentence(c.quote, (c.number,)) for c in citations)
        speakers = dict.fromkeys(describe(c.letter) for c in citations)
        groups = tuple(
            Group(speaker, tuple(i for i, c in enumerate(citations) if describe(c.letter) == speaker))
            for speaker in speakers
        )
        notes = (f"Page {page} of {pages}." if pages > 1 else "3 more passages say something near this.",)
        return Answer(question, scope, sentences, citations, groups, notes, page, pages)

    @contextmanager
    def held(self) -> Iterator["Held"]:
        """Let every question wait at each stage until it is let go on, and let a language model speak."""
        self.model = Held()
        try:
            yield self.model
        finally:
            self.model.let_all_go()
            self.model = None

    @contextmanager
    def fails_with(self, error: Exception) -> Iterator[None]:
        """Let every question fail for a while."""
        self.failing = error
        try:
            yield
        finally:
            self.failing = None


class Held:
    """Questions that stand still at each of their stages."""

    def __init__(self) -> None:
        self._gates = {"search": threading.Event(), "write": threading.Event()}

    def wait(self, stage: str) -> None:
        """Stand still until it goes on."""
        assert self._gates[stage].wait(60), f"nobody let it go on after {stage}"

    def go_on(self, stage: str) -> None:
        """Let whoever stands at a stage go on."""
        self._gates[stage].set()

    def let_all_go(self) -> None:
        """Let everybody go on."""
        for gate in self._gates.values():
            gate.set()


Found = tuple[Letter, Section, Paragraph, int, int]


def _within(letter: Letter, filters: Filters) -> bool:
    return (
        (not filters.years or bool(letter.years() & set(filters.years)))
        and (not filters.authorities or letter.authority in filters.authorities)
        and (not filters.kinds or letter.kind in filters.kinds)
    )


def _sentences(letter: Letter) -> Iterator[Found]:
    for section, paragraph in letter.paragraphs():
        if section.kind not in ("letterhead", "sign-off"):
            for start, end in split_sentences(letter.text, paragraph.start, paragraph.end):
                yield letter, section, paragraph, start, end


def _shared(found: Found, wanted: set[str]) -> bool:
    letter, _, _, start, end = found
    return bool(wanted & set(re.findall(r"[a-z]+", letter.text[start:end].lower())))


class Holding(FakeAssistant):
    """Answers only when it is let; remembers how many were asked at the same time."""

    def __init__(self) -> None:
        super().__init__()
        self.let = threading.Event()
        self.counting = threading.Lock()
        self.inside = self.most = 0

    def ask(self, question, **rest):
        with self.counting:
            self.inside += 1
            self.most = max(self.most, self.inside)
        try:
            assert self.let.wait(PATIENCE)
            return super().ask(question, **rest)
        finally:
            with self.counting:
                self.inside -= 1
