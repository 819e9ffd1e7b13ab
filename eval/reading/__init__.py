"""Measuring the reading: a folder of letters and what is known of them in, one table out; `python -m eval.reading`."""
