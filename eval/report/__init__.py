"""What the figures look like: on the terminal, as JSON, JUnit XML, Markdown and one HTML page."""
