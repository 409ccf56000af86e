"""A whole register of cases, judged bucket by bucket.

`judging.RegisterJudge` says of many cases at once what the judge says of each alone. It
makes leads (线索), never findings of fact (认定): somebody has to look at the case.
"""
