"""What a letter is, its dates, kind and authority; a citation cannot be made of a quote that does not stand there."""
