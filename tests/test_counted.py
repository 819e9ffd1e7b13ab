"""What "how many" counts."""

import pytest

from assistant.questions.counted import counted


@pytest.mark.parametrize(
    ("question", "stems"),
    [
        ("how many children were looked after?", ("children",)),
        ("how many social workers are there?", ("social", "worker")),
        ("how many of the inspectors came?", ("inspector",)),
        ("what is said?", ()),
    ],
)
def test_what_is_counted(question, stems):
    assert counted(question) == stems
