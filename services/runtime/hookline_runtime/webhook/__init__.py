"""A webhook's whole request as a template: URL, headers and data are parsed once, and rendered for each delivery.

The registry parses to refuse what could never be sent and to store what the merge fields stand for; the dispatcher
parses what was stored and renders. Both are pure. Whatever values hold, what is rendered has the host, the path
segments, the parameters and the headers that its author wrote, and every size is bounded.
"""
