"""The plain pages of letters and authorities."""
