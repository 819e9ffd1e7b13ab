"""Questions being answered: how many at once, how far each is, the record of them."""
