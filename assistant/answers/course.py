"""How an authority has fared: its grades in order of time, then what the newest letter says of the way it is going.

"Has Bradford got better?" names no matter: any sentence with "better" in it would be as good as another. The grades are
what the inspectorate itself measures by. No verdict is drawn from them.
"""

from collections.abc import Sequence

from assistant.answers.brief import Brief
from assistant.answers.draft import Draft
from assistant.answers.evidence import Sentence
from assistant.answers.facts import Fact
from assistant.answers.grades import graded_fact
from assistant.answers.leanings import FAULT, PRAISE
from assistant.answers.timeline import Cell, Row, timeline
from assistant.letters.inspectorates import WHOLE

__all__ = ["write_course"]

GRADES_SHOWN = 8  # the latest ones
SAID = 2  # sentences of the newest letter
SUMMING_UP = ("headline", "overall")


def write_course(brief: Brief) -> Draft | None:
    """The grades that one authority was given, oldest first; None where the letters in scope give no two."""
    if not brief.question.course:
        return None
    about = {letter.authority for letter in brief.letters}
    authority = next(iter(about)) if len(about) == 1 else None
    if authority is None or brief.is_too_much(len(brief.letters)):
        return None
    given = [(row, cells) for row in timeline(brief.letters, authority).rows if (cells := _graded(row))]
    if len(given) < 2:  # one grade is no course
        return None
    draft = Draft()
    for row, cells in given[-GRADES_SHOWN:]:
        draft.add(row.letter, [_fact(row, cell) for cell in cells])
        if row.source == "council":
            draft.note("The grade is given here as the council reported it.")
        if row.source == "mention":
            draft.note("Where no report of an inspection is held, a later letter speaks of its grade.")
    draft.note_more(len(given) - GRADES_SHOWN, "earlier inspection")
    newest = next((one for one in reversed(brief.dated) if one.standing == "inspectorate"), None)
    if newest and newest.first_day > given[-1][0].date:
        draft.quote(_summing_up(brief.sentences(newest)))
    draft.note("Grades in order of time: what they come to is for the reader.")
    return draft


def _graded(row: Row) -> list[Cell]:
    """The overall grade of an inspection, or where it gave none those of its areas."""
    cells = [cell for cell in row.cells if cell.grade and cell.proof]
    return [cell for cell in cells if cell.area == WHOLE] or cells


def _fact(row: Row, cell: Cell) -> Fact:
    """A grade as its letter gives it; of one that is only mentioned the whole sentence."""
    assert cell.proof is not None
    own = [judgement for judgement in row.letter.judgements if judgement.start == cell.proof.start]
    return graded_fact(row.letter, own[0]) if own else Fact(cell.proof)


def _summing_up(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The first sentences of a letter's summary that judge."""
    summary = [s for s in sentences if s.section.kind in SUMMING_UP]
    return [s for s in summary if PRAISE.search(s.text) or FAULT.search(s.text)][:SAID]
