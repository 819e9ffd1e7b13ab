"""A language model as judge: two columns beside the figures, for those who want them; never in the gate.

The prompts and the parsing are llama-index's evaluators'; the model is any OpenAI-compatible server.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from assistant.errors import AssistantError, ModelError
from assistant.llm.endpoint import Endpoint
from assistant.settings import load_settings
from eval.measures import Tally
from eval.run import show
from eval.score import Outcome

__all__ = ["Judge"]

BEST, WORST = 5.0, 1.0  # of CorrectnessEvaluator's marks
CONTEXT = 8192  # tokens that the judge is taken to hold


class Judge:
    """A server whose model marks answers.

    Args:
        url: Its base URL.
        model: Name of the model; empty takes the server's first.

    Raises:
        AssistantError: If the URL is none, or the server does not answer.
    """

    def __init__(self, url: str, model: str = "") -> None:
        from llama_index.core.evaluation import CorrectnessEvaluator, FaithfulnessEvaluator
        from llama_index.llms.openai_like import OpenAILike

        settings = load_settings(llm_url=url, llm_model=model or None)
        name = settings.llm_model or Endpoint(settings).model
        llm = OpenAILike(
            model=name,
            api_base=settings.llm_url,
            api_key=settings.llm_key.get_secret_value() or "none",
            is_chat_model=True,
            context_window=CONTEXT,
            timeout=settings.llm_total_seconds,
            max_retries=settings.llm_retries,
            temperature=0.0,
        )
        self._faithful: Any = FaithfulnessEvaluator(llm=llm)
        self._right: Any = CorrectnessEvaluator(llm=llm)

    def judged(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Every outcome, answers with the judge's two marks beside their tallies.

        `judge_faithful`: whether the quotes carry the answer (llama-index's FaithfulnessEvaluator; ragas and deepeval
        call the same faithfulness). `judge_right`: the mark of the answer beside the quotes that prove it, 1 to 5, as 0
        to 1 (CorrectnessEvaluator). Refusals are not judged, nor what the judge gave no mark for.
        """
        marked = []
        for number, outcome in enumerate(outcomes, 1):
            marked.append(outcome if outcome.given.refused else self._marked(outcome))
            show("judged", number, len(outcomes))
        return marked

    def _marked(self, outcome: Outcome) -> Outcome:
        question, given = outcome.question, outcome.given
        quotes = [citation.quote for citation in given.citations]
        reference = "\n".join(one.text for one in question.evidence) or "The letters do not answer this question."
        tallies, said = dict(outcome.tallies), []
        try:
            faithful = self._faithful.evaluate(query=question.question, response=given.answer, contexts=quotes)
            tallies["judge_faithful"] = Tally(bool(faithful.passing), 1)
            said.append(f"faithful: {'yes' if faithful.passing else 'no'}")
            right = self._right.evaluate(query=question.question, response=given.answer, reference=reference)
            if right.score is not None:
                tallies["judge_right"] = Tally((min(max(right.score, WORST), BEST) - WORST) / (BEST - WORST), 1)
                said.append(f"right: {right.score:g} of {BEST:g}: {' '.join((right.feedback or '').split())}")
        except (ValueError, ModelError) as error:  # the model's words were no mark
            print(f"judge: {question.id}: no mark ({type(error).__name__})", file=sys.stderr)
        except Exception as error:
            if type(error).__module__.partition(".")[0] not in ("openai", "httpx"):
                raise
            raise AssistantError(f"the judge does not answer ({type(error).__name__}); nothing was judged") from None
        return replace(outcome, tallies=tallies, judged=tuple(said))
