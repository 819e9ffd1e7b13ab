"""What the page's server does when several people ask at once: measured over real HTTP, beside a reference.

    python -m eval.load                                     # 1, 5 and 20 users, the shipped letters
    python -m eval.load --users 20 100 --seconds 30         # for so long, instead of so many questions
    python -m eval.load --index DIR --browser --json FILE   # other letters; the page in Chromium too; for a program
    python -m eval.load --users 1 5 20 100 --browser --docs # writes the figures into docs/reference/page.md

The server is the product itself: `python app.py` in a process of its own, on a free port of this machine. Every user
has one connection and asks `POST /api/v1/ask` in a closed loop: the next question goes out when the answer has come.
The questions are those of `eval/gold`, in turn, each asked once until all have been. Measured are

- answers: p50 and p95 of the time from sending a question to having read its answer; answers a second;
- busy: questions turned away with 503 and `Retry-After`, which the user then waits for; errors: all else but 200;
- start-up: from starting the process to the first reply of `/healthz`, and to the first answer;
- memory: the server's resident set after its first answer, at the end, and at most (the last on Linux only).

Before every level, while nobody else asks, the reference is measured with other questions: `assistant.ask` in this
process, without any HTTP, and a plain `GET /healthz`. The ratios say more than the milliseconds, which are of the
machine: p50 in answers made in this process, and how many such answers the server made in the time of one.

With --browser, medians of ten visits by Chromium, each with an empty cache, on this machine, so without a network:
first contentful paint, largest contentful paint and the question box being there, from the start of the navigation;
from pressing Enter to the first citation of the answer being on the screen; and the layout shift from that key press to
a second after the answer, as browsers count it (CLS: what moves within half a second of a key press is expected, and
does not count) and with all that moves.
"""

import argparse
import http.client
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import textwrap
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from itertools import chain, cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant.errors import AssistantError
from eval.marks import write_between
from eval.run import open_assistant
from eval.statistics import percentile

if TYPE_CHECKING:
    from assistant.engine import Assistant

__all__ = ["Level", "LoadError", "Reply", "Server", "main", "served", "summary"]

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs" / "reference" / "page.md"
BEGIN, END = "<!-- load: written by python -m eval.load --docs -->\n", "<!-- end of load -->\n"
GOLD = Path(__file__).parent / "gold"
USERS = (1, 5, 20)
QUESTIONS = 200  # at each level
REFERENCES = 25  # questions asked in this process, and calls of /healthz, before each level
WARM = 60  # questions asked on both sides before the clock counts: the first ones encode the letters' sentences
PATIENCE = 300  # seconds that a server may take to start, and an answer to come
VISITS = 10  # of the browser
SETTLED = 1000  # milliseconds after which nothing moves any more
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


class LoadError(Exception):
    """What cannot be measured, and why, in one line."""


@dataclass(frozen=True, slots=True)
class Reply:
    """How a question went.

    Attributes:
        status: Of HTTP; 0 where the connection failed.
        seconds: From sending the question to having read the reply.
        wait: Seconds that the server asks to wait before the next question, where it is too busy; else None.
    """

    status: int
    seconds: float
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """So many users at once, in figures; times in milliseconds, None where there is nothing to measure.

    Attributes:
        users: Asking at the same time.
        answered: Questions answered.
        busy: Questions turned away by a server that is too busy.
        errors: All other replies.
        p50: Of the answers.
        p95: Of the answers.
        busy_p95: Of those turned away: they should be told at once.
        a_second: Answers a second.
        in_process_p50: The reference: the assistant asked in this process.
        in_process_p95: The same.
        healthz_p50: The reference: the plainest request.
        p50_ratio: p50 in answers made in this process.
        speed_ratio: Answers that the server makes while one is made in this process.
    """

    users: int
    answered: int
    busy: int
    errors: int
    p50: float | None
    p95: float | None
    busy_p95: float | None
    a_second: float
    in_process_p50: float
    in_process_p95: float
    healthz_p50: float
    p50_ratio: float | None
    speed_ratio: float


def summary(
    users: int, replies: Sequence[Reply], seconds: float, in_process: Sequence[float], healthz: Sequence[float]
) -> Level:
    """The figures of a level.

    Args:
        users: Asking at the same time.
        replies: To all their questions.
        seconds: That the level took.
        in_process: Seconds of each answer of the reference, at least one.
        healthz: Seconds of each call of /healthz, at least one.
    """
    answered = [reply.seconds for reply in replies if reply.status == 200]
    busy = [reply.seconds for reply in replies if reply.wait is not None]
    unit = percentile(in_process, 0.5)
    return Level(
        users=users,
        answered=len(answered),
        busy=len(busy),
        errors=len(replies) - len(answered) - len(busy),
        p50=_milliseconds(answered, 0.5),
        p95=_milliseconds(answered, 0.95),
        busy_p95=_milliseconds(busy, 0.95),
        a_second=len(answered) / seconds,
        in_process_p50=1000 * unit,
        in_process_p95=1000 * percentile(in_process, 0.95),
        healthz_p50=1000 * percentile(healthz, 0.5),
        p50_ratio=percentile(answered, 0.5) / unit if answered else None,
        speed_ratio=len(answered) / seconds * unit,
    )


def _milliseconds(seconds: Sequence[float], share: float) -> float | None:
    return 1000 * percentile(seconds, share) if seconds else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table.

    Returns:
        0; 1 if a question ended in an error; 2 where something needed is missing or the server does not start.
    """
    options = _options(arguments)
    try:
        chromium = _chromium() if options.browser else None
        questions = gold_questions()
        with open_assistant(None, options.index) as assistant:
            result = _measured(assistant, questions, options, chromium)
        if options.json:
            options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        if options.docs:
            _document(result)
    except (AssistantError, LoadError, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    print(_table(result))
    return int(any(level["errors"] for level in result["levels"]))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval.load", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--users", type=_positive, nargs="+", default=USERS, help="how many ask at once")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--seconds", type=_positive, help="how long each level takes")
    length.add_argument("--questions", type=_positive, default=QUESTIONS, help="asked at each level")
    parser.add_argument("--index", type=Path, help="folder of the index")
    parser.add_argument("--browser", action="store_true", help="visit the page in Chromium too")
    parser.add_argument("--json", type=Path, help="write the figures to a file")
    parser.add_argument("--docs", action="store_true", help="write the figures into docs/reference/page.md")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def gold_questions() -> list[str]:
    """The questions of `eval/gold`, in order."""
    lines = chain.from_iterable(path.read_text("utf-8").splitlines() for path in sorted(GOLD.glob("*.jsonl")))
    return [json.loads(line)["question"] for line in lines]


def _measured(
    assistant: "Assistant", questions: Sequence[str], options: argparse.Namespace, chromium: str | None
) -> dict[str, Any]:
    """Everything, in the shape of `--json`."""
    supply = cycle(questions)
    with served(options.index) as server:
        memory = {"first answer": server.memory()[0]}
        for question in islice(supply, WARM):
            assistant.ask(question)
            server.ask(question)
        levels = []
        for users in options.users:
            print(f"{users} at once ...", file=sys.stderr)
            in_process, healthz = _reference(assistant, server, supply)
            replies, seconds = _level(server, users, supply, options)
            levels.append(asdict(summary(users, replies, seconds, in_process, healthz)))
        browser = _browsed(server, _answered(assistant, supply), chromium) if chromium else None
        memory |= dict(zip(("end", "most"), server.memory(), strict=True))
    return {
        "letters": len(assistant.letters),
        "machine": {"cores": _cores(), "python": platform.python_version(), "system": platform.system()},
        "startup": {"healthz": server.live, "first answer": server.ready},
        "memory": memory,
        "levels": levels,
        "browser": browser,
    }


def _cores() -> int:
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1


# --- the server -------------------------------------------------------------------------------------------


class Server:
    """The running product.

    Attributes:
        live: Seconds from starting the process to the first reply of /healthz.
        ready: Seconds to the first answer.
        url: Where it listens.
        pid: Of its process.
    """

    def __init__(self, url: str, pid: int, started: float, question: str) -> None:
        self.url, self.pid = url, pid
        if self.healthz().status != 200:
            raise LoadError("the server does not answer on /healthz")
        self.live = time.perf_counter() - started
        reply = self.ask(question)
        if reply.status != 200:
            raise LoadError(f"the server answers the first question with {reply.status or 'nothing'}")
        self.ready = time.perf_counter() - started

    def connection(self) -> http.client.HTTPConnection:
        """A connection that stays open between questions."""
        return http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)

    def healthz(self) -> Reply:
        """The plainest request, on a connection of its own."""
        with closing(self.connection()) as connection:
            return _timed(lambda: connection.request("GET", "/healthz"), connection)

    def ask(self, question: str, connection: http.client.HTTPConnection | None = None) -> Reply:
        """A question."""
        if connection is None:
            with closing(self.connection()) as own:
                return self.ask(question, own)
        body, headers = json.dumps({"question": question}), {"content-type": "application/json"}
        return _timed(lambda: connection.request("POST", "/api/v1/ask", body, headers), connection)

    def memory(self) -> tuple[int | None, int | None]:
        """Megabytes held now and at most; None where the system does not say."""
        try:
            text = Path(f"/proc/{self.pid}/status").read_text("ascii")
            now, most = (re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE) for name in ("VmRSS", "VmHWM"))
            return (int(now[1]) // 1024 if now else None), (int(most[1]) // 1024 if most else None)
        except OSError:
            pass
        try:  # macOS
            told = subprocess.run(["ps", "-o", "rss=", "-p", str(self.pid)], capture_output=True, text=True).stdout
            return int(told) // 1024, None
        except (OSError, ValueError):
            return None, None


def _timed(send: Callable[[], None], connection: http.client.HTTPConnection) -> Reply:
    started = time.perf_counter()
    try:
        send()
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException):
        connection.close()  # the next request opens it anew
        return Reply(0, time.perf_counter() - started)
    seconds = time.perf_counter() - started
    if response.status == 200:
        json.loads(body)  # half an answer is no answer
    told = response.headers.get("retry-after", "") if response.status == 503 else ""
    return Reply(response.status, seconds, float(told) if told.isdecimal() else None)


@contextmanager
def served(index: Path | None, **more: str) -> Iterator[Server]:
    """The product in a process of its own, on a free port of this machine.

    Args:
        index: Folder of its index; None for its own.
        more: Other settings, by their names in the environment.

    Raises:
        LoadError: If it does not start; with its own last line.
    """
    ours = {"ASSISTANT_HOST": "127.0.0.1", "ASSISTANT_PORT": "0", **more} | (
        {"ASSISTANT_INDEX_DIR": str(index)} if index else {}
    )
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py")],
        env=os.environ | ours,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    said: deque[str] = deque(maxlen=20)
    opened = threading.Event()

    def listen() -> None:  # to the end, so that the server never waits for its own log to be read
        for line in process.stderr or ():
            said.append(line.strip())
            if re.search(r"Open http", line):
                opened.set()
        opened.set()

    listening = threading.Thread(target=listen, daemon=True)
    listening.start()
    try:
        opened.wait(PATIENCE)
        url = next((found[0] for line in said if (found := re.search(r"http://\S+", line))), None)
        if url is None:
            raise LoadError(f"the server does not start: {said[-1] if said else 'it says nothing'}")
        yield Server(url, process.pid, started, "What needs to improve?")
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        listening.join(5)


# --- asking -----------------------------------------------------------------------------------------------


def _reference(assistant: "Assistant", server: Server, supply: Iterator[str]) -> tuple[list[float], list[float]]:
    """Seconds of answers in this process and of the plainest request, by turns."""
    in_process, healthz = [], []
    for question in islice(supply, REFERENCES):
        started = time.perf_counter()
        assistant.ask(question)
        in_process.append(time.perf_counter() - started)
        healthz.append(server.healthz().seconds)
    return in_process, healthz


def _level(server: Server, users: int, supply: Iterator[str], options: argparse.Namespace) -> tuple[list[Reply], float]:
    """The replies to so many users at once, and the seconds that it took."""
    replies: list[Reply] = []
    taking = threading.Lock()
    questions = supply if options.seconds else islice(supply, options.questions)
    started = time.perf_counter()

    def next_question() -> str | None:
        if options.seconds and time.perf_counter() - started >= options.seconds:
            return None
        with taking:
            return next(questions, None)

    def user() -> None:
        with closing(server.connection()) as connection:
            while (question := next_question()) is not None:
                reply = server.ask(question, connection)
                replies.append(reply)
                if reply.wait is not None:
                    connection.close()  # the server would close it meanwhile
                    time.sleep(reply.wait)

    threads = [threading.Thread(target=user) for _ in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replies, time.perf_counter() - started


def _answered(assistant: "Assistant", supply: Iterator[str]) -> list[str]:
    """Questions that have an answer with a citation, for the browser to wait for.

    Raises:
        LoadError: If the letters answer too few.
    """
    tried = islice(supply, 20 * VISITS)
    found = list(islice((question for question in tried if assistant.ask(question).citations), VISITS))
    if len(found) < VISITS:
        raise LoadError("these letters answer too few of the questions in eval/gold for the browser")
    return found


# --- the browser ------------------------------------------------------------------------------------------

# Runs in the page before anything else. The page's fixed handles are used, not its layout: a citation marker is a link
# or a button whose name is its number, or begins with "Source 1".
WATCH = r"""
(() => {
  const seen = { largest: null, box: null, pressed: null, answered: null, counted: 0, moved: 0 };
  window.loadSeen = seen;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.largest = entry.startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (seen.pressed === null || entry.startTime < seen.pressed) continue;
      seen.moved += entry.value;
      if (!entry.hadRecentInput) seen.counted += entry.value;
    }
  }).observe({ type: 'layout-shift', buffered: true });
  const visible = (element) => element.checkVisibility();
  const marker = (element) =>
    /^(\[?1\]?$|Source 1\b)/.test((element.getAttribute('aria-label') ?? element.textContent).trim());
  const look = () => {
    if (seen.box === null && [...document.querySelectorAll('textarea')].some(visible)) seen.box = performance.now();
    if (seen.pressed !== null && seen.answered === null) {
      if ([...document.querySelectorAll('a, button')].some((e) => marker(e) && visible(e))) {
        seen.answered = performance.now();
      }
    }
    if (seen.answered === null) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && seen.pressed === null) seen.pressed = performance.now();
  }, true);
})();
"""


def _chromium() -> str:
    """Where Chromium is.

    Raises:
        LoadError: If it, or playwright, is not installed.
    """
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        raise LoadError("--browser needs playwright: pip install '.[test]'") from None
    if found is None:
        raise LoadError(f"--browser needs Chromium: none of {', '.join(CHROMIUM)} is installed")
    return found


def _browsed(server: Server, questions: Sequence[str], chromium: str) -> dict[str, float]:
    """Medians of the visits: milliseconds, and layout shifts."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
        visits = [_visit(browser, server.url, question) for question in questions]
        browser.close()
    return {name: percentile([visit[name] for visit in visits], 0.5) for name in visits[0]}


def _visit(browser: Any, url: str, question: str) -> dict[str, float]:
    """One visit with an empty cache: the page comes, a question is typed, the answer comes."""
    from playwright.sync_api import Error

    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto(url)
        box = page.get_by_role("textbox", name="Your question")
        box.fill(question)
        page.wait_for_timeout(SETTLED)
        first = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        before = page.evaluate("loadSeen")
        box.press("Enter")
        page.wait_for_function("loadSeen.answered !== null", timeout=1000 * PATIENCE)
        page.wait_for_timeout(SETTLED)
        seen = page.evaluate("loadSeen")
    except Error as error:
        raise LoadError(f"the page in Chromium: {str(error).splitlines()[0]}") from None
    finally:
        context.close()
    return {
        "first contentful paint": first,
        "largest contentful paint": before["largest"],
        "question box": before["box"],
        "answer": seen["answered"] - seen["pressed"],
        "layout shift (CLS)": seen["counted"],
        "layout shift, all": seen["moved"],
    }


# --- the table --------------------------------------------------------------------------------------------


def _table(result: dict[str, Any]) -> str:
    machine, startup, memory = result["machine"], result["startup"], result["memory"]
    cores = f"{machine['cores']} core{'' if machine['cores'] == 1 else 's'}"
    lines = [
        f"{result['letters']} letters; {cores}, Python {machine['python']}, {machine['system']}",
        f"start-up: /healthz after {startup['healthz']:.1f} s, first answer after {startup['first answer']:.1f} s",
        "memory: " + ", ".join(f"{_or_dash(value, '.0f')} MB ({when})" for when, value in memory.items()),
        "",
        "users  answered  busy  errors   p50 ms   p95 ms  a second | in process: p50 ms  p95 ms  /healthz ms"
        " | p50, ratio  speed, ratio",
    ]
    for level in result["levels"]:
        lines.append(
            f"{level['users']:5} {level['answered']:9} {level['busy']:5} {level['errors']:7} "
            f"{_or_dash(level['p50'], '.1f'):>8} {_or_dash(level['p95'], '.1f'):>8} {level['a_second']:9.1f} | "
            f"{level['in_process_p50']:18.1f} {level['in_process_p95']:7.1f} {level['healthz_p50']:12.1f} | "
            f"{_or_dash(level['p50_ratio'], '.2f'):>10} {level['speed_ratio']:13.2f}"
        )
    if result["browser"]:
        lines += ["", f"in Chromium, medians of {VISITS} visits"]
        for name, value in result["browser"].items():
            lines.append(f"  {name:25} {value:8.3f}" if "shift" in name else f"  {name:25} {value:8.0f} ms")
    return "\n".join(lines)


def _document(result: dict[str, Any]) -> None:
    """Write the figures into the docs, between their marks.

    Raises:
        LoadError: If the marks are not there.
    """
    try:
        write_between(DOCS, BEGIN, END, _markdown(result))
    except ValueError as error:
        raise LoadError(str(error)) from None


def _markdown(result: dict[str, Any]) -> str:
    """The figures as the docs show them."""
    startup, memory, levels = result["startup"], result["memory"], result["levels"]
    in_process, healthz = (min(level[name] for level in levels) for name in ("in_process_p50", "healthz_p50"))
    heads = (
        "asking at once",
        "half of the answers within",
        "95 % within",
        "answers a second",
        "told to come back",
        "told within",
        "half within, in answers without HTTP",
    )
    lines = [
        "",
        *_paragraph(
            f"{result['letters']} letters, {_cores_in_words(result)}; each user asks the next question as soon as the",
            "answer has come. Times in milliseconds.",
        ),
        f"| {' | '.join(heads)} |",
        "|---" * len(heads) + "|",
        *(f"| {' | '.join(_cells(level))} |" for level in levels),
        "",
        *_paragraph(
            f"One answer without HTTP took {in_process:.0f} ms in the same run, a request for `/healthz`",
            f"{healthz:.1f} ms. The server was there {startup['healthz']:.0f} seconds after its start and gave its",
            f"first answer after {startup['first answer']:.0f}; it took",
            f"{_or_dash(memory['most'] or memory['end'], '.0f')} MB of memory at most.",
        ),
    ]
    if seen := result["browser"]:
        shown = {name: f"{value:.3f}" if "shift" in name else f"{value:.0f} ms" for name, value in seen.items()}
        lines += _paragraph(
            f"In Chromium on the same machine (medians of {VISITS} visits with an empty cache): first words on the",
            f"screen after {shown['first contentful paint']}, the question box after {shown['question box']}; from",
            f"pressing Enter to the answer {shown['answer']}; layout shift when it comes",
            f"{shown['layout shift (CLS)']}, {shown['layout shift, all']} with what follows the key press at once",
            "(up to 0.1 is good).",
        )
    return "\n".join([*lines, ""])


def _paragraph(*words: str) -> list[str]:
    return [*textwrap.wrap(" ".join(words), 120), ""]


def _cells(level: dict[str, Any]) -> list[str]:
    asked = level["answered"] + level["busy"] + level["errors"]
    return [
        str(level["users"]),
        _or_dash(level["p50"], ".0f"),
        _or_dash(level["p95"], ".0f"),
        f"{level['a_second']:.0f}",
        f"{level['busy']} of {asked}",
        _or_dash(level["busy_p95"], ".0f"),
        _or_dash(level["p50_ratio"], ".1f"),
    ]


def _cores_in_words(result: dict[str, Any]) -> str:
    cores = result["machine"]["cores"]
    return {1: "one core", 2: "two cores"}.get(cores, f"{cores} cores")


def _or_dash(value: float | None, shape: str) -> str:
    return "-" if value is None else format(value, shape)


if __name__ == "__main__":
    raise SystemExit(main())
