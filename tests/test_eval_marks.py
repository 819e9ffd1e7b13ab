"""Tables between the marks of a page: what was measured now replaces what was measured before, and nothing else."""

import pytest

from eval.marks import merged, read_between, write_between

BEGIN, END = "<!-- begin -->\n", "<!-- end -->\n"
OLD = "old words\n\n| | figure |\n|---|--:|\n| **first** | |\n| a | 1 |\n| **second** | |\n| b | 2 |\n| c | 3 |\n"
NEW = "new words\n\n| | figure |\n|---|--:|\n| **third** | |\n| d | 4 |\n| **second** | |\n| b | 5 |\n"


def in_bold(line):
    return line.startswith("| **")


def test_parts_keep_their_order_and_new_ones_follow():
    head = "new words\n\n| | figure |\n|---|--:|\n"
    parts = "| **first** | |\n| a | 1 |\n| **second** | |\n| b | 5 |\n| **third** | |\n| d | 4 |\n"
    assert merged(OLD, NEW, in_bold) == head + parts
    assert merged(OLD, OLD, in_bold) == OLD
    assert merged("", NEW, in_bold) == NEW


def test_each_row_may_be_a_part():
    old = "| fault | lost |\n|---|---|\n| a | 1 |\n| b | 2 |\n"
    new = "| fault | lost |\n|---|---|\n| b | nothing |\n| c | 3 |\n"
    assert merged(old, new, lambda line: line not in new.splitlines()[:2]).splitlines()[2:] == [
        "| a | 1 |", "| b | nothing |", "| c | 3 |",
    ]  # fmt: skip


def test_only_what_is_between_the_marks_is_written(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}inside\n{END}after\n")
    assert read_between(page, BEGIN, END) == "inside\n"
    write_between(page, BEGIN, END, "new\n")
    assert page.read_text() == f"before\n{BEGIN}new\n{END}after\n"


@pytest.mark.parametrize("words", ["nothing", BEGIN, END, f"{END}{BEGIN}"])
def test_missing_marks_are_told_and_nothing_is_written(tmp_path, words):
    page = tmp_path / "page.md"
    page.write_text(words)
    with pytest.raises(ValueError, match="the marks are missing"):
        write_between(page, BEGIN, END, "new\n")
    assert page.read_text() == words
