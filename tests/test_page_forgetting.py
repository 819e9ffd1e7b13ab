"""What is kept of conversations, and for how long: with Gradio's own keeper of them."""

from datetime import datetime, timedelta

import gradio as gr
import pytest
from gradio.state_holder import StateHolder

from assistant.page.chat.forgetting import MOST, Conversations


@pytest.fixture
def page():
    with gr.Blocks() as page:
        gr.State(0)
    conversations = Conversations(page)
    StateHolder().set_blocks(page)
    page.conversations = conversations
    return page


def used(page, name: str, ago: timedelta, closed: bool = False) -> None:
    page.state_holder[name].is_closed = closed
    page.state_holder.time_last_used[name] = datetime.now() - ago


@pytest.mark.parametrize(
    ("ago", "closed", "kept"),
    [
        (timedelta(minutes=1), True, True),
        (timedelta(minutes=16), True, False),
        (timedelta(hours=11), False, True),
        (timedelta(hours=13), False, False),
    ],
)
def test_a_conversation_is_forgotten_when_it_is_over(page, ago, closed, kept):
    used(page, "one", ago, closed)
    used(page, "other", timedelta())
    page.conversations.tidy()
    assert sorted(page.state_holder.session_data) == (["one", "other"] if kept else ["other"])
    assert set(page.state_holder.time_last_used) == set(page.state_holder.session_data)


def test_only_so_many_are_kept_and_the_latest(page):
    for number in range(MOST + 50):
        page.state_holder[f"visitor {number}"]
    assert len(page.state_holder.session_data) <= MOST + 1
    assert f"visitor {MOST + 49}" in page.state_holder and "visitor 0" not in page.state_holder
    page.conversations.tidy()
    assert set(page.state_holder.time_last_used) == set(page.state_holder.session_data)


def test_the_page_itself_is_so_limited(page):
    """The number that Gradio goes by is the one that is set."""
    assert page.state_holder.capacity == MOST
