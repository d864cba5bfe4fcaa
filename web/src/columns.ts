// The columns of a list, read from Arrow: texts as a dictionary and an index, numbers as they are.
import { tableFromIPC, type Data, type Table, type Vector } from "apache-arrow";

export interface Texts {
  values: string[];
  /** one a row; -1 is null */
  index: Int32Array;
}

export class Columns {
  readonly length: number;
  readonly #table: Table;
  readonly #texts = new Map<string, Texts>();
  readonly #lowered = new Map<string, string[]>();
  readonly #numbers = new Map<string, Float64Array>();

  constructor(bytes: Uint8Array) {
    this.#table = tableFromIPC(bytes);
    this.length = this.#table.numRows;
  }

  /** A column of numbers; null is NaN. */
  numbers(name: string): Float64Array {
    let column = this.#numbers.get(name);
    if (!column) {
      column = numbers(this.#vector(name));
      this.#numbers.set(name, column);
    }
    return column;
  }

  texts(name: string): Texts {
    let column = this.#texts.get(name);
    if (!column) {
      column = texts(this.#vector(name));
      this.#texts.set(name, column);
    }
    return column;
  }

  /** The different texts of a column in lower case. */
  lowered(name: string): string[] {
    const present = this.#lowered.get(name) ?? this.texts(name).values.map((value) => value.toLowerCase());
    this.#lowered.set(name, present);
    return present;
  }

  text(name: string, row: number): string | null {
    const { values, index } = this.texts(name);
    return values[index[row] ?? -1] ?? null;
  }

  number(name: string, row: number): number | null {
    const value = this.numbers(name)[row];
    return value === undefined || Number.isNaN(value) ? null : value;
  }

  #vector(name: string): Vector {
    const vector = this.#table.getChild(name);
    if (!vector) throw new Error(`no column ${name}`);
    return vector;
  }
}

/** As they stand in memory, where they are doubles. */
function numbers(vector: Vector): Float64Array {
  const [data] = vector.data as readonly Data[];
  if (!data || !(data.values instanceof Float64Array)) return Float64Array.from(vector, (value) => (value === null ? NaN : Number(value)));
  if (!data.nullCount) return data.values;
  return data.values.map((value, row) => (data.getValid(row) ? value : NaN));
}

/** The writer keeps one batch and one dictionary a column, so rows and indices are one run of memory. */
function texts(vector: Vector): Texts {
  const [data] = vector.data as readonly Data[];
  if (!data?.dictionary) return { values: [], index: new Int32Array(vector.length).fill(-1) };
  const values = Array.from(data.dictionary, String);
  const raw = data.values as Int32Array;
  const index = data.nullCount ? Int32Array.from(raw, (place, row) => (data.getValid(row) ? place : -1)) : raw;
  return { values, index };
}
