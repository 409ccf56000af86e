"""A mill of papers: invented business papers with exact labels, by seeds.

`world` invents companies and people, `papers` says what stands in a paper of each kind,
`layouts` sets it in one of many ways, `sheet` draws it and knows where each value
stands, `wear` makes scans and photographs of it, and `mill` writes whole folders in the
form that `benchmarks.papers` measures. Wordings and layouts are split by family: what
only ever tests is never shown to a reader that learns.

    python -m training.mill build/papers --split test --count 40
"""
