"""In place of the boot.py of a locked board: the prompt comes up."""
