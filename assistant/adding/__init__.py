"""Letters from elsewhere: fetched, kept with where they came from, read and indexed."""
