"""From a file's bytes to lines with their typography, one module a format; `files` chooses among them."""
