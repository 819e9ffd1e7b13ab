"""Sentences of letters, scored and chosen, or a refusal with its reason; one module a shape of answer."""
