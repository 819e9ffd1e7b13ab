"""The letters for chat clients, by the Model Context Protocol.

    installed  whether the protocol's library is there
    places     addresses of letters and of passages in them, and what stands there
    results    what the tools give back, as types
    tools      what a model can ask for, and how it is told not to lose the citations
    server     the protocol, over stdin and stdout; `page.api.mcp` has it over HTTP

The protocol's own library is an optional dependency: `server` and `page.api.mcp` import it, when it is wanted.
"""
