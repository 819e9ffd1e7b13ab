"""What later letters say of an area for improvement: labels by hand over published letters, and how often we agree."""
