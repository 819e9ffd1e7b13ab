"""What the assistant knows, as the contract's JSON for programs and as text for a terminal: one module a matter."""
