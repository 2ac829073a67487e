"""Contracts of the pure functions, for CrossHair, each with a twin that is wrong on purpose.

A contract is a function that calls the real one and says in its docstring what must hold (PEP 316:
`pre`, `post`, `raises`). CrossHair runs it on symbolic arguments. Its twin has the same conditions
and a planted mistake: a search that does not refute the twin has shown nothing of the contract.
"""
