"""What every page has: header and templates, small words, files to save."""
