"""How long things take and what they need, beside references of the same run: `python -m eval.bench --help`."""
