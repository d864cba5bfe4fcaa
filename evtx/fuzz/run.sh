#!/bin/sh
# Fuzz both targets for some seconds each (60), with the chunks of the shared recordings as seeds where they are.
# Needs `cargo install cargo-fuzz`; stable Rust, no sanitizer: there is no unsafe code to look into.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}
python3 - <<'END'
from pathlib import Path
for kind in ("chunk", "template"):
    Path("fuzz/corpus", kind).mkdir(parents=True, exist_ok=True)
for number, log in enumerate(sorted(Path("../../shared/data/evtx").rglob("*.evtx"))):
    content = log.read_bytes()
    for place in range(4096, min(len(content), 4096 + 5 * 65536), 65536):
        chunk = content[place : place + 65536]
        size = int.from_bytes(chunk[516:520], "little")
        Path("fuzz/corpus/chunk", f"{number}-{place}").write_bytes(chunk)
        Path("fuzz/corpus/template", f"{number}-{place}").write_bytes(chunk[536 : 512 + size - 4])
END
for target in chunk template; do
    cargo fuzz run -s none "$target" -- -max_total_time="$seconds" -max_len=65536 -timeout=5 -rss_limit_mb=1024
done
