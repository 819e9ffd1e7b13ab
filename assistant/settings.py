"""The settings: one object, from the environment (`ASSISTANT_...`) or a `.env` file, each with bounds."""

import difflib
import ipaddress
import os
import re
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError
from assistant.letters.inspectorates import use

__all__ = ["PREFIX", "ROOT", "SECRET", "WEB_ADDRESS", "Settings", "load_settings"]

PREFIX = "ASSISTANT_"
"""Begins the name of each setting in the environment."""

CHECKOUT = Path(__file__).resolve().parent.parent
ROOT = CHECKOUT if (CHECKOUT / "corpus" / "letters").is_dir() else Path.cwd()
"""Where the shipped corpus and the index lie: the checkout, or the current folder where there is none."""

WEB_ADDRESS = re.compile(r"https?://[^\s\\{}<>\"'`|^?#]{1,500}", re.ASCII)
"""What links may begin with: nothing in it means anything in a document's markup."""

SECRET = ("adding_password", "api_keys", "llm_key", "password", "store_token")
"""What is never shown: an error does not repeat it, as it does not repeat a URL that may hold a password."""

SHORTEST_PASSWORD = 12  # characters
SHORTEST_KEY = 24  # characters: random ones that nobody can guess
TAKEN = (
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "forwarded",
    "host",
    "origin",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
)  # fmt: skip  headers that mean something else
DEFAULT_CORPUS = ROOT / "corpus" / "letters"


class Settings(BaseSettings):
    """All settings, with their defaults, units and bounds (the docs list them: `docs/reference/settings.md`)."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    corpus_dir: Path = Field(DEFAULT_CORPUS, description="Folder of the default corpus.")
    index_dir: Path = Field(
        Path(),
        description="Folder that holds the index; it can be rebuilt. Each corpus has its own by default.",
    )
    inspectorate: Path | None = Field(
        None, description="File that describes another inspectorate, whose letters are read beside Ofsted's."
    )
    reading_workers: int = Field(
        0, ge=0, le=64, description="Processes that read files side by side; 0 for one a core, at most 8."
    )
    reading_seconds: int = Field(60, ge=1, le=86_400, description="Longest that reading one file may take.")
    reading_megabytes: int = Field(
        1024, ge=256, le=1_000_000, description="Most memory that reading one file may take (Linux only)."
    )
    ocr: bool = Field(False, description="Whether scans are read by OCR (ocrmypdf) instead of being refused.")
    embedding_model: str = Field(
        "packaged",
        min_length=1,
        description='The sentence-transformers model: "packaged" (all-MiniLM-L6-v2, installed with the '
        "assistant), a folder, or a model hub's name.",
    )
    query_prompt: str = Field("", description="Text put before a question by models that want one.")
    passage_prompt: str = Field("", description="Text put before a passage by models that want one.")
    passage_tokens: int = Field(
        256, ge=64, le=8192, description="Most tokens of a passage with its header; the model's window caps it."
    )
    batch_size: int = Field(32, ge=1, le=1024, description="Most passages embedded at a time.")
    dense_weight: float = Field(
        0.5, ge=0, le=10, description="Weight of the embedding's ranks in the fusion; 0 leaves it out."
    )
    lexical_weight: float = Field(1.0, ge=0, le=10, description="Weight of BM25's ranks in the fusion.")
    reranker: str = Field(
        "",
        description="A cross-encoder that orders the first passages anew: a folder, or a model hub's name. "
        "Empty leaves it out.",
    )
    store: Literal["embedded", "milvus"] = Field(
        "embedded",
        description='Where passages are kept and searched: "embedded" (Chroma and tantivy, in the index), or "milvus".',
    )
    store_uri: str = Field(
        "", max_length=2000, description="Milvus: the server's address, or a file that ends in .db for Milvus Lite."
    )
    store_token: SecretStr = Field(SecretStr(""), description="Milvus: `user:password` or a key; never shown.")
    store_certificate: Path | None = Field(
        None, description="Milvus: file of the certificate (PEM) that the server's own is checked with."
    )
    store_seconds: float = Field(30, ge=0.1, le=3600, description="Milvus: longest wait for one call.")
    max_question_chars: int = Field(2000, ge=50, le=100_000, description="Longest question, in characters.")
    answer_words: int = Field(150, ge=40, le=1000, description="Longest answer about one matter, in words.")
    list_words: int = Field(300, ge=40, le=2000, description="Longest list or comparison, in words.")
    letters_read: int = Field(
        5_000,
        ge=10,
        le=1_000_000,
        description="Most letters that are read through for one answer; it asks for less then.",
    )
    llm_url: str = Field(
        "",
        description="Base URL of an OpenAI-compatible server whose language model words the answers. Empty: none does.",
    )
    llm_model: str = Field("", max_length=200, description="The language model's name; empty takes the server's first.")
    llm_key: SecretStr = Field(SecretStr(""), description="The server's API key; never shown.")
    llm_seconds: float = Field(
        30, ge=0.1, le=3600, description="Longest wait for the server: to connect, and for each piece of its reply."
    )
    llm_total_seconds: float = Field(
        120, ge=0.1, le=7200, description="Longest that the language model may take in all, retries included."
    )
    llm_retries: int = Field(
        2, ge=0, le=10, description="How often a busy, failing or unreachable server is asked again."
    )
    llm_answer_tokens: int = Field(600, ge=50, le=16_000, description="Most tokens of the language model's reply.")
    context_tokens: int = Field(
        3000, ge=256, le=1_000_000, description="Most tokens of what a language model is given, passages included."
    )
    token_encoding: str = Field("o200k_base", description="tiktoken's encoding that counts those tokens.")
    host: str = Field("127.0.0.1", min_length=1, description="Address that the page listens on.")
    port: int = Field(7860, ge=0, le=65535, description="Port of the page; 0 takes a free one.")
    link_base: str = Field(
        "",
        description="Where people open the page, such as https://letters.example.gov.uk: what is exported links to it.",
    )
    password: SecretStr = Field(
        SecretStr(""), description="A password that everybody shares who may use the page; never shown. Empty: none."
    )
    api_keys: SecretStr = Field(
        SecretStr(""),
        description="Keys of programs, each with a name: `reports:KEY, newsroom:KEY`; never shown. Empty: none.",
    )
    user_header: str = Field(
        "",
        pattern="^([A-Za-z][A-Za-z0-9-]{0,99})?$",
        description="Header in which a reverse proxy says who asks, such as X-Remote-User. Empty: none does.",
    )
    proxies: str = Field(
        "127.0.0.1, ::1",
        description="Addresses or networks of reverse proxies, with commas between them: only these are believed.",
    )
    open_to_all: bool = Field(
        False, description="Whether everybody who can reach the page may use it without saying who they are."
    )
    questions_a_minute: int = Field(
        60, ge=0, le=100_000, description="Most questions of one visitor within a minute, over a network; 0: no limit."
    )
    adding: Literal["auto", "yes", "no"] = Field(
        "auto",
        description='Whether letters can be added from the page: "auto" by whom a password or a list of names for '
        'adding allows it, and where nothing is asked on this computer only; "yes" also by everybody who may open the '
        'page, where there is neither; "no" by nobody.',
    )
    adding_password: SecretStr = Field(
        SecretStr(""), description="The password of those who may add letters, and read them; never shown. Empty: none."
    )
    adding_users: str = Field(
        "", description="Names of those who may add letters, as the user header gives them, with commas between them."
    )
    adding_dir: Path = Field(
        Path(), description="Folder that keeps the letters that are added; by default it lies beside the index."
    )
    adding_megabytes: int = Field(50, ge=1, le=100, description="Largest file that can be added, in MB.")
    adding_files: int = Field(50, ge=1, le=1000, description="Most files that can be added at once.")
    adding_pause: float = Field(
        1.0, ge=0, le=60, description="Seconds between two requests to one host, when letters are fetched."
    )
    question_log: str = Field(
        "", max_length=4000, description="Folder in which questions are recorded. Empty: no question is recorded."
    )
    question_log_days: int = Field(30, ge=1, le=3650, description="Days after which recorded questions are deleted.")
    mcp: bool = Field(
        False,
        description="Whether the page's server also answers chat clients, at /mcp; the same may as may ask there.",
    )
    log_level: str = Field(
        "WARNING",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description="What the page's server writes to the log on stderr.",
    )

    @model_validator(mode="before")
    @classmethod
    def _own_index(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Each corpus has an index of its own, unless one is named."""
        if not values.get("index_dir"):
            corpus = Path(values.get("corpus_dir") or DEFAULT_CORPUS).expanduser().resolve()
            own = "" if corpus == DEFAULT_CORPUS.resolve() else f"-{sha256(str(corpus).encode()).hexdigest()[:8]}"
            values = {**values, "index_dir": ROOT / f".index{own}"}
        if not values.get("adding_dir"):
            index = Path(values["index_dir"])
            values = {**values, "adding_dir": index.with_name(f"{index.name}-added")}
        return values

    @field_validator("llm_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        try:
            parts = urlsplit(url.strip())
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise ValueError("this is no web address") from None
        if url.strip() and (parts.scheme not in ("http", "https") or not host):
            raise ValueError("it begins with http:// or https:// and names a server")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("it holds no name, password, query or fragment; a key goes into ASSISTANT_LLM_KEY")
        return url.strip().rstrip("/")

    @field_validator("link_base")
    @classmethod
    def _begins_links(cls, url: str) -> str:
        if url.strip() and not WEB_ADDRESS.fullmatch(url.strip()):
            raise ValueError("it begins with http:// or https:// and names a server")
        return url.strip().rstrip("/")

    @field_validator("llm_key")
    @classmethod
    def _fit_for_a_header(cls, key: SecretStr) -> SecretStr:
        stripped = key.get_secret_value().strip()
        if not (stripped.isascii() and stripped.isprintable()) or " " in stripped:
            raise ValueError("a key has no white space and only ASCII characters")
        return SecretStr(stripped)

    @field_validator("password", "adding_password")
    @classmethod
    def _long_enough(cls, password: SecretStr) -> SecretStr:
        said = password.get_secret_value()
        if said and len(said) < SHORTEST_PASSWORD:
            raise ValueError(f"a password has at least {SHORTEST_PASSWORD} characters")
        if not said.isprintable() or said != said.strip():
            raise ValueError("a password has no line breaks, and no white space around it")
        return password

    @field_validator("api_keys")
    @classmethod
    def _named_keys(cls, said: SecretStr) -> SecretStr:
        pairs = [one.strip().partition(":") for one in said.get_secret_value().split(",") if one.strip()]
        for name, colon, key in pairs:
            if not colon or not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", name):
                raise ValueError("each key has a name before a colon, such as reports:KEY")
            if len(key) < SHORTEST_KEY or not re.fullmatch(r"[!-~]+", key):
                raise ValueError(
                    f"a key has at least {SHORTEST_KEY} characters, all ASCII, no white space; make it random"
                )
        if len({name for name, _, _ in pairs}) < len(pairs) or len({key for _, _, key in pairs}) < len(pairs):
            raise ValueError("no two keys have the same name, and no two names the same key")
        return said

    @field_validator("user_header")
    @classmethod
    def _free_header(cls, name: str) -> str:
        if name.lower() in TAKEN:
            raise ValueError("this header means something else; choose another, such as X-Remote-User")
        return name

    @field_validator("proxies")
    @classmethod
    def _networks(cls, named: str) -> str:
        for one in filter(None, (part.strip() for part in named.split(","))):
            try:
                network = ipaddress.ip_network(one, strict=False)
            except ValueError:
                raise ValueError(f"{one[:60]!r} is no address and no network") from None
            if not network.prefixlen:
                raise ValueError("this would believe everybody; name the proxy's own address")
        return named

    @field_validator("store_uri")
    @classmethod
    def _server_or_file(cls, uri: str) -> str:
        uri = uri.strip()
        if "://" not in uri:
            if uri and not uri.endswith(".db"):
                raise ValueError("it begins with http:// or https://, or is a file that ends in .db")
            return str(Path(uri).expanduser().resolve()) if uri else ""
        try:
            parts = urlsplit(uri)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise ValueError("this is no address of a server") from None
        if parts.scheme not in ("http", "https") or not host:
            raise ValueError("it begins with http:// or https:// and names a server")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("it holds no name, password, query or fragment; they go into ASSISTANT_STORE_TOKEN")
        return uri.rstrip("/")

    @model_validator(mode="after")
    def _store_somewhere(self) -> "Settings":
        if self.store == "milvus" and not self.store_uri:
            raise ValueError(f"{PREFIX}STORE is milvus: set {PREFIX}STORE_URI to its address")
        return self

    @model_validator(mode="after")
    def _one_way_in(self) -> "Settings":
        ways = {"PASSWORD": self.password, "USER_HEADER": self.user_header, "OPEN_TO_ALL": self.open_to_all}
        chosen = [f"{PREFIX}{name}" for name, value in ways.items() if value]
        if len(chosen) > 1:
            raise ValueError(f"{' and '.join(chosen)} contradict each other: keep one of them")
        if self.api_keys and not (self.password or self.user_header):
            raise ValueError(
                f"{PREFIX}API_KEYS needs {PREFIX}PASSWORD or {PREFIX}USER_HEADER: else nobody is asked for one"
            )
        if self.adding_users and not self.user_header:
            raise ValueError(f"{PREFIX}ADDING_USERS needs {PREFIX}USER_HEADER: without it nobody has a name")
        if self.password and self.password == self.adding_password:
            raise ValueError(f"{PREFIX}ADDING_PASSWORD is the same as {PREFIX}PASSWORD: choose another")
        return self

    def named_keys(self) -> dict[str, str]:
        """The keys of programs by their names."""
        pairs = (one.strip().partition(":") for one in self.api_keys.get_secret_value().split(",") if one.strip())
        return {name: key for name, _, key in pairs}

    @field_validator("corpus_dir", "index_dir", "adding_dir", "inspectorate")
    @classmethod
    def _home(cls, path: Path | None) -> Path | None:
        return path.expanduser() if path else None


def load_settings(**overrides: object) -> Settings:
    """Read the settings, refusing unknown names and values out of bounds.

    The letters of the inspectorate that they name are known from then on.

    Args:
        overrides: Fields given on the command line; None means not given.

    Raises:
        SettingsError: One line with the name, what is wrong and the nearest known name; or with the file that describes
            the inspectorate, and what is wrong in it.
    """
    names = list(Settings.model_fields)
    given = [name for name in (*os.environ, *_dotenv_names()) if name.upper().startswith(PREFIX)]
    for name in given:
        field = name[len(PREFIX) :].lower()
        if field not in names:
            near = difflib.get_close_matches(field, names, n=1, cutoff=0.5)
            hint = f"did you mean {PREFIX}{near[0].upper()}?" if near else "see docs/reference/settings.md"
            raise SettingsError(f"{name}: there is no such setting; {hint}")
    try:
        settings = Settings(**{key: value for key, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:
            raise SettingsError(
                f"{first['msg'].removeprefix('Value error, ')}; see docs/reference/settings.md"
            ) from None
        name = str(first["loc"][0])
        value = f"{first['input']!s:.80}"
        if name not in Settings.model_fields or name in SECRET or (name.endswith("_url") and "@" in value):
            value = "..."
        raise SettingsError(f"{PREFIX}{name.upper()}={value}: {first['msg']}; see docs/reference/settings.md") from None
    use(settings.inspectorate)
    return settings


def _dotenv_names() -> list[str]:
    file = Path(".env")
    if not file.is_file():
        return []
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return [line.split("=", 1)[0].removeprefix("export ").strip() for line in lines if "=" in line]
