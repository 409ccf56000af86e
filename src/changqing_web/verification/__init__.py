"""核验: anybody checks a bundle, without an account; nothing of it is kept.

`views.verify_publicly` is its only page; the check is that of `changqing_web.seal`.
"""
