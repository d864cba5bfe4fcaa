// The report: the data inside the page, explored. The summary above it is plain HTML and needs none of this.
import type { JSX } from "preact";
import { render } from "preact";
import { useState } from "preact/hooks";
import type { Coverage } from "./case";
import { Columns } from "./columns";
import { embedded, json } from "./embedded";
import { Local, type Told } from "./local";
import { Failure } from "./view/common";
import { Explorer } from "./view/explorer";

const GRAPH = 60;

function Report({ source, coverage }: { source: Local; coverage: Coverage[] }): JSX.Element {
  const [line, setLine] = useState("");
  const [current, setCurrent] = useState<string | null>(null);
  return <Explorer source={source} line={line} onLine={setLine} current={current} onOpen={setCurrent} coverage={coverage} withGraph={GRAPH} />;
}

async function start(place: HTMLElement): Promise<void> {
  const told = new Map<number, Promise<Told>>();
  const chunk = (number: number) => {
    const present = told.get(number) ?? json<Told>(`told-${number}`);
    told.set(number, present);
    return present;
  };
  let columns: Promise<Columns> | undefined;
  const lookups = () => (columns ??= embedded("lookups").then((bytes) => new Columns(bytes)));
  const source = new Local(await embedded("rows"), lookups, Number(place.dataset.chunk), chunk);
  render(<Report source={source} coverage={await json<Coverage[]>("awake")} />, place);
  place.dataset.state = "ready";
}

const place = document.getElementById("explorer");
if (place) start(place).catch((error: unknown) => render(<Failure error={error} />, place));
