"""The commands: one module a matter, beside what they share (`terminal`, `opened`, `options`)."""
