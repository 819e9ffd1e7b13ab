"""What millions of passages would take: reckoned by hand, and measured on a real index."""

import re

import pytest
from fakes import CORPUS

from assistant.errors import AssistantError
from assistant.index.catalogue import Catalogue
from assistant.index.update import update_index
from assistant.settings import Settings
from eval import scale
from eval.enlarged import Worker, enlarged, measured_apart
from eval.marks import read_between
from eval.scale import Sizes, main, table

SIZES = Sizes(
    letters=100, passages=5_000, dimensions=100, text=500, body=700, tokens=50, lexical=200, encoding=100,
    workers=(Worker(20_000, 1_000_000, 104_000_000, 2_100_000_000, 1.9, (0.05, 0.1, 0.01), 0.0003, 366_000_000),),
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
    assert rows["**memory of each web worker for its letters**, measured"] == "**104 MB**"
    assert rows["the most while it opens the index, measured"] == "2.1 GB"
    assert rows["opening the index, measured"] == "2 s"
    assert rows["the same of one year, measured"] == "0.10 s"
    assert rows["one letter read from the disk, measured"] == "0.3 ms"


def test_as_many_columns_as_sizes():
    assert {line.count("|") for line in table(SIZES, (1, 5, 20)).splitlines()} == {5}


@pytest.mark.model
def test_a_real_index_is_measured_and_the_page_is_written(tmp_path, monkeypatch, capsys):
    update_index(Settings(_env_file=None, corpus_dir=CORPUS, index_dir=tmp_path / "index"))
    page = tmp_path / "scale.md"
    page.write_text(f"before\n{scale.BEGIN}old\n{scale.END}after\n", encoding="utf-8")
    monkeypatch.setattr(scale, "DOCS", page)
    monkeypatch.setenv("ASSISTANT_CORPUS_DIR", str(CORPUS))
    assert main(["--index", str(tmp_path / "index"), "--millions", "0.002", "0.004", "--docs"]) == 0
    assert "Reckoned from 5 letters" in capsys.readouterr().out
    assert "0.004 million" in read_between(page, scale.BEGIN, scale.END)
    assert [path.name for path in tmp_path.iterdir() if "large" in path.name] == []


@pytest.mark.model
def test_an_enlarged_index_is_opened_like_any_other(tmp_path):
    update_index(Settings(_env_file=None, corpus_dir=CORPUS, index_dir=tmp_path / "index"))
    with Catalogue(enlarged(tmp_path / "index", tmp_path / "large", 12)) as large:
        names = [letter.letter_id for letter in large.letters]
        assert len(set(names)) == 12 and sum(name.startswith("2011") for name in names) == 3
        with Catalogue(Settings(_env_file=None, corpus_dir=CORPUS, index_dir=tmp_path / "index")) as small:
            one = small.letters[0]
            copy = large.by_id[f"{one.letter_id}-2"]
            assert (copy.text, copy.sections, copy.judgements) == (one.text, one.sections, one.judgements)
            assert len(large.passages) > 2 * len(small.passages)
    worker = measured_apart(tmp_path / "large")
    assert worker.letters == 12 and worker.memory > 0 and worker.most >= worker.memory and worker.disk > 0


def test_what_fails_in_the_process_apart_is_one_line(tmp_path):
    with pytest.raises(AssistantError, match="there is no index in"):
        measured_apart(tmp_path)


def test_no_index_is_one_line(tmp_path, capsys):
    assert main(["--index", str(tmp_path / "nothing")]) == 1
    assert "there is no index in" in capsys.readouterr().err.splitlines()[-1]
