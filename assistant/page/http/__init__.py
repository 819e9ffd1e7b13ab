"""Requests and connections: where they come from, how long they may take, how an error and an address are written."""
