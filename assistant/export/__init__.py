"""Answers, conversations and lists of letters as files, by one path for the command line, the page and the API.

    formats      the list of formats, and one path to each of them
    options      what is said beside the answers: links, style, date, fingerprint
    chosen       some citations of an answer; a conversation's numbered through
    layout       what every document says, worked out once
    documents    text, markdown, html
    word         docx, with footnotes
    references   ris, bibtex, biblatex, csl-json: one entry for each letter
    styles       references: the same letters in Harvard, APA, OSCOLA, MHRA or as committees list them
    tables       csv: one row for each citation, each letter, or each inspection of a timeline
    verify       whether the quotes of an export still stand in the letters

The same answer and options always give the same bytes: no export holds the time it was made unless it is told.
"""
