"""The language-model writer: one setting away, checked sentence by sentence, and never needed.

`prompt` says what the model is given, `endpoint` asks it, `reply` reads what it sends, `claims`, `alignment` and
`grounding` check each sentence against the letters, `rewriter` makes the answer of what holds.
"""
