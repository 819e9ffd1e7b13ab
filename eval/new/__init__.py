"""`python -m eval new`: helps a person to write a gold question about their letters.

It searches, shows the sentences that may answer the question, asks for the rest, checks the question as
`python -m eval` will check it, adds one line to a file, and says how the assistant does on it today.
"""

from eval.new.command import new

__all__ = ["new"]
