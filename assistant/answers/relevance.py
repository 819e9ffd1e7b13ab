"""Whether a sentence is about what is asked: thresholds on its words and its similarity."""

from assistant.answers.evidence import Evidence
from assistant.questions.question import Question

__all__ = ["NEAR", "VERY_ALIKE", "relevant", "supports"]

NEAR = 0.30  # least share of the question's matter that a sentence and its paragraph must hold
LITTLE, ALIKE = 0.10, 0.45  # a sentence that holds little of it may answer if it is this much alike (cosine)
VERY_ALIKE = 0.60  # or, with none of its words, this much


def relevant(question: Question, item: Evidence) -> bool:
    """Whether a sentence is about what is asked: it holds enough of the question's words, or says the same."""
    if not question.terms:
        return True
    alike = item.similarity or 0.0
    return (item.core and item.nearby >= NEAR) or (item.nearby >= LITTLE and alike >= ALIKE) or alike >= VERY_ALIKE


def supports(question: Question, item: Evidence) -> bool:
    """Whether a further sentence is about the matter itself."""
    if not question.terms:
        return True
    return item.core or (item.similarity or 0.0) >= VERY_ALIKE
