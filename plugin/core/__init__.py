"""The thinking: pure functions on plain values. No I/O, no clock, no randomness; `today` and `now` are arguments."""
