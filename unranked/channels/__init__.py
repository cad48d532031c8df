"""The places where people are written to, one module each."""
