// What stands behind a story in the workbench: raw records read again, and its neighbours in time.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { get, type Remote } from "../remote";
import { endpoint, moment, visibleLines } from "../text";
import { WORDS } from "../words";
import { Failure, Quiet, Said, Waiting, useResult } from "./common";

interface Raw {
  file: string;
  line: number | null;
  record: number | null;
  text: string | null;
  message: string | null;
}

export function Behind(props: { story: string; source: Remote; onOpen: (story: string) => void }): JSX.Element {
  const [shown, setShown] = useState<"records" | "near" | null>(null);
  const toggle = (part: "records" | "near") => setShown(shown === part ? null : part);
  return (
    <>
      <div class="noting-row">
        <button type="button" aria-expanded={shown === "records"} onClick={() => toggle("records")}>
          {WORDS.rawRecords}
        </button>
        <button type="button" aria-expanded={shown === "near"} onClick={() => toggle("near")}>
          {WORDS.near}
        </button>
      </div>
      {shown === "records" && <Records story={props.story} />}
      {shown === "near" && <Near {...props} />}
    </>
  );
}

function Records({ story }: { story: string }): JSX.Element {
  const { value: found, error } = useResult(() => get<Raw[]>("records", { story }), [story]);
  if (error) return <Failure error={error} />;
  if (!found) return <Waiting />;
  return (
    <div class="raws">
      {found.every((row) => row.text === null) && <Quiet>{WORDS.rawGone}</Quiet>}
      {found.map((row, place) => (
        <details key={place} open={place === 0 && row.text !== null}>
          <summary>
            <Said text={`${row.file.split("!").at(-1) ?? ""}${row.line === null ? `#${row.record ?? ""}` : `:${row.line}`}`} />
          </summary>
          {row.message !== null && (
            <p class="said">
              <bdi>{visibleLines(row.message)}</bdi>
            </p>
          )}
          {row.text === null ? (
            <Quiet>{WORDS.rawMissing}</Quiet>
          ) : (
            <pre class="script" tabIndex={0}>
              <bdi>{visibleLines(indented(row.text))}</bdi>
            </pre>
          )}
        </details>
      ))}
    </div>
  );
}

/** XML with one element a line; other text as it stands. */
function indented(text: string): string {
  if (!text.startsWith("<Event")) return text;
  let depth = 0;
  return text
    .replace(/></g, ">\n<")
    .split("\n")
    .map((row) => {
      if (row.startsWith("</")) depth = Math.max(0, depth - 1);
      const line = "  ".repeat(depth) + row;
      if (/^<[^/!?]/.test(row) && !/\/>$|<\//.test(row)) depth += 1;
      return line;
    })
    .join("\n");
}

function Near(props: { story: string; source: Remote; onOpen: (story: string) => void }): JSX.Element {
  const { value: rows, error } = useResult(() => props.source.near(props.story, 21), [props.story]);
  if (error) return <Failure error={error} />;
  return (
    <ol class="near">
      {rows?.map((row) => (
        <li key={row.story} class={row.story === props.story ? "is-open" : undefined}>
          <button type="button" class="plain" onClick={() => props.onOpen(row.story)}>
            <time>{moment(row.time).slice(11)}</time> <Said text={row.process} /> → <Said text={row.name ?? endpoint(row.remote, row.port)} />
          </button>
        </li>
      ))}
    </ol>
  );
}
