"""Letters that are added, corrected and taken out."""
