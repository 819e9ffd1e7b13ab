"""Which letters a question is about, what it asks for, what was asked before."""
