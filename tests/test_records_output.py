"""Where an export goes: a file or stdout, to the byte."""

import sys

import pytest

from assistant.errors import AssistantError
from assistant.records.output import write_output


def test_output_to_a_file_is_as_given(tmp_path):
    for content, written in [("a\r\nb", b"a\r\nb"), (b"\x00\xff", b"\x00\xff"), ("\N{POUND SIGN}", b"\xc2\xa3")]:
        write_output(content, tmp_path / "out")
        assert (tmp_path / "out").read_bytes() == written


def test_output_to_stdout_ends_in_a_line_end(capsysbinary):
    write_output("words", None)
    write_output("line\n", None)
    write_output(b"\x01", None)
    sys.stdout.flush()
    out, err = capsysbinary.readouterr()
    assert sorted(out) == sorted(b"words\nline\n\x01")
    assert err == b""


@pytest.mark.parametrize("target", ["nowhere/out.txt", "."])
def test_output_that_cannot_be_written_is_one_line(tmp_path, target):
    with pytest.raises(AssistantError, match="cannot be written") as caught:
        write_output("x", tmp_path / target)
    assert "\n" not in str(caught.value)
