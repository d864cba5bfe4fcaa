// The query line: the words of the command line's filters, `not:` before one, and plain text.
//   process:powershell name:*.com port:80 not:source:sysmon_3 confidence:<0.8 "any text"
import { WRONG } from "./words";

export const WORDS = [
  "host", "process", "pid", "user", "name", "address", "port", "protocol", "direction", "action", "source",
  "since", "until", "min-confidence", "contains",
] as const;
export type Word = (typeof WORDS)[number];

export interface Term {
  word: Word;
  value: string;
  not: boolean;
}

export class Wrong extends Error {}

/** Read a line; throws `Wrong` with a sentence for the user. */
export function parse(line: string): Term[] {
  const terms: Term[] = [];
  for (const [, negation, word, quoted, bare] of line.matchAll(/(not:|-)?(?:([\w-]+):)?(?:"([^"]*)"?|([^\s"]+))/gi)) {
    terms.push(term(word?.toLowerCase().replace("_", "-"), quoted ?? bare ?? "", negation !== undefined));
  }
  return terms;
}

function term(word: string | undefined, value: string, not: boolean): Term {
  if (word === undefined) return { word: "contains", value, not };
  if (value === "") throw new Wrong(WRONG.value(word));
  if (word === "seen") return { word: "source", value: `*${value}*`, not };
  if (word === "confidence") return confidence(value, not);
  if ((WORDS as readonly string[]).includes(word)) return { word: word as Word, value, not };
  throw new Wrong(WRONG.word(word, WORDS));
}

/** `confidence:<0.8` is not at least 0.8; `confidence:>=0.8` and `confidence:0.8` are. */
function confidence(value: string, not: boolean): Term {
  const found = /^(<|>=)?([\d.]+)$/.exec(value);
  if (!found) throw new Wrong(WRONG.confidence(value));
  return { word: "min-confidence", value: found[2] ?? "", not: (found[1] === "<") !== not };
}

export function written(term: Term): string {
  const value = /[\s"]/.test(term.value) ? `"${term.value.replaceAll('"', "?")}"` : term.value;
  return `${term.not ? "not:" : ""}${term.word}:${value}`;
}

/** Put a term into a line; a word that can hold only one value takes the place of the one before. */
export function joined(line: string, word: Word, value: string, not = false): string {
  const term = written({ word, value, not });
  return parse(line).some((present) => written(present) === term) ? line : `${line} ${term}`.trim();
}

/** Replace what a line says about some words. */
export function replaced(line: string, words: readonly Word[], terms: Term[]): string {
  const kept = parse(line).filter((present) => !words.includes(present.word));
  return [...kept, ...terms].map(written).join(" ");
}
