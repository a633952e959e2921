"""What no crash, fault or slowness may take away, shown on real processes; the pieces use the standard library only.

``journal`` keeps what was tried and what came of it, ``sink`` is a mail server that fails as told,
``site`` starts and kills the site, and ``checker`` compares the three (LEAD-127, LEAD-128, SEC-01).
"""
