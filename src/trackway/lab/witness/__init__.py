"""The sources as they are: what each writes down of what happens, and what it leaves out."""
