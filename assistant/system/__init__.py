"""What the process needs of the machine: memory, logs, whole files, digests, turns at something shared."""
