"""Settings: defaults, bounds, names, the `.env` file."""

from pathlib import Path

import pytest
from fakes import ROOT

from assistant.errors import SettingsError
from assistant.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch, tmp_path):
    import os

    for name in list(os.environ):
        if name.upper().startswith("ASSISTANT_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def refused(**given: object) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(**given)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_defaults():
    settings = load_settings()
    assert settings.corpus_dir == ROOT / "corpus" / "letters"
    assert settings.index_dir == ROOT / ".index"
    assert (settings.host, settings.port, settings.max_question_chars) == ("127.0.0.1", 7860, 2000)
    assert settings.embedding_model == "packaged"


def test_environment_is_read(monkeypatch):
    monkeypatch.setenv("ASSISTANT_PORT", "8000")
    monkeypatch.setenv("ASSISTANT_INDEX_DIR", "elsewhere")
    settings = load_settings()
    assert (settings.port, settings.index_dir) == (8000, Path("elsewhere"))


def test_command_line_goes_before_the_environment(monkeypatch):
    monkeypatch.setenv("ASSISTANT_PORT", "8000")
    assert load_settings(port=8001, host=None).port == 8001
    assert load_settings(port=None).port == 8000


def test_dotenv_is_read_and_the_environment_goes_before_it(monkeypatch):
    Path(".env").write_text("# ASSISTANT_NOTHING=1\nASSISTANT_PORT=8002\nexport ASSISTANT_HOST=::1\nOTHER=1\n")
    assert (load_settings().port, load_settings().host) == (8002, "::1")
    monkeypatch.setenv("ASSISTANT_PORT", "8003")
    assert load_settings().port == 8003


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("ASSISTANT_INDEXDIR", "did you mean ASSISTANT_INDEX_DIR?"),
        ("ASSISTANT_CORPUS", "did you mean ASSISTANT_CORPUS_DIR?"),
        ("ASSISTANT_PROT", "did you mean ASSISTANT_PORT?"),
        ("ASSISTANT_XYZZY", "docs/reference/settings.md"),
    ],
)
def test_unknown_name_is_refused_with_the_nearest(monkeypatch, name, hint):
    monkeypatch.setenv(name, "1")
    message = refused()
    assert name in message
    assert hint in message


def test_unknown_name_in_dotenv_is_refused():
    Path(".env").write_text("ASSISTANT_PROT=8002\n")
    assert "did you mean ASSISTANT_PORT?" in refused()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "99999"),
        ("port", "-1"),
        ("port", "many"),
        ("host", ""),
        ("passage_tokens", "10"),
        ("max_question_chars", "5"),
        ("dense_weight", "-1"),
        ("context_tokens", "1"),
        ("batch_size", "0"),
        ("log_level", "LOUD"),
        ("embedding_model", ""),
        ("llm_url", "localhost:8000/v1"),
        ("llm_url", "file:///etc/passwd"),
        ("llm_url", "http://"),
        ("llm_url", "http://host:99999/"),
        ("llm_seconds", "0"),
        ("llm_total_seconds", "forever"),
        ("llm_retries", "99"),
        ("llm_answer_tokens", "1"),
        ("user_header", "X_Remote_User"),
        ("user_header", "X-Remote-User:"),
        ("user_header", "Host"),
        ("user_header", "cookie"),
        ("user_header", "X-Forwarded-For"),
        ("proxies", "proxy.example.org"),
        ("proxies", "127.0.0.1, 10.0.0.0/33"),
        ("proxies", "0.0.0.0/0"),
        ("proxies", "::/0"),
        ("open_to_all", "perhaps"),
        ("questions_a_minute", "-1"),
        ("question_log_days", "0"),
    ],
)
def test_values_out_of_bounds_are_named(monkeypatch, name, value):
    monkeypatch.setenv(f"ASSISTANT_{name.upper()}", value)
    message = refused()
    assert f"ASSISTANT_{name.upper()}={value}" in message


def test_each_corpus_has_an_index_of_its_own(tmp_path):
    one, two = load_settings(corpus_dir=tmp_path / "one"), load_settings(corpus_dir=tmp_path / "two")
    assert len({one.index_dir, two.index_dir, load_settings().index_dir}) == 3
    assert one.index_dir == load_settings(corpus_dir=tmp_path / "x" / ".." / "one").index_dir
    assert load_settings(corpus_dir=ROOT / "corpus" / "letters").index_dir == load_settings().index_dir
    assert load_settings(corpus_dir=tmp_path / "one", index_dir=tmp_path / "mine").index_dir == tmp_path / "mine"


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1  # type: ignore[misc]


def test_every_setting_says_what_it_is():
    for name, field in Settings.model_fields.items():
        assert field.description and field.description.endswith("."), name


def test_no_language_model_by_default():
    settings = load_settings()
    assert (settings.llm_url, settings.llm_model, settings.llm_key.get_secret_value()) == ("", "", "")


def test_an_address_loses_its_last_stroke(monkeypatch):
    monkeypatch.setenv("ASSISTANT_LLM_URL", " http://127.0.0.1:8000/v1/ ")
    assert load_settings().llm_url == "http://127.0.0.1:8000/v1"


@pytest.mark.parametrize("key", ["sk-secret key", "sk-secret\nkey", "sk-secret-\N{POUND SIGN}", "sk-sec\x00secret"])
def test_a_key_that_is_none_is_not_repeated(key):
    message = refused(llm_key=key)
    assert "ASSISTANT_LLM_KEY=..." in message
    assert "secret" not in message


def test_a_key_is_never_printed(monkeypatch):
    monkeypatch.setenv("ASSISTANT_LLM_KEY", " sk-secret-1234 ")
    settings = load_settings()
    assert settings.llm_key.get_secret_value() == "sk-secret-1234"
    assert (
        "secret-1234" not in f"{settings!r} {settings} {settings.model_dump(mode='json')} {settings.model_dump_json()}"
    )


def test_a_password_in_an_address_is_refused_and_not_repeated():
    message = refused(llm_url="http://somebody:geheim@host/v1")
    assert "ASSISTANT_LLM_KEY" in message
    assert "geheim" not in message
    assert "geheim" not in refused(llm_url="ftp://somebody:geheim@host/v1")


def test_by_default_nothing_is_asked_and_no_question_recorded():
    settings = load_settings()
    assert not settings.password and not settings.adding_password and not settings.user_header
    assert not settings.open_to_all and not settings.question_log
    assert (settings.questions_a_minute, settings.question_log_days) == (60, 30)


@pytest.mark.parametrize("value", ["yes", "true", "1"])
def test_a_page_is_opened_to_all_in_a_word(monkeypatch, value):
    monkeypatch.setenv("ASSISTANT_OPEN_TO_ALL", value)
    assert load_settings().open_to_all


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"password": "a horse reads", "user_header": "X-User"}, "ASSISTANT_PASSWORD and ASSISTANT_USER_HEADER"),
        ({"password": "a horse reads", "open_to_all": True}, "ASSISTANT_PASSWORD and ASSISTANT_OPEN_TO_ALL"),
        ({"user_header": "X-User", "open_to_all": True}, "ASSISTANT_USER_HEADER and ASSISTANT_OPEN_TO_ALL"),
        ({"adding_users": "Ada"}, "ASSISTANT_ADDING_USERS needs ASSISTANT_USER_HEADER"),
        ({"password": "a horse reads", "adding_password": "a horse reads"}, "choose another"),
    ],
)
def test_ways_in_that_contradict_each_other_are_refused(given, says):
    message = refused(**given)
    assert says in message and "horse" not in message and "docs/reference/settings.md" in message
