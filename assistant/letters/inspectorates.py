"""Inspectorates: whose letters are read. Each is a table in a file of its own; Ofsted's is shipped, one can be added.

The table says how its documents are known, which kinds there are, what it grades in which words, and what its headings
mean. All that reads letters or understands questions takes it from here. `docs/how-to/another-inspectorate.md` explains
each row for who writes such a file.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.errors import SettingsError
from assistant.letters.letter import Letter

__all__ = [
    "COUNCIL_REPORT",
    "OTHER",
    "PRESS_RELEASE",
    "WHOLE",
    "Area",
    "Grade",
    "Grading",
    "Inspectorate",
    "Kind",
    "area_label",
    "grade_names",
    "in_force",
    "issued_by",
    "kind_called",
    "kind_names",
    "read_inspectorate",
    "shipped",
    "spelt",
    "use",
    "version",
    "written_by",
]

SHIPPED = Path(__file__).with_name("ofsted.toml")
COUNCIL_REPORT, PRESS_RELEASE, OTHER = "council report", "press release", "other"
"""Kinds of document that need no inspectorate."""
WHOLE = "overall"
"""The area that stands for the service as a whole, in every table."""
FRONT, CLOSE = 2500, 2500  # characters at either end of a document in which it says whose it is
LARGEST = 1_000_000  # bytes of a table
NEVER = "(?!)"
EXPLAINED = "see docs/how-to/another-inspectorate.md"


def spelt(words: Iterable[str]) -> str:
    """One pattern, in any case, for words as a table gives them: plain, with `*` for any, or a pattern in slashes.

    Args:
        words: The ways of saying it. Where there are none, the pattern matches nothing.
    """
    return "|".join(map(_one, words)) or NEVER


def _one(words: str) -> str:
    if len(words) > 2 and words[0] == words[-1] == "/":
        return f"(?im:{words[1:-1]})"
    plain = r"\s+".join(re.escape(word).replace(r"\*", ".*").replace("'", "['’]") for word in words.split())
    return rf"(?i:{_edge(words[:1])}{plain}{_edge(words[-1:])})"


def _edge(character: str) -> str:
    return r"\b" if character.isalnum() else ""


def _plural(name: str) -> str:
    """One of a kind, or several: "annual reviews"."""
    words = r"\s+".join(map(re.escape, name.split()))
    return rf"/\b{words}s?\b/"


def _pattern(words: str) -> str:
    """Words that make a pattern.

    Raises:
        ValueError: If they do not.
    """
    if not words.strip(" /*"):
        raise ValueError("these are no words")
    try:
        re.compile(_one(words))
    except re.error as error:
        raise ValueError(f"{words[:80]!r} is no pattern ({error})") from None
    return words


Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S(?:.*\S)?$")]
Words = tuple[Annotated[str, AfterValidator(_pattern)], ...]


class _Row(BaseModel):
    """A part of a table; a word that it does not know is refused, so that nothing is lost unseen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Own(_Row):
    """How its documents are known as its own.

    Attributes:
        first_page: Words that nobody else writes on a first page.
        last_page: Words at the end of its reports.
        inspectors: Titles behind the names of inspectors who sign.
        signed_by: Titles of others who sign for it.
        press: Words at the top of its press releases.
    """

    first_page: Words = ()
    last_page: Words = ()
    inspectors: Words = ()
    signed_by: Words = ()
    press: Words = ()


class StandingWords(_Row):
    """Paragraphs that are no part of what was found.

    Attributes:
        closing: How one begins about what happens next.
        notes: How one begins about the inspectorate itself.
        sign_off: How the line ends that signs a letter; the inspectors' titles if nothing is given.
    """

    closing: Words = ()
    notes: Words = ()
    sign_off: Words = ()


class Kind(_Row):
    """A kind of document.

    Attributes:
        name: As letters, filters and answers name it.
        framework: The framework that it is carried out under, or None where the document must say so itself.
        joint: Whether other inspectorates issue it too.
        known_by: Words by which its title or opening gives it away.
        general: Whether these are so general that another kind's, at the same place, count first.
        mentioned: Words by which other documents mention it.
        asked: Words by which questions ask for it; its name if there are none.
        graded: Whether it gives grades.
        outcome: Whether it gives an outcome in words instead.
        called: What a citation calls it.
        means: What it is, for who does not know.
    """

    name: Name
    framework: Name | None = None
    joint: bool = False
    known_by: Words = ()
    general: bool = False
    mentioned: Words = ()
    asked: Words = ()
    graded: bool = True
    outcome: bool = False
    called: str = ""
    means: str = ""

    @property
    def as_mentioned(self) -> str:
        """The pattern of its mentions in other documents."""
        return spelt(self.mentioned or (_plural(self.name),))

    @property
    def as_asked(self) -> str:
        """The pattern of what questions call it."""
        return spelt(self.asked or (_plural(self.name),))


class AskedKinds(_Row):
    """Words of questions that ask for kinds, several at once or one by another name."""

    words: Words
    kinds: tuple[Name, ...]


class Framework(_Row):
    """A framework by the words of papers about an inspection under it."""

    name: Name
    words: Words
    followed_up: bool = False


class Grade(_Row):
    """A grade.

    Attributes:
        name: As answers give it, in lower case.
        printed: As documents print it; its name if nothing is given.
        said: As questions and sentences say it.
        everyday: Whether it is an everyday word too, and a grade only where grading is spoken of.
        sure: Words of a question that can only mean this grade.
    """

    name: Name
    printed: Words = ()
    said: Words = ()
    everyday: bool = False
    sure: Words = ()

    @property
    def as_printed(self) -> str:
        """The pattern of the grade in documents."""
        return spelt(self.printed or (self.name,))

    @property
    def as_said(self) -> str:
        """The pattern of the grade in questions and running text."""
        return spelt((*self.said, *self.printed, self.name))

    @property
    def as_sure(self) -> str:
        """The pattern of words that can only mean this grade."""
        return spelt(self.sure) if self.sure or self.everyday else self.as_said


class Area(_Row):
    """A graded area.

    Attributes:
        name: As judgements name it; "overall" is the service as a whole.
        words: As tables and headings call it; its name if nothing is given.
        asked: As questions call it; its words if nothing is given.
        label: As the page heads it.
        spoken: As a sentence names it.
    """

    name: Name
    words: Words = ()
    asked: Words = ()
    label: str = ""
    spoken: str = ""

    @property
    def as_printed(self) -> str:
        """The pattern of the area in tables and headings."""
        return spelt(self.words or (self.name,))

    @property
    def as_asked(self) -> str:
        """The pattern of the area in questions."""
        return spelt(self.asked or (*self.words, self.name))


class Grading(_Row):
    """Which areas a kind of inspection grades that begins on a day or later."""

    kind: Name
    since: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")] = "0001-01-01"
    areas: tuple[Name, ...]


class Tables(_Row):
    """How grades are printed.

    Attributes:
        areas: How a graded area begins in headings and tables; the areas' words if nothing is given.
        rows: How the row of a table begins; likewise.
        headings: What stands above a table.
        alone: A grade, or a piece of one, alone on its line; the grades if nothing is given.
        cover: What stands before the overall grade on a cover.
    """

    areas: Words = ()
    rows: Words = ()
    headings: Words = ()
    alone: Words = ()
    cover: Words = ()


class Place(_Row):
    """An authority that it inspects and that is not in the list of those known."""

    name: Name
    also: tuple[Name, ...] = ()


class Inspectorate(_Row):
    """All that is known of an inspectorate. Two are the same only if they are one object.

    Attributes:
        name: The issuer of its letters.
        also: Other names of it, in documents and questions.
        inspector: What it calls who inspects: "inspector", "reviewer".
        letters: What its letters are about, in words.
        grades_at: At what it gives its grades, in words.
        partners: Inspectorates that issue documents together with it, and the words that name them.
        own: How its documents are known as its own.
        standing_words: Paragraphs that are no part of what was found.
        kinds: Its kinds of document, in the order in which they are offered.
        asked_kinds: Words of questions for several of them.
        frameworks: The surest words first.
        grades: From best to worst.
        areas: In the order of its tables.
        gradings: In order of time.
        tables: How grades are printed.
        headings: For each kind of section, whole headings.
        places: Authorities that it inspects, beside those known.
    """

    name: Name
    also: tuple[Name, ...] = ()
    inspector: Name = "inspector"
    letters: str = ""
    grades_at: str = ""
    partners: Mapping[str, Words] = Field(default_factory=dict)
    own: Own = Own()
    standing_words: StandingWords = StandingWords()
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]
    asked_kinds: tuple[AskedKinds, ...] = ()
    frameworks: tuple[Framework, ...] = ()
    grades: tuple[Grade, ...] = ()
    areas: tuple[Area, ...] = ()
    gradings: tuple[Grading, ...] = ()
    tables: Tables = Tables()
    headings: Mapping[str, Words] = Field(default_factory=dict)
    places: tuple[Place, ...] = ()

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    @model_validator(mode="after")
    def _hangs_together(self) -> "Inspectorate":
        kinds, areas = {kind.name for kind in self.kinds}, {area.name for area in self.areas}
        _only({*kinds, COUNCIL_REPORT}, (kind for row in self.asked_kinds for kind in row.kinds), "asked_kinds", "kind")
        _only(kinds, (row.kind for row in self.gradings), "gradings", "kind")
        _only(areas, (area for row in self.gradings for area in row.areas), "gradings", "area")
        _once((grade.name for grade in self.grades), "grades")
        _once((kind.name for kind in self.kinds), "kinds")
        _once((area.name for area in self.areas), "areas")
        for grade in self.grades:
            if grade.name != grade.name.lower():
                raise ValueError(f"grades: {grade.name!r} is written in small letters, however it is printed")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """All its names."""
        return (self.name, *self.also)

    @property
    def named(self) -> str:
        """The pattern of its names, as they are written."""
        return "|".join(rf"\b{re.escape(name)}\b" for name in self.names)

    @property
    def grade(self) -> str:
        """The pattern of a grade as documents print it."""
        return "|".join(grade.as_printed for grade in self.grades) or NEVER

    @property
    def said(self) -> str:
        """The pattern of a grade as sentences say it."""
        return "|".join(grade.as_said for grade in self.grades) or NEVER

    @property
    def grade_names(self) -> tuple[str, ...]:
        """Its grades, from best to worst."""
        return tuple(grade.name for grade in self.grades)

    @property
    def ungraded(self) -> tuple[str, ...]:
        """Kinds that give no grade."""
        return tuple(kind.name for kind in self.kinds if not kind.graded)

    def grade_of(self, words: str) -> str | None:
        """The grade that printed or spoken words stand for."""
        folded = " ".join(words.split())
        return next((name for name, pattern in _graded(self) if pattern.fullmatch(folded)), None)


@cache
def _graded(by: Inspectorate) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((grade.name, re.compile(f"{grade.as_printed}|{grade.as_said}")) for grade in by.grades)


def _only(known: Iterable[str], named: Iterable[str], where: str, what: str) -> None:
    for name in named:
        if name not in known:
            raise ValueError(f"{where}: there is no {what} {name!r}; there are {', '.join(sorted(known))}")


def _once(names: Iterable[str], where: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{where}: {name!r} stands there twice")
        seen.add(name)


# --- the files -----------------------------------------------------------------------------------------------------


def read_inspectorate(file: Path) -> Inspectorate:
    """Read a table.

    Args:
        file: In TOML.

    Raises:
        SettingsError: One line with the file, the place in it and what is wrong there.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise SettingsError(f"{file}: the inspectorate's table cannot be read ({error.strerror})") from None
    if len(data) > LARGEST:
        raise SettingsError(f"{file}: the inspectorate's table is larger than {LARGEST // 1_000_000} MB")
    try:
        return Inspectorate.model_validate(tomllib.loads(data.decode("utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: this is no TOML ({error}); {EXPLAINED}") from None
    except ValidationError as error:
        raise SettingsError(f"{file}: {_told(error.errors()[0])}; {EXPLAINED}") from None


def _told(error: Any) -> str:
    """Where in the table something is wrong, and what: rows are counted from 1."""
    where = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in error["loc"])
    said = {"extra_forbidden": "there is no such row", "missing": "is missing"}.get(error["type"], error["msg"])
    said = said.removeprefix("Value error, ")
    return f"{where}: {said}" if where else said


@cache
def shipped() -> Inspectorate:
    """Ofsted."""
    return read_inspectorate(SHIPPED)


_in_force: tuple[Inspectorate, ...] = ()
_used: tuple[Path, str] | None = None  # the file of the one that was added, and its digest


def in_force() -> tuple[Inspectorate, ...]:
    """The inspectorates whose letters are known: the shipped one, and behind it the one that was added."""
    return _in_force or (shipped(),)


def use(file: Path | None) -> None:
    """Let the letters of another inspectorate be known too, in this process.

    Args:
        file: Its table; None for the shipped one alone.

    Raises:
        SettingsError: If the table is wrong, or says that it is Ofsted.
    """
    global _in_force, _used
    if file is None:
        _in_force, _used = (), None
        return
    file = file.expanduser()
    if _used == (file, version(file)):
        return  # what was compiled from it stays
    added = read_inspectorate(file)
    if {name.casefold() for name in added.names} & {name.casefold() for name in shipped().names}:
        raise SettingsError(f"{file}: name: {shipped().name} is known already; this file is about another inspectorate")
    _in_force, _used = (shipped(), added), (file, version(file))


def version(file: Path) -> str:
    """What tells one state of a table from another.

    Raises:
        SettingsError: If it cannot be read.
    """
    import hashlib

    try:
        return hashlib.sha256(file.expanduser().read_bytes()).hexdigest()[:16]
    except OSError as error:
        raise SettingsError(f"{file}: the inspectorate's table cannot be read ({error.strerror})") from None


# --- whose a document is -------------------------------------------------------------------------------------------


def written_by(text: str) -> Inspectorate:
    """The inspectorate by whose table a document is to be read: its own, or the one that a paper is about.

    An added one's are those that bear its own words, or else name it more often than the shipped one.

    Args:
        text: Of the document.
    """
    first, *added = in_force()
    for by in added:
        own, signed, named = _marks(by)
        if own.search(text, 0, FRONT) or signed.search(text, max(0, len(text) - CLOSE)):
            return by
        if len(named.findall(text)) > len(_marks(first)[2].findall(text)):
            return by
    return first


@cache
def _marks(by: Inspectorate) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    own = by.own
    return (
        re.compile(spelt((*own.first_page, *own.press))),
        re.compile(spelt((*own.last_page, *own.inspectors, *own.signed_by))),
        re.compile(by.named),
    )


def issued_by(letter: Letter) -> Inspectorate:
    """The inspectorate whose letter it is or, for other papers, whose grades or kinds it speaks of."""
    first, *added = in_force()
    for by in added:
        issued = letter.issuer or ""
        if any(issued == name or issued.startswith((f"{name}, ", f"{name} and ")) for name in by.names):
            return by
        grades = {judgement.grade for judgement in letter.judgements if judgement.grade}
        if letter.standing != "inspectorate" and grades and grades <= set(by.grade_names) - set(first.grade_names):
            return by
    return first


# --- what is known of all of them ------------------------------------------------------------------------------------


def kind_names() -> tuple[str, ...]:
    """Every kind of document, in the order in which they are offered."""
    return _kinds(in_force())


@cache
def _kinds(of: tuple[Inspectorate, ...]) -> tuple[str, ...]:
    own = (kind.name for by in of for kind in by.kinds if kind.name != OTHER)
    return tuple(dict.fromkeys((*own, COUNCIL_REPORT, PRESS_RELEASE, OTHER)))


def grade_names() -> tuple[str, ...]:
    """Every grade, each inspectorate's from best to worst."""
    return tuple(dict.fromkeys(name for by in in_force() for name in by.grade_names))


def kind_called(name: str, what: Callable[[Kind], str] = lambda kind: kind.called) -> str:
    """What a kind is called in a citation, or another of its words; empty if nothing is said.

    Args:
        name: Of the kind.
        what: Which of its words.
    """
    return next((what(kind) for by in in_force() for kind in by.kinds if kind.name == name and what(kind)), "")


def area_label(name: str, by: Inspectorate, what: Callable[[Area], str] = lambda area: area.label) -> str:
    """What the page calls a graded area, or another of its words; the name itself if nothing is said.

    Args:
        name: Of the area.
        by: Whose it is.
        what: Which of its words.
    """
    return next((what(area) for area in by.areas if area.name == name and what(area)), name)
