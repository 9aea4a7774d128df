"""How well the product groups articles into stories. `benchmarks/grouping.py` does it for any file; `report`
has the tables of docs/grouping.md.

    lines      articles and their labels, from JSON lines; the halves
    methods    ours and its rivals
    figures    BCubed and pairwise precision, recall, F1
"""
