"""The llama-index components: what they give is what the engine gives."""

import pytest
from fakes import CORPUS, REAL_QUESTION, letter_words, refused_network, shipped_assistant

from assistant.answers.answer import answer_json
from assistant.llm.tokens import count_tokens
from assistant.reading.outline import outline
from assistant.reading.readers.files import read_source


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("llama")
    with shipped_assistant(folder / "index", context_tokens=400) as assistant:
        yield assistant


@pytest.fixture(scope="module")
def llama():
    from assistant import llama

    return llama


# --- retriever -----------------------------------------------------------------------------------------------------------


def test_retriever_gives_the_engines_passages(assistant, llama):
    nodes = llama.PassageRetriever(assistant, k=7).retrieve(REAL_QUESTION)
    hits = assistant.search(REAL_QUESTION, k=7).hits
    assert [node.node.node_id for node in nodes] == [hit.passage.passage_id for hit in hits]
    assert [node.score for node in nodes] == [hit.score for hit in hits]
    for found in nodes:
        node = found.node
        letter = assistant.letter(node.metadata["letter_id"])
        assert node.get_content() == letter.text[node.start_char_idx : node.end_char_idx]
        assert node.ref_doc_id == letter.letter_id
        assert node.metadata["file"] == letter.file


def test_retriever_has_a_scope(assistant, llama):
    assert llama.PassageRetriever(assistant).retrieve("care leavers in Leeds") == []


def test_a_language_model_is_not_told_the_identifier(assistant, llama):
    from llama_index.core.schema import MetadataMode

    node = llama.PassageRetriever(assistant, k=1).retrieve(REAL_QUESTION)[0].node
    shown = node.get_content(MetadataMode.LLM)
    assert "section:" in shown
    assert "letter_id" not in shown


# --- query engine --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", [REAL_QUESTION, "care leavers in Leeds", "who inspected Swindon in 2019?"])
def test_query_engine_carries_the_engines_answer(assistant, llama, question):
    with refused_network() as tried:
        response = llama.CitedQueryEngine(assistant=assistant).query(question)
    answer = assistant.ask(question)
    assert response.response == answer.text
    assert response.metadata["answer"] | {"seconds": None} == answer_json(answer) | {"seconds": None}
    assert tried == []


def test_source_nodes_keep_to_the_budget(assistant, llama):
    response = llama.CitedQueryEngine(assistant=assistant).query(REAL_QUESTION)
    tokens = [count_tokens(node.node.get_content(), "o200k_base") for node in response.source_nodes]
    assert 0 < sum(tokens) <= 400
    hits = assistant.ask(REAL_QUESTION).hits
    assert [n.node.node_id for n in response.source_nodes] == [h.passage.passage_id for h in hits[: len(tokens)]]
    assert sum(tokens) + count_tokens(hits[len(tokens)].passage.text, "o200k_base") > 400


# --- node parser ---------------------------------------------------------------------------------------------------------


def parsed(llama, text: str, name: str = "letter.txt"):
    from llama_index.core.schema import Document

    document = Document(text=text, metadata={"file_name": name, "kept": "yes"})
    return document, llama.LetterNodeParser().get_nodes_from_documents([document])


@pytest.mark.parametrize("file", sorted(CORPUS.iterdir()), ids=lambda file: file.name)
def test_one_node_a_paragraph(llama, file):
    text = file.read_text(encoding="utf-8")
    document, nodes = parsed(llama, text, file.name)
    clean = outline(read_source(file.name, text.encode()))
    expected = [
        (section.heading, paragraph.name, clean.text[paragraph.start : paragraph.end])
        for section in clean.sections
        for paragraph in section.paragraphs
    ]
    assert len(expected) > 5
    assert [(n.metadata["section"], n.metadata["paragraph"], n.text) for n in nodes] == expected
    assert {node.ref_doc_id for node in nodes} == {document.node_id}
    assert all(node.metadata["kept"] == "yes" for node in nodes)


def test_nodes_are_linked_in_order(llama):
    _, nodes = parsed(llama, letter_words("housing"))
    assert [node.next_node.node_id for node in nodes[:-1]] == [node.node_id for node in nodes[1:]]


@pytest.mark.parametrize("file", sorted(CORPUS.iterdir()), ids=lambda file: file.name)
def test_offsets_are_those_in_the_clean_text(llama, file):
    text = file.read_text(encoding="utf-8")
    _, nodes = parsed(llama, text, file.name)
    clean = outline(read_source(file.name, text.encode())).text
    for node in nodes:
        assert clean[node.start_char_idx : node.end_char_idx] == node.text


def test_parser_sits_in_a_pipeline_of_llama_index(llama):
    from llama_index.core.ingestion import IngestionPipeline
    from llama_index.core.schema import Document

    pipeline = IngestionPipeline(transformations=[llama.LetterNodeParser()])
    nodes = pipeline.run(documents=[Document(text=letter_words("housing"))])
    assert any("housing" in node.get_content() for node in nodes)


def test_empty_document_is_no_trace(llama):
    from assistant.errors import LetterError

    try:
        _, nodes = parsed(llama, "   ")
    except LetterError as error:
        assert "\n" not in str(error)
    else:
        assert nodes == []
