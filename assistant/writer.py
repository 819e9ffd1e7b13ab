"""The extractive writer: plans the shape of an answer and fills it with the letters' own sentences.

Every statement is a verbatim quote, or a fixed template whose every word of substance stands in its quote. Finding
nothing that answers is a refusal with a reason; each reason is a named check that can be explained to the user.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answer import Refusal, RefusalKind
from assistant.citations import describe
from assistant.draft import Draft, cite
from assistant.evidence import Evidence, Sentence, by_letter, core_terms, leaning, score_sentences, sentences_of
from assistant.facts import Fact, addressee, copied, grades, inspectors, judged, previous, published, visited
from assistant.letters import Letter, Span
from assistant.lists import ListBlock, lists_of
from assistant.passages import Hit
from assistant.question import CLAIM, Question
from assistant.refusals import WANTED, contradicts, faultless, held_instead, listed
from assistant.scope import Scope
from assistant.settings import Settings
from assistant.terms import Term, stemmed

__all__ = ["Tools", "write"]


@dataclass(frozen=True, slots=True)
class Tools:
    """What the writer measures evidence with.

    Attributes:
        letters: Every letter by identifier.
        rarity: Weight of a term (inverse document frequency); 0 for one that no letter holds.
        strangeness: How uncommon a term is in general English, 0 to 1.
        similarity: Cosines of sentences with the question.
        sentences: The sentences of a letter.
    """

    letters: Mapping[str, Letter]
    rarity: Callable[[Term], float]
    strangeness: Callable[[Term], float]
    similarity: Callable[[Sequence[Sentence]], Sequence[float]]
    sentences: Callable[[Letter], Sequence[Sentence]] = sentences_of


def write(
    question: Question, scope: Scope, hits: Sequence[Hit], tools: Tools, settings: Settings, page: int = 1
) -> Draft:
    """Write an answer or a refusal.

    Args:
        question: What is asked.
        scope: Which letters may answer.
        hits: The passages retrieved from them, best first.
        tools: Letters and measures.
        settings: Longest answers, in words.
        page: Which page of an answer that goes through every letter, from 1.
    """
    writer = _Writer(question, scope, hits, tools, settings, max(1, page))
    writer.write()
    writer.note_limits()
    return writer.draft


FEW_LETTERS = 12  # up to here every sentence in scope is a candidate; beyond, those of the passages retrieved
PASSAGES = 40  # retrieved passages whose sentences are candidates in a large scope
MEASURED = 24  # sentences whose similarity is measured
SUPPORT = 0.72  # a further sentence must score this share of the best one
FACT_SENTENCES, THEME_SENTENCES = 3, 5
LETTERS_SHOWN = 8
RANKED = 20  # sentences that order the passages which come with an answer
PAGE_LETTERS = 10  # on one page of an answer that goes through every letter
FRAMING = ("introduction", "coverage")  # sections that say what a letter is about
UNGRADED = ("focused visit", "monitoring visit", "contact and referral inspection", "JTAI")
JUDGED = re.compile(r"\b(?:judged|graded|rated|judgement)\b", re.IGNORECASE)
EARLIER_GRADE = re.compile(r"\b(?:led to|prompted|triggered|before|preceded|followed|reason for)\b", re.IGNORECASE)
VISIT_WORD = re.compile(r"\b(?:focused|monitoring|unannounced) |\bvisit\b", re.IGNORECASE)
OPENING = 2500  # characters in which a letter says the how-manieth visit it is


class _Writer:
    def __init__(
        self, question: Question, scope: Scope, hits: Sequence[Hit], tools: Tools, settings: Settings, page: int
    ) -> None:
        self.question, self.scope, self.hits, self.tools, self.settings = question, scope, hits, tools, settings
        self.letters = [tools.letters[letter_id] for letter_id in scope.letters]
        self.dated = [letter for letter in self.letters if letter.letter_id not in set(scope.mentioning)]
        self.draft = Draft()
        self.page = page

    def write(self) -> Draft:
        question = self.question
        if question.intent == "remit":
            return self._refuse(
                "out_of_remit",
                "This assistant only reports what the letters say. It gives no opinions, no advice about a child or a"
                " family, and no private details of people.",
            )
        if not self.letters:
            return self._no_letter()
        if self._false_premise():
            return self.draft
        planned = {
            "grade": self._grade,
            "inspectors": self._facts(inspectors),
            "addressee": self._facts(addressee),
            "copied": self._facts(copied),
            "visited": self._facts(visited),
            "published": self._facts(published),
            "previous": self._facts(previous),
            "dates": self._facts(lambda question, letter: (*visited(question, letter), *published(question, letter))),
            "list": self._list,
            "coverage": self._coverage,
        }.get(question.intent)
        if question.intent == "list" and self.scope.mentioned and not self.dated:
            self._silent(f"No letter held is about {self._unheld()}, and those that mention it give no such list.")
            return self.draft
        if question.intent == "inspectors" and question.answer_type == "number":
            self._theme()  # a printed number first; else the names, which can be counted
            if not self.draft.refusal:
                return self.draft
            refused, self.draft = self.draft, Draft()
            if not (planned and planned()):
                self.draft = refused
            return self.draft
        if planned and self.dated and planned():
            self._add_mentions()
            return self.draft
        self._theme()
        return self.draft

    def note_limits(self) -> None:
        """What an answer must not leave unsaid: whom it is not about, and that only the council is speaking."""
        if not self.draft.sentences:
            return
        if self.scope.unheld and not any("No letter held" in note for note in self.draft.notes):
            self.draft.notes.append(f"No letter held is about {self._unheld()}.")
        voices = {citation.letter.standing for citation in self.draft.citations}
        asked_ofsted = self.scope.standing == "inspectorate" and any(
            lt.standing == "inspectorate" for lt in self.letters
        )
        if asked_ofsted and voices == {"council"}:
            self.draft.notes.append("Only the council's own document says this; no letter of Ofsted's in scope does.")

    # --- refusals --------------------------------------------------------------------------------------------------

    def _refuse(self, kind: RefusalKind, message: str, nearest: Sequence[tuple[Letter, Span]] = ()) -> Draft:
        citations = tuple(cite(letter, span, number) for number, (letter, span) in enumerate(nearest, 1))
        self.draft = Draft(refusal=Refusal(kind, message, citations))
        return self.draft

    def _no_letter(self) -> Draft:
        held = sorted(self.tools.letters.values(), key=lambda letter: letter.date)
        missing = " and ".join(self.scope.unheld) or self.scope.reading
        if self.scope.narrowed:
            return self._refuse(
                "no_letter_in_scope",
                f"No letter fits both the question and the filters chosen ({self.scope.reading}). Widen the filters."
                f" {held_instead(held, self.scope)}",
            )
        what = f"No letter held is about {missing}." if self.scope.unheld else f"No letter held fits: {missing}."
        return self._refuse("no_letter_in_scope", f"{what} {held_instead(held, self.scope)}")

    def _silent(self, about: str, best: Sequence[Evidence] = ()) -> bool:
        searched = len(self.letters)
        names = "; ".join(describe(letter) for letter in self.letters[:4])
        more = f" and {searched - 4} more" if searched > 4 else ""
        near = [(e.sentence.letter, Span(e.sentence.start, e.sentence.end)) for e in best[:2] if e.nearby > 0]
        tail = " The nearest passage is shown; it is not an answer." if near else ""
        message = f"{about} Searched: {names}{more}.{tail}"
        self._refuse("letters_silent", message, near)
        return True

    def _false_premise(self) -> bool:
        """A grade that the question takes for granted and the letters in scope contradict."""
        question = self.question
        if not question.claimed or question.answer_type != "why":
            return False
        for letter in self.letters:
            for judgement in judged(question, letter):
                if judgement.grade and judgement.grade != question.claimed:
                    self._refuse(
                        "false_premise",
                        f"The question takes it that the grade was {question.claimed}. The letters say otherwise:"
                        f" “{judgement.quote}” ({describe(letter)}).",
                        [(letter, Span(judgement.start, judgement.end))],
                    )
                    return True
        return False

    # --- facts that the letter's metadata holds ----------------------------------------------------------------------

    def _facts(self, read: Callable[[Question, Letter], Sequence[Fact]]) -> Callable[[], bool]:
        def fill() -> bool:
            letters = [letter for letter in self.dated if self._is_ordinal(letter)]
            found = [(letter, facts) for letter in letters if (facts := read(self.question, letter))]
            found = self._on_the_matter(found)
            for letter, facts in found[:LETTERS_SHOWN]:
                self.draft.add(letter, facts)
            self._note_more(len(found) - LETTERS_SHOWN, "letter")
            return bool(found)

        return fill

    def _on_the_matter(self, found: list[tuple[Letter, Sequence[Fact]]]) -> list[tuple[Letter, Sequence[Fact]]]:
        """Of several letters those whose opening is about what the question names ("the visit about care leavers")."""
        if len(found) < 2:
            return found
        openings = [
            stemmed(
                f"{letter.title} " + " ".join(s.text for s in self.tools.sentences(letter) if s.section.kind in FRAMING)
            )
            for letter, _ in found
        ]
        held = [
            sum(term.field and term.matched(opening) > 0 for term in self.question.own_terms) for opening in openings
        ]
        return [entry for entry, count in zip(found, held, strict=True) if count == max(held)]

    def _is_ordinal(self, letter: Letter) -> bool:
        """Whether a letter says that it is the "second" or "third" visit that the question asks about."""
        if not self.question.ordinals:
            return True
        opening = letter.text[:OPENING].lower()
        return all(re.search(rf"\b{word}\b", opening) for word in self.question.ordinals)

    def _grade(self) -> bool:
        question = self.question
        graded = [letter for letter in self.dated if letter.judgements]
        if not graded:
            own = [letter for letter in self.dated if letter.standing == "inspectorate"]
            if own and all(letter.kind in UNGRADED for letter in own):
                evidence = self._evidence()
                told = [e for e in evidence if _tells_grade(e.sentence)]
                own_grade = self.scope.kinds or VISIT_WORD.search(self.question.text)
                whole = self.question.area in (None, "overall")
                if told and whole and (not own_grade or EARLIER_GRADE.search(self.question.text)):
                    self._write_sentences([told[0].sentence])
                    self.draft.notes.append(
                        "The letters in scope give no grade of their own; this is what they say of one."
                    )
                    return True
                return self._silent(
                    f"A {own[0].kind} gives no grade: Ofsted judges only at full inspections.", evidence
                )
            return False
        wanted = [(letter, facts) for letter in graded if (facts := grades(question, letter))]
        if not wanted:
            area = question.area or "overall"
            shown = "overall effectiveness" if area == "overall" else area
            return self._silent(f"{describe(graded[-1])}: no grade is given for {shown}.")
        for letter, facts in wanted[-LETTERS_SHOWN:]:
            self.draft.add(letter, facts)
            if letter.standing == "council":
                self.draft.notes.append("The grade is given here as the council reported it.")
        self._note_more(len(wanted) - LETTERS_SHOWN, "earlier inspection")
        self._add_later_judgement(wanted[-1][0])
        return True

    def _add_later_judgement(self, newest: Letter) -> None:
        """Where no year is asked: a judgement that a later letter speaks of, though the report itself is not held."""
        if (
            self.scope.years
            or self.question.area not in (None, "overall")
            or len({lt.authority for lt in self.letters}) > 1
        ):
            return
        later = [letter for letter in self.letters if letter.date > newest.date and letter.standing == "inspectorate"]
        for letter in reversed(later):
            for sentence in self.tools.sentences(letter):
                if _tells_grade(sentence) and re.search(r"\b20\d\d\b", sentence.text):
                    self._write_sentences([sentence])
                    self.draft.notes.append(
                        "The report of the later judgement is not held; a later letter speaks of it."
                    )
                    return

    def _unheld(self) -> str:
        return " or ".join(self.scope.unheld)

    def _add_mentions(self) -> None:
        """Behind the answer from the letters held, what they say of a year that none of them is about."""
        if self.scope.mentioned and self.question.intent == "grade":
            only = set(self.scope.mentioning)
            found = [
                e for e in self._evidence() if e.sentence.letter.letter_id in only and CLAIM.search(e.sentence.text)
            ]
            if found:
                self._write_sentences([found[0].sentence])
                self.draft.notes.append(
                    f"No letter held is about {self._unheld()}; this is what a letter held says of it."
                )

    # --- lists -----------------------------------------------------------------------------------------------------

    def _list(self) -> bool:
        found: list[tuple[Letter, list[ListBlock]]] = []
        for letter in self.dated:
            blocks = lists_of(letter, self.question)
            if blocks:
                found.append((letter, blocks))
        found = self._about_the_matter(found)
        if not found:
            return False
        own = [entry for entry in found if entry[0].standing == "inspectorate"]
        if self.scope.standing == "inspectorate" and own:
            found = own
        total = sum(len(self._words(letter, item)) for letter, blocks in found for b in blocks for item in b.items)
        if len(found) > 1 and total > self.settings.list_words:
            self._note_more(len(found) - 2, "earlier letter")
            found = found[-2:]
            total = sum(len(self._words(letter, item)) for letter, blocks in found for b in blocks for item in b.items)
        cut = total > self.settings.list_words
        for letter, blocks in found:
            for block in blocks:
                items = [self._first_sentence(letter, item) if cut else item for item in block.items]
                self.draft.add(letter, [Fact(item) for item in items], f"{describe(letter)}: {block.lead}")
        if cut:
            self.draft.notes.append("Only the first sentence of each item is shown; open the letter for the rest.")
        return True

    def _about_the_matter(self, found: list[tuple[Letter, list[ListBlock]]]) -> list[tuple[Letter, list[ListBlock]]]:
        """Where the question names a matter of the field, only the items about it."""
        matter = [term for term in self.question.own_terms if term.field]
        if not matter:
            return found
        kept = []
        for letter, blocks in found:
            about = stemmed(f"{letter.title} {letter.text[:OPENING]}")
            if all(term.matched(about) for term in matter):  # the whole letter is about it
                kept.append((letter, blocks))
                continue
            chosen = []
            for block in blocks:
                items = tuple(i for i in block.items if any(t.matched(self._stems(letter, i)) for t in matter))
                if items:
                    chosen.append(ListBlock(block.lead, items))
            if chosen:
                kept.append((letter, chosen))
        return kept

    @staticmethod
    def _stems(letter: Letter, span: Span) -> str:
        return stemmed(letter.text[span.start : span.end])

    @staticmethod
    def _words(letter: Letter, span: Span) -> list[str]:
        return letter.text[span.start : span.end].split()

    def _first_sentence(self, letter: Letter, item: Span) -> Span:
        inside = [s for s in self.tools.sentences(letter) if item.start <= s.start and s.end <= item.end]
        return Span(inside[0].start, inside[0].end) if inside else item

    # --- coverage --------------------------------------------------------------------------------------------------

    def _coverage(self) -> bool:
        """Every letter in scope is scanned: one best sentence from each that mentions all that is asked."""
        terms = core_terms(self.question.own_terms or self.question.terms, self.tools.rarity)
        if not terms or any(term.field for term in self._absent()):
            return self._silent(f"None of the {len(self.letters)} letters searched mentions it.")
        found = []
        for letter in self.letters:
            best = [s for s in self.tools.sentences(letter) if all(term.matched(s.stems) for term in terms)]
            if not best and len(terms) > 1:
                best = [s for s in self.tools.sentences(letter) if all(term.matched(s.around) for term in terms)]
            if best:
                best.sort(key=lambda s: (-sum(term.matched(s.stems) for term in terms), len(s.text)))
                found.append((letter, best[0]))
        if not found:
            return self._silent(f"None of the {len(self.letters)} letters searched mentions it.")
        self.draft.notes.append(
            f"{len(found)} of {len(self.letters)} letters mention it; every letter in scope was scanned."
        )
        pages = self._pages(found)
        number = min(self.page, len(pages))
        self.draft.page, self.draft.pages = number, len(pages)
        first = sum(map(len, pages[: number - 1]))
        for letter, sentence in pages[number - 1]:
            self.draft.add(letter, [Fact(Span(sentence.start, sentence.end))])
        if len(pages) > 1:
            self.draft.notes.append(
                f"Letters {first + 1} to {first + len(pages[number - 1])} of {len(found)}, oldest first:"
                f" page {number} of {len(pages)}."
            )
        return True

    def _pages(self, found: Sequence[tuple[Letter, Sentence]]) -> list[list[tuple[Letter, Sentence]]]:
        """Letters and their sentences by pages, none with more letters or words than one answer may have."""
        pages: list[list[tuple[Letter, Sentence]]] = [[]]
        words = 0
        for entry in found:
            length = len(entry[1].text.split())
            full = len(pages[-1]) == PAGE_LETTERS or words + length > self.settings.list_words
            if pages[-1] and full:
                pages.append([])
                words = 0
            pages[-1].append(entry)
            words += length
        return pages

    # --- themes and facts in the text --------------------------------------------------------------------------------

    def _evidence(self) -> list[Evidence]:
        candidates = self._candidates()
        ranks: dict[tuple[str, int], int] = {}
        for hit in self.hits:
            for sentence in candidates:
                if (
                    sentence.letter.letter_id == hit.passage.letter_id
                    and hit.passage.start <= sentence.start < hit.passage.end
                ):
                    ranks.setdefault((hit.passage.letter_id, sentence.start), hit.rank)
        return score_sentences(
            self.question,
            candidates,
            self.tools.rarity,
            (ABSENT if self.question.answer_type in WANTED else ABSENT / 2)
            * sum(self.tools.strangeness(term) for term in self._absent()),
            lambda s: ranks.get((s.letter.letter_id, s.start)),
            self.tools.similarity,
            MEASURED * (2 if self.question.compare else 1),
        )

    def _absent(self) -> list[Term]:
        return [term for term in self.question.own_terms if self.tools.rarity(term) == 0]

    def _candidates(self) -> list[Sentence]:
        if len(self.letters) <= FEW_LETTERS:
            candidates = [s for letter in self.letters for s in self.tools.sentences(letter)]
        else:
            spans = {(h.passage.letter_id, h.passage.start, h.passage.end) for h in self.hits[:PASSAGES]}
            wanted = {letter_id for letter_id, _, _ in spans}
            candidates = [
                s
                for letter in self.letters
                if letter.letter_id in wanted
                for s in self.tools.sentences(letter)
                if any(i == letter.letter_id and a <= s.start < b for i, a, b in spans)
            ]
        question = self.question
        if not question.terms and not question.stance and question.answer_type is None:
            # "summarise the letter": what it says of itself first
            candidates = [s for s in candidates if s.section.kind in ("headline", "overall")] or candidates
        if question.answer_type is None and not question.own_terms:  # addresses and signatures are no findings
            candidates = [s for s in candidates if s.section.kind not in ("letterhead", "sign-off")] or candidates
        if self.scope.sections:
            candidates = [s for s in candidates if s.section.kind in self.scope.sections] or candidates
        if self.scope.mentioned:
            years = [str(year) for year in self.scope.mentioned]
            only = set(self.scope.mentioning)
            candidates = [
                s for s in candidates if s.letter.letter_id not in only or any(year in s.text for year in years)
            ]
        return candidates

    def _theme(self) -> None:
        evidence = self._evidence()
        self.draft.ranked = [item.sentence for item in evidence[:RANKED]]
        reason = self._silence(evidence)
        if reason:
            if not self.draft.refusal:
                self._silent(reason, evidence)
            return
        several = self.question.compare or len(self.letters) > 1
        if self.question.compare:
            self._compare(evidence)
        elif self.question.answer_type in (None, "yes-no", "why") and several:
            self._themes(evidence)
        else:
            most = THEME_SENTENCES if self.question.answer_type in (None, "why") else FACT_SENTENCES
            self._write_sentences(self._chosen(evidence, most, self.settings.answer_words))
        if not self.draft.sentences:
            self._silent("The letters in scope say nothing that answers this.", evidence)
            return
        if self.scope.mentioned:
            self.draft.notes.append(
                f"No letter held is about {self._unheld()}; this is what the letters held say of it."
            )

    def _silence(self, evidence: Sequence[Evidence]) -> str | None:
        """Why the letters in scope do not answer, or None if they do. Named checks, in order."""
        question = self.question
        absent = self._absent()
        missing = [term.typed for term in absent if term.field] or self._missing_matter(evidence)
        if missing:
            return f"The letters in scope do not mention {listed(missing)}."
        if not evidence:
            return "The letters in scope say nothing that answers this."
        best = evidence[0]
        kind = question.answer_type
        if kind == "why":
            for item in sorted(evidence, key=lambda e: -(e.nearby + (e.similarity or 0.0)))[:3]:
                if item.core and (contrary := self._contrary(item.sentence)):
                    return contrary
        about = [e for e in sorted(evidence, key=lambda e: -e.nearby)[:ABOUT] if e.core and e.coverage > 0]
        if faultless(question.text, [e.sentence.text for e in about]):
            for item in about:
                if contrary := self._contrary(item.sentence):
                    return contrary
        if kind in WANTED:
            fitting = [e for e in evidence if e.suits and self._relevant(e)]
            if not fitting:
                return f"The letters in scope do not give {WANTED[kind]}."
            best = fitting[0]
        if self.scope.mentioned and not self.dated and best.coverage < MENTION_COVERAGE:
            return f"No letter held is about {self._unheld()}, and those that mention it do not say."
        strange = [term.typed for term in absent if self.tools.strangeness(term) >= STRANGE]
        if strange and len(strange) == len(question.own_terms) and (best.similarity or 0.0) < VERY_ALIKE:
            return f"The letters in scope do not mention {listed(strange)}."
        if not self._relevant(best):
            return "The letters in scope say nothing that answers this."
        return None

    def _missing_matter(self, evidence: Sequence[Evidence]) -> list[str]:
        """Matters of the field that the question names and no sentence in scope does."""
        if len(self.letters) > FEW_LETTERS:
            return []
        asked = [term for term in self.question.own_terms if term.field]
        return [term.typed for term in asked if not any(term.matched(e.sentence.stems) for e in evidence)]

    def _relevant(self, item: Evidence) -> bool:
        """Whether a sentence is about what is asked: it holds enough of the question's words, or says the same."""
        if not self.question.terms:
            return True
        alike = item.similarity or 0.0
        return (item.core and item.nearby >= NEAR) or (item.nearby >= LITTLE and alike >= ALIKE) or alike >= VERY_ALIKE

    def _contrary(self, sentence: Sentence) -> str | None:
        """A question that takes a failing for granted where the letter praises, "many" where it says "low", or so."""
        if not contradicts(self.question.text, sentence.text):
            return None
        self._refuse(
            "false_premise",
            f"The question takes something for granted that the letter contradicts:"
            f" “{sentence.text}” ({describe(sentence.letter)}).",
            [(sentence.letter, Span(sentence.start, sentence.end))],
        )
        return "premise"

    def _compare(self, evidence: Sequence[Evidence]) -> None:
        """The same number of sentences from each letter, oldest first."""
        grouped = by_letter(evidence)
        best = evidence[0].score
        each = self.settings.list_words // max(1, min(len(self.letters), LETTERS_SHOWN))
        silent = []
        for letter in self.letters[:LETTERS_SHOWN]:
            own = grouped.get(letter.letter_id, [])
            own = [e for e in own if self._supports(e)]
            if own and own[0].score >= best * COMPARED:
                self._write_sentences(self._chosen(own, 3, each))
            else:
                silent.append(describe(letter))
        for name in silent:
            self.draft.notes.append(f"Nothing on this was found in: {name}.")

    def _themes(self, evidence: Sequence[Evidence]) -> None:
        """The best sentences of each letter that has something to say, oldest letter first."""
        grouped = by_letter(evidence)
        best = evidence[0].score
        speaking = [own for own in grouped.values() if own[0].score >= best * SUPPORT and self._supports(own[0])]
        speaking = (speaking or [list(evidence)])[:LETTERS_SHOWN]
        each = max(45, self.settings.answer_words // len(speaking))
        most = {1: THEME_SENTENCES, 2: 3, 3: 2}.get(len(speaking), 1)
        chosen = [self._chosen(own, most, each, floor=best) for own in speaking]
        for sentences in sorted(chosen, key=lambda s: s[0].letter.date):
            self._write_sentences(sentences)

    def _chosen(
        self, evidence: Sequence[Evidence], most: int, words: int, floor: float | None = None
    ) -> list[Sentence]:
        """The best sentence and those that support it, within a number of words; in the letter's order."""
        fitting = [e for e in evidence if e.suits and self._relevant(e)] or list(evidence)
        ranked = fitting if self.question.answer_type else self._balanced(evidence)
        least = SUPPORT * (ranked[0].score if floor is None else min(floor, ranked[0].score / SUPPORT))
        chosen: list[Sentence] = []
        left_out = 0
        for item in ranked[:60]:
            if chosen and (item.score < least or not self._supports(item) or _repeats(item.sentence, chosen)):
                continue
            taken = [*self._with_context(item.sentence)]
            length = sum(len(s.text.split()) for s in {s.start: s for s in (*chosen, *taken)}.values())
            if chosen and (length > words or len(chosen) >= most):
                left_out += item.score >= least
                continue
            chosen += [s for s in taken if s not in chosen]
        self._note_more(left_out, "passage")
        return chosen

    def _supports(self, item: Evidence) -> bool:
        """Whether a further sentence is about the matter itself."""
        if not self.question.terms:
            return True
        return item.core or (item.similarity or 0.0) >= VERY_ALIKE

    def _balanced(self, evidence: Sequence[Evidence]) -> list[Evidence]:
        """For a general question: behind the best sentence the best that leans the other way, if it is near enough."""
        first = evidence[0]
        lean = leaning(first.sentence)
        if self.question.stance or not lean:
            return list(evidence)
        for other in evidence[1:40]:
            if leaning(other.sentence) == -lean and other.score >= SUPPORT * first.score:
                return [first, other, *(e for e in evidence[1:] if e is not other)]
        return list(evidence)

    def _with_context(self, sentence: Sentence) -> list[Sentence]:
        """A sentence that leans on the one before it brings it along; a quotation brings its speaker."""
        if sentence.speaker:
            spoken = [s for s in self.tools.sentences(sentence.letter) if (s.start, s.end) == sentence.speaker]
            return [*spoken, sentence]
        if sentence.position and LEANS.match(sentence.text):
            before = [
                s
                for s in self.tools.sentences(sentence.letter)
                if s.paragraph == sentence.paragraph and s.position == sentence.position - 1
            ]
            return [*before, sentence]
        return [sentence]

    def _write_sentences(self, sentences: Sequence[Sentence]) -> None:
        grouped: dict[str, list[Sentence]] = {}
        for sentence in sentences:
            grouped.setdefault(sentence.letter.letter_id, []).append(sentence)
        for letter_id, own in grouped.items():
            spans = [Fact(Span(s.start, s.end)) for s in sorted(own, key=lambda s: s.start)]
            self.draft.add(self.tools.letters[letter_id], spans)

    def _note_more(self, count: int, noun: str) -> None:
        """Note what was left out; what was left out in several places is said once."""
        if count <= 0:
            return
        said = re.compile(rf"(\d+) more {noun}s?")
        for note in [note for note in self.draft.notes if said.fullmatch(note)]:
            count += int(note.split()[0])
            self.draft.notes.remove(note)
        self.draft.notes.append(f"{count} more {noun}{'s' if count > 1 else ''}")


NEAR = 0.30  # least share of the question's matter that a sentence and its paragraph must hold
LITTLE, ALIKE = 0.10, 0.45  # a sentence that holds little of it may answer if it is this much alike (cosine)
VERY_ALIKE = 0.60  # or, with none of its words, this much
ABOUT = 4  # sentences about the matter among which a presumed failing must be found
MENTION_COVERAGE = 0.25  # for a year that is only mentioned the sentence itself must hold this share
ABSENT = 3.0  # weight of a word that no letter holds, beside weights of up to 5 for the rarest that some do
STRANGE = 0.6  # an absent word this uncommon in English is a matter of its own
COMPARED = 0.5  # share of the best score that a letter's best sentence needs in a comparison
LEANS = re.compile(
    r"^(?:This|These|They|Their|It|Its|Such|However|In such|In these|In response|As a result"
    r"|Consequently"
    r"|He|She|Equally|Therefore|For instance|For example|At \d+%)\b"
)


def _tells_grade(sentence: Sentence) -> bool:
    """Whether a sentence speaks of a judgement and its grade."""
    return bool(CLAIM.search(sentence.text) and JUDGED.search(sentence.text))


def _repeats(sentence: Sentence, chosen: Sequence[Sentence]) -> bool:
    """Whether most of a sentence's words were said already."""
    words = set(sentence.stems.split())
    return any(len(words & set(other.stems.split())) > 0.75 * len(words) for other in chosen)
