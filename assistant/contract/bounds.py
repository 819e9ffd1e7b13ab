"""How much a program may send with a question, over HTTP or from a chat client."""

__all__ = ["LONGEST_CHOICE", "LONGEST_HISTORY", "MOST_CHOICES", "MOST_HISTORY"]

MOST_HISTORY = 50
"""Earlier questions; a conversation that long has changed its subject."""
LONGEST_HISTORY = 10
"""Times the longest question, together: reading all of fifty longest ones takes some seconds."""
MOST_CHOICES = 500
"""Values of one filter; there are some 150 authorities."""
LONGEST_CHOICE = 200
"""Characters of one of them."""
