"""What is fast is proved here: `python -m benchmarks` (see `__main__`)."""
