"""The page: a FastAPI application with the chat, the JSON interface and nothing from outside the machine.

Gradio is imported by `assistant.page.app` and `assistant.page.chat.layout` only, when the page is really served:
it takes some five seconds.
"""
