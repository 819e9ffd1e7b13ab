"""What millions of passages would take: reckoned by hand, and measured on a real index."""

import re

import pytest
from fakes import CORPUS

from assistant.index.update import update_index
from assistant.settings import Settings
from eval import scale
from eval.marks import read_between
from eval.scale import Sizes, main, table

SIZES = Sizes(
    letters=100, passages=5_000, dimensions=100, text=500, body=700, tokens=50, lexical=200, worker=300_000,
    opening=0.01, encoding=100,
)  # fmt: skip


def test_the_table_is_as_reckoned_by_hand():
    rows = dict(re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|$", table(SIZES, (1,)), re.MULTILINE))
    assert rows["letters, as long as those measured"] == "20,000"  # fifty passages each
    assert rows["vectors (100 dimensions, 400 bytes each)"] == "0.4 GB"
    assert rows["their graph (HNSW, 32 links, 256 bytes each)"] == "0.3 GB"
    assert rows["BM25's sparse vectors (400 bytes each)"] == "0.4 GB"
    assert rows["**memory of the query nodes, one copy**"] == "**1.3 GB**"  # 400 + 256 + 400 + 200 bytes
    assert rows["query nodes of 64 GB, 90% full"] == "1"
    assert rows["object storage, with room for merging"] == "5.7 GB"  # twice 800 + 256 + 400 + 200 + 500 + 700 bytes
    assert rows["embedding, 8 machines such as this (100 passages a second)"] == "0.3 h"  # 1,250 seconds
    assert rows["**memory of each web worker** (300 kB a letter)"] == "**6.0 GB**"
    assert rows["its start"] == "3.3 min"


def test_as_many_columns_as_sizes():
    assert {line.count("|") for line in table(SIZES).splitlines()} == {5}


@pytest.mark.model
def test_a_real_index_is_measured_and_the_page_is_written(tmp_path, monkeypatch, capsys):
    update_index(Settings(_env_file=None, corpus_dir=CORPUS, index_dir=tmp_path / "index"))
    page = tmp_path / "scale.md"
    page.write_text(f"before\n{scale.BEGIN}old\n{scale.END}after\n", encoding="utf-8")
    monkeypatch.setattr(scale, "DOCS", page)
    monkeypatch.setenv("ASSISTANT_CORPUS_DIR", str(CORPUS))
    assert main(["--index", str(tmp_path / "index"), "--docs"]) == 0
    assert "Reckoned from 5 letters" in capsys.readouterr().out
    assert "20 million" in read_between(page, scale.BEGIN, scale.END)


def test_no_index_is_one_line(tmp_path, capsys):
    assert main(["--index", str(tmp_path / "nothing")]) == 1
    assert "there is no index in" in capsys.readouterr().err.splitlines()[-1]
