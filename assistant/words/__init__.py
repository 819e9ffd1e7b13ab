"""Words as they are matched: sentences, stems, synonyms, spelling."""
