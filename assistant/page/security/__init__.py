"""Who may do what, decided before a body is read."""
