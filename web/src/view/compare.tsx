// Two hosts, or two cases, side by side: what has one that the other has not.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Overview } from "../case";
import { get } from "../remote";
import type { Group } from "../source";
import { count, moment } from "../text";
import { GROUPING, WORDS } from "../words";
import { Choice, Failure, Quiet, Waiting, useResult } from "./common";
import { Plain } from "./plain";

interface Compared {
  process: string;
  destination: string | null;
  port: number | null;
  left_stories: number;
  right_stories: number;
  left_first: number | null;
  right_first: number | null;
  marks: number;
  /** All rows, also those that the answer leaves out. */
  rows: number;
}

const CASES = "";
const SHOWN = 1000;

export function CompareView({ overview }: { overview: Overview }): JSX.Element {
  const { value: groups } = useResult(() => get<Group[]>("groups", { by: "host", most: SHOWN }), []);
  return groups ? <Sides overview={overview} hosts={groups.map(({ value }) => value ?? "").sort()} /> : <Waiting />;
}

/** A host goes by its short name where the other one has not the same. */
function shortened(left: string, right: string): [string, string] {
  const [one, other] = [left, right].map((host) => host.split(".")[0] ?? host) as [string, string];
  return one.toLowerCase() === other.toLowerCase() ? [left, right] : [one, other];
}

function Sides({ overview, hosts }: { overview: Overview; hosts: string[] }): JSX.Element {
  const sides = overview.other ? [CASES, ...hosts] : hosts;
  const [left, setLeft] = useState(sides[0] ?? CASES);
  const [right, setRight] = useState(sides[overview.other ? 0 : 1] ?? CASES);
  const isCases = overview.other !== null && (left === CASES || right === CASES);
  const { value: rows, error } = useResult(
    async () => (isCases || (left && right) ? get<Compared[]>("compared", isCases ? {} : { left, right }) : []),
    [left, right, isCases],
  );
  if (!overview.other && hosts.length < 2) return <Quiet>{WORDS.compareNone}</Quiet>;
  const [one, other] = isCases ? [overview.name, overview.other ?? ""] : shortened(left, right);
  return (
    <div class="page">
      <div class="noting-row">
        <Choice label={WORDS.left} value={isCases ? CASES : left} options={sides} name={(host) => host || overview.name} onChange={setLeft} />
        <Choice label={WORDS.right} value={isCases ? CASES : right} options={sides} name={(host) => host || (overview.other ?? "")} onChange={setRight} />
        <Quiet>{WORDS.compareLead}</Quiet>
      </div>
      {error ? <Failure error={error} /> : null}
      {rows && (
        <Plain
          label={WORDS.compare}
          rows={rows.slice(0, SHOWN)}
          columns={[
            { title: WORDS.newIn, value: (row) => (row.right_stories === 0 ? one : row.left_stories === 0 ? other : WORDS.both) },
            { title: GROUPING.process, value: (row) => row.process },
            { title: GROUPING.destination, value: (row) => row.destination },
            { title: GROUPING.port, value: (row) => row.port, shown: (row) => row.port, kind: "right" },
            { title: one, value: (row) => row.left_stories, kind: "right" },
            { title: other === one ? `${other} (2)` : other, value: (row) => row.right_stories, kind: "right" },
            { title: WORDS.first, value: (row) => row.left_first ?? row.right_first, shown: (row) => moment(row.left_first ?? row.right_first), kind: "tight" },
          ]}
        />
      )}
      {rows && (rows[0]?.rows ?? 0) > SHOWN && <Quiet>{`${WORDS.compareCut} ${count(rows[0]?.rows ?? 0)}.`}</Quiet>}
    </div>
  );
}
