"""Answers questions about a site's rows, a line of JSON each, in a process of the site that stays (``Site.ask``)."""

from __future__ import annotations

import json
import sys
import traceback
from typing import Any

import django


def main() -> None:
    django.setup()
    from django.db import close_old_connections

    for line in sys.stdin:
        question = json.loads(line)
        close_old_connections()
        space: dict[str, Any] = {"given": question["given"]}
        try:
            exec(question["program"], space)  # noqa: S102
            reply = {"answer": space["answer"]}
        except Exception:
            reply = {"error": traceback.format_exc()}
        close_old_connections()
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
