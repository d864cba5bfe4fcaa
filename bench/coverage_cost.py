"""How much of a trace is coverage: seconds of processor time of its models, and of everything.

python bench/coverage_cost.py [--days 0.5]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Final

import trackway
from fates import CONFIGURATIONS
from trackway.correlate.tables import Tables
from trackway.lab.make import World, make
from trackway.lab.policy import Policy

MODELS: Final = frozenset(
    "heard told_fact kind log_run log_bound host_span pause profile_logging switch open_question sysmon_ruled "
    "sysmon_asked sysmon_kind claim_edge claim_seen claim_told halt claim_lost "
    "claim awake coverage not_seen".split()
)


def main() -> None:
    """Make a world with every witness on and Sysmon's rules known, trace it, and print the shares."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=float, default=0.5)
    asked = parser.parse_args()
    spent = Counter[str]()
    make_table = Tables.make  # timed where it stands

    def timed(tables: Tables, model: str) -> None:
        began = time.process_time()
        make_table(tables, model)
        spent[model] += time.process_time() - began  # type: ignore[assignment]  # seconds, not a count

    Tables.make = timed  # type: ignore[method-assign, assignment]  # as above
    with tempfile.TemporaryDirectory() as folder:
        policy = Policy(tree="trackway", sysmon_configuration=CONFIGURATIONS["excludes names"])
        make(World(scenario="everything", seed=7, days=asked.days, policy=policy), Path(folder) / "world")
        began = time.process_time()
        case = trackway.trace([Path(folder) / "world" / "evidence"], Path(folder) / "case")
        total = time.process_time() - began
        records = case.sql("SELECT sum(records) AS n, count(*) AS intervals FROM coverage").to_pylist()[0]
    cost = sum(seconds for model, seconds in spent.items() if model in MODELS)
    print(f"{records['n']:,} records, {records['intervals']:,} intervals")
    print(f"trace {total:.2f} s, coverage and not_seen {cost:.2f} s: {cost / total:.1%}")
    for model, seconds in spent.most_common():
        if model in MODELS:
            print(f"  {seconds:.2f} s {model}")


if __name__ == "__main__":
    main()
