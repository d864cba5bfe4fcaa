// The query line, with completion of words and of values that the case holds.
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { GROUPINGS, type Grouping, type Source } from "../source";
import { WORDS as FILTERS, Wrong, parse } from "../line";
import { visible } from "../text";
import { WORDS } from "../words";

const CHOICES: Record<string, readonly string[]> = {
  direction: ["outbound", "inbound", "local", "unknown"],
  action: ["allowed", "blocked", "established", "failed", "unknown"],
  confidence: ["<0.8", ">=0.8"],
};
const MOST = 12;

export function QueryLine(props: { line: string; source: Source; onLine: (line: string) => void; fault: unknown }): JSX.Element {
  const [text, setText] = useState(props.line);
  const [offers, setOffers] = useState<string[]>([]);
  const [place, setPlace] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const fault = complaint(text) ?? (props.fault instanceof Error ? props.fault.message : null);
  // A line that was given from here comes back later, when more may have been typed: it changes nothing.
  const given = useRef([props.line]);
  const give = (line: string) => {
    given.current.push(line);
    props.onLine(line);
  };
  useLayoutEffect(() => {
    const known = given.current.lastIndexOf(props.line);
    given.current = known < 0 ? [props.line] : given.current.slice(known);
    if (known < 0) setText(props.line);
  }, [props.line]);
  useEffect(() => {
    const timer = setTimeout(() => complaint(text) === null && text !== props.line && give(text), 200);
    return () => clearTimeout(timer);
  }, [text]);
  useLayoutEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (event.key !== "/" || isTyping) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener("keydown", focus);
    return () => document.removeEventListener("keydown", focus);
  }, []);

  // Offers for an earlier text must not be there to be taken, nor come after those for a later one.
  const latest = useRef("");
  const close = () => {
    setOffers([]);
    setPlace(-1);
  };
  const dismiss = () => {
    latest.current = "";
    close();
  };
  const offerFor = async (value: string) => {
    latest.current = value;
    close();
    const found = await completions(value, props.source);
    if (latest.current === value) setOffers(found);
  };
  const changed = (value: string) => {
    setText(value);
    void offerFor(value);
  };
  const take = (offer: string) => {
    const taken = `${text.slice(0, beginning(text))}${offer}`;
    setText(taken);
    if (offer.endsWith(":")) void offerFor(taken);
    else dismiss();
    input.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    const offer = offers[place];
    if (event.key === "ArrowDown") setPlace(Math.min(place + 1, offers.length - 1));
    else if (event.key === "ArrowUp") setPlace(Math.max(place - 1, -1));
    else if ((event.key === "Enter" || event.key === "Tab") && offer) take(offer);
    else if (event.key === "Enter" && !fault) (dismiss(), give(text));
    else if (event.key === "Escape") (dismiss(), offers.length || input.current?.blur());
    else return;
    if (event.key !== "Tab" || offer) event.preventDefault();
  };
  return (
    <div class="query">
      <label for="query-line">{WORDS.ask}</label>
      <input
        id="query-line"
        ref={input}
        type="text"
        value={text}
        placeholder={WORDS.askHint}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        role="combobox"
        aria-expanded={offers.length > 0}
        aria-controls="query-offers"
        aria-autocomplete="list"
        aria-invalid={fault !== null}
        aria-describedby="query-fault"
        aria-activedescendant={place >= 0 ? `offer-${place}` : undefined}
        onInput={(event) => changed(event.currentTarget.value)}
        onKeyDown={onKey}
        onBlur={() => void setTimeout(dismiss, 150)}
      />
      <ul id="query-offers" role="listbox" aria-label={WORDS.ask} hidden={offers.length === 0}>
        {offers.map((offer, number) => (
          <li key={offer} id={`offer-${number}`} role="option" aria-selected={number === place} onMouseDown={() => take(offer)}>
            <bdi>{visible(offer)}</bdi>
          </li>
        ))}
      </ul>
      <p id="query-fault" class="fault" role="status">
        {fault && visible(fault)}
      </p>
    </div>
  );
}

function complaint(line: string): string | null {
  try {
    parse(line);
    return null;
  } catch (error) {
    if (error instanceof Wrong) return error.message;
    throw error;
  }
}

const beginning = (text: string): number => /(?:[\w-]+:)?(?:"[^"]*|[^\s"]*)$/.exec(text.replace(/(^|\s)not:/gi, (found) => found.replace(":", "_")))?.index ?? text.length;

/** What the last piece of a line may become: a word, or a value of a word. */
async function completions(text: string, source: Source): Promise<string[]> {
  const piece = text.slice(beginning(text));
  const [, negation = "", word, value = ""] = /^(not:)?(?:([\w-]+):)?"?(.*)$/i.exec(piece) ?? [];
  if (word === undefined) {
    const words = [...FILTERS, "confidence", "seen", "not"].filter((candidate) => value && candidate.startsWith(value.toLowerCase()));
    return words.map((candidate) => `${negation}${candidate}:`);
  }
  const known = CHOICES[word]?.filter((choice) => choice.startsWith(value)) ?? (await present(word, value, source));
  return known.slice(0, MOST).map((found) => `${negation}${word}:${/\s/.test(found) ? `"${found}"` : found} `);
}

async function present(word: string, value: string, source: Source): Promise<string[]> {
  const grouping = word === "address" ? null : (GROUPINGS as readonly string[]).includes(word) ? (word as Grouping) : null;
  return grouping ? source.values(grouping, value) : [];
}
