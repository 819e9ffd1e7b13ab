"""The interface for programs, and for chat clients over HTTP."""
