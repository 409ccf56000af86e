"""Whether a paper says what somebody typed beside it.

`compare_value.compare_value` holds one typed value against one paper and is the entry.
`sought.SoughtValue` is what is looked for: the value, the place where it was said to
stand, and the lines that speak of its subject. `values`, `phrases`, `elements`, `marks`
and `pointing` each judge one kind of statement; `outcome` puts what they find into
words. `papers/comparisons.py` does so for all papers of a case.
"""
