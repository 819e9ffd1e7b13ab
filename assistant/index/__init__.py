"""What is indexed, how that is changed while others read it, and ranked passages of it."""
