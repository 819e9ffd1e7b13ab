"""Measuring the assistant: gold questions in, figures out, no judge and no network; `python -m eval`."""
