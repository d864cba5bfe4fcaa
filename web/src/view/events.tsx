// What events mean: the catalogue, and what the case's own evidence taught; a grid that filters as one types.
import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { get } from "../remote";
import { count, spoken, visible } from "../text";
import { WORDS } from "../words";
import { Choice, Failure, Quiet, Said, Waiting, useResult } from "./common";
import { Plain, type PlainColumn } from "./plain";

const FROM = ["catalogue", "evidence"] as const;
type From = (typeof FROM)[number];
const MOST = 500;

interface Known {
  provider: string;
  event_id: number;
  version: number | null;
  channel: string;
  message: string;
  versions?: string;
  title?: string;
  default_on?: string;
  connection?: string;
  trap?: string;
  parameters?: { name: string; meaning: string }[];
  fields?: { name: string }[] | null;
  records?: number;
  first?: string | null;
  last?: string | null;
  learned_from?: string;
  differs?: string[];
}

const names = (row: Known): string => (row.parameters ?? row.fields ?? []).map(({ name }) => name).join(", ");

function said(title: string, text: (row: Known) => string): PlainColumn<Known> {
  return { title, value: text, shown: (row) => <span title={visible(text(row))}><Said text={text(row)} /></span> };
}

const EVENT: PlainColumn<Known>[] = [
  { title: WORDS.pageTitles.provider, value: (row) => row.provider, shown: (row) => <Said text={row.provider.replace(/^Microsoft-Windows-/, "")} /> },
  { title: WORDS.pageTitles.event, value: (row) => row.event_id, shown: (row) => String(row.event_id), kind: "right" },
];

const COLUMNS: Record<From, PlainColumn<Known>[]> = {
  catalogue: [
    ...EVENT,
    said(WORDS.pageTitles.what, (row) => row.title ?? ""),
    said(WORDS.pageTitles.byDefault, (row) => row.default_on ?? ""),
    said(WORDS.pageTitles.forConnection, (row) => row.connection ?? ""),
    said(WORDS.pageTitles.misleads, (row) => row.trap ?? ""),
    said(WORDS.pageTitles.message, (row) => row.message),
    said(WORDS.pageTitles.fields, names),
    said(WORDS.pageTitles.versions, (row) => row.versions ?? ""),
    said(WORDS.pageTitles.channel, (row) => row.channel),
  ],
  evidence: [
    ...EVENT,
    { title: WORDS.pageTitles.version, value: (row) => row.version, kind: "right" },
    { title: WORDS.titles.records, value: (row) => row.records ?? 0, kind: "right" },
    { title: WORDS.pageTitles.first, value: (row) => row.first ?? null, shown: (row) => spoken(row.first ?? null), kind: "tight" },
    { title: WORDS.pageTitles.last, value: (row) => row.last ?? null, shown: (row) => spoken(row.last ?? null), kind: "tight" },
    said(WORDS.pageTitles.differs, (row) => (row.differs ?? []).join("; ")),
    said(WORDS.pageTitles.message, (row) => row.message),
    said(WORDS.pageTitles.fields, names),
    said(WORDS.pageTitles.toldBy, (row) => row.learned_from ?? ""),
    said(WORDS.pageTitles.channel, (row) => row.channel),
  ],
};

export function EventsView(): JSX.Element {
  const [from, setFrom] = useState<From>("catalogue");
  const [contains, setContains] = useState("");
  const { value: found, error } = useResult(() => get<Known[]>("events", { from }), [from]);
  const texts = useMemo(() => found?.map((row) => JSON.stringify(row).toLowerCase()), [found]);
  const words = contains.toLowerCase().split(/\s+/).filter(Boolean).map((word) => JSON.stringify(word).slice(1, -1));
  const rows = found?.filter((_, place) => words.every((word) => texts?.[place]?.includes(word)));
  return (
    <div class="page dense">
      <div class="noting-row">
        <Choice label={WORDS.eventsFrom} value={from} options={FROM} name={(option) => WORDS.eventsFroms[option]} onChange={setFrom} />
        <label class="choice">
          <span>{WORDS.contains}</span>
          <input type="text" value={contains} onInput={(event) => setContains(event.currentTarget.value)} />
        </label>
        {rows && (
          <p class="quiet" role="status">
            {rows.length > MOST ? `${count(MOST)} ${WORDS.of} ` : ""}
            {count(rows.length)} {WORDS.events}
          </p>
        )}
      </div>
      {error ? <Failure error={error} /> : null}
      {!found && !error && <Waiting />}
      {rows && rows.length === 0 && <Quiet>{found?.length ? WORDS.eventsNone : WORDS.eventsGone}</Quiet>}
      {rows && rows.length > 0 && found && <Plain<Known> key={from} label={WORDS.places.events} rows={rows.slice(0, MOST)} columns={COLUMNS[found[0]?.learned_from ? "evidence" : "catalogue"]} />}
    </div>
  );
}
