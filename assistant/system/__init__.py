"""What the process needs of the machine: memory, logs, digests, turns at something shared."""
