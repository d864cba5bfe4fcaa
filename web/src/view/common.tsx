// Small things that several views use.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { visible } from "../text";
import { WORDS } from "../words";

/** A text of the case: written out where it would not be seen, and kept apart from the direction around it. */
export function Said({ text, kind }: { text: string | number | null | undefined; kind?: string }): JSX.Element {
  if (text === null || text === undefined) return <span class="nothing">{WORDS.noValue}</span>;
  return <bdi class={kind}>{visible(String(text))}</bdi>;
}

/** A probability as a number and a bar of tenths. */
export function Confidence({ value }: { value: number | null }): JSX.Element {
  if (value === null) return <span class="nothing">–</span>;
  return (
    <span class="confidence" data-tenths={Math.round(value * 10)}>
      {value.toFixed(2)}
    </span>
  );
}

export function Failure({ error }: { error: unknown }): JSX.Element {
  return (
    <p class="failure" role="alert">
      {WORDS.failed}: <Said text={error instanceof Error ? error.message : String(error)} />
    </p>
  );
}

export interface Wait<T> {
  value: T | undefined;
  error: unknown;
}

/** The result of a promise; while a newer one is on its way the older result stays. The signal says when it is not waited for any more. */
export function useResult<T>(start: (signal: AbortSignal) => Promise<T>, dependencies: unknown[]): Wait<T> {
  const [state, setState] = useState<Wait<T>>({ value: undefined, error: undefined });
  useEffect(() => {
    let isWanted = true;
    const leaving = new AbortController();
    start(leaving.signal).then(
      (value) => isWanted && setState({ value, error: undefined }),
      (error: unknown) => isWanted && setState((old) => ({ value: old.value, error })),
    );
    return () => {
      isWanted = false;
      leaving.abort();
    };
  }, dependencies);
  return state;
}

export function Choice<T extends string>(props: {
  label: string;
  value: T;
  options: readonly T[];
  name: (option: T) => string;
  onChange: (option: T) => void;
}): JSX.Element {
  return (
    <label class="choice">
      <span>{props.label}</span>
      <select value={props.value} onChange={(event) => props.onChange(event.currentTarget.value as T)}>
        {props.options.map((option) => (
          <option key={option} value={option}>
            {visible(props.name(option))}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Stands where something is on its way. */
export function Waiting(): JSX.Element {
  return (
    <p class="quiet" aria-busy="true">
      {WORDS.loading}
    </p>
  );
}

export function Quiet({ children }: { children: ComponentChildren }): JSX.Element {
  return <p class="quiet">{children}</p>;
}
