"""Question answering with verbatim, checkable citations over inspection letters on children's services."""
