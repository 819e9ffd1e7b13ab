"""What programs may send, and the shapes of what they are given."""
