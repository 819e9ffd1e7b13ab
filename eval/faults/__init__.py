"""What the assistant survives: faults done to it on purpose, and what was lost (`python -m eval.faults`)."""
