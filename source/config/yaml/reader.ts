import {z} from 'zod';
import {metricBook, type MetricBook} from '../condition/metric-book.ts';
import {quote, type Mistake, type Path, type Problem, type Reading} from './mistake.ts';
import {nearest} from './nearest.ts';
import type {Aim, YamlFile} from './file.ts';

/** A value of the file and where it stands. */
export interface Spot {
  value: unknown;
  path: Path;
}

/** Something read, with the spot it came from, for checks that compare several. */
export interface Placed<T> {
  value: T;
  spot: Spot;
}

export type Shape = Readonly<Record<string, z.ZodType>>;
export type Fields<S extends Shape> = {[K in keyof S]?: z.output<S[K]> | undefined};

/** A value of a shape that is read by a function with words of its own for what is wrong. */
export function readBy<T>(read: (value: unknown) => Reading<T>): z.ZodType<T> {
  return z.unknown().transform((value, context): T => {
    const reading = read(value);
    if (reading.ok) return reading.value;
    for (const problem of reading.problems)
      context.addIssue({code: 'custom', message: problem.message, params: {problem}});
    return z.NEVER;
  });
}

export function child({value, path}: Spot, step: string | number): Spot {
  const isHolder = typeof value === 'object' && value !== null && Object.hasOwn(value, step);
  return {
    value: isHolder ? (value as Record<string | number, unknown>)[step] : undefined,
    path: [...path, step],
  };
}

/** Whether something stands behind the key. */
export function isWritten(spot: Spot, key: string): boolean {
  const {value} = child(spot, key);
  return value !== undefined && value !== null;
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads values of one file piece by piece and gathers everything that is wrong with them: a piece that cannot be read
 * is left out, and what does not depend on it is read all the same.
 */
export class Reader {
  readonly file: YamlFile;
  readonly mistakes: Mistake[] = [];
  readonly warnings: Mistake[] = [];
  /** Groups that something refers to; whether each exists is known once all are read. */
  readonly groupsNamed: {name: string; spot: Spot}[] = [];
  /** What conditions may name; set once the config's own metrics are read. */
  book: MetricBook = metricBook();

  constructor(file: YamlFile) {
    this.file = file;
  }

  mistake(spot: Spot, problem: Problem, aim: Aim = 'value'): void {
    this.mistakes.push(this.file.mistake(spot.path, problem, aim));
  }

  warn(spot: Spot, problem: Problem, aim: Aim = 'value'): void {
    this.warnings.push(this.file.mistake(spot.path, problem, aim));
  }

  /** The value of a reading, or undefined once its problems are told. */
  take<T>(spot: Spot, reading: Reading<T>): T | undefined {
    if (!reading.ok) {
      for (const problem of reading.problems) this.mistake(spot, problem);
      return undefined;
    }
    for (const warning of reading.warnings ?? []) this.warn(spot, warning);
    return reading.value;
  }

  /**
   * The fields of a mapping. Each schema's own error text says what is allowed. Unknown keys are named with the one that
   * was probably meant; a key with nothing behind it counts as not written.
   */
  fields<S extends Shape>(
    spot: Spot,
    shape: S,
    otherNames: Readonly<Record<string, string>> = {},
  ): Fields<S> | null {
    if (!isMapping(spot.value)) {
      this.mistake(spot, {message: 'a mapping is needed here', allowed: Object.keys(shape).join(', ')});
      return null;
    }
    const fields: Record<string, unknown> = {};
    const known = Object.keys(shape);
    for (const key of Object.keys(spot.value).filter(one => !Object.hasOwn(shape, one)))
      this.unknownKey(spot, spot.value, key, nearest(key, known, otherNames), known);
    for (const [key, value] of Object.entries(spot.value)) {
      const at = child(spot, key);
      const schema = Object.hasOwn(shape, key) ? shape[key] : undefined;
      if (schema === undefined) continue;
      if (value === null)
        this.warn(
          at,
          {
            message: `${key} is empty and read as not written`,
            allowed: 'a value, or no such line',
            found: 'nothing',
          },
          'key',
        );
      else fields[key] = this.field(at, schema);
    }
    return fields as Fields<S>;
  }

  /** Tells which of the keys are not there; the examples say how each is written. */
  require(spot: Spot, examples: Readonly<Record<string, string>>): void {
    for (const [key, allowed] of Object.entries(examples)) {
      if (!isWritten(spot, key))
        this.mistake(spot, {
          message: `${key} is missing`,
          allowed: `a line like ${allowed}`,
          found: 'nothing',
        });
    }
  }

  /** One value by its schema. */
  field<T>(spot: Spot, schema: z.ZodType<T>): T | undefined {
    const result = schema.safeParse(spot.value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      const own = issue.code === 'custom' ? (issue.params?.['problem'] as Problem | undefined) : undefined;
      const path = [...spot.path, ...issue.path.filter(step => typeof step !== 'symbol')];
      const problem = own ?? {message: `this is not ${issue.message}`, allowed: issue.message};
      this.mistakes.push(this.file.mistake(path, problem));
    }
    return undefined;
  }

  /** The entries of a list. */
  items(spot: Spot, allowed: string): Spot[] {
    if (Array.isArray(spot.value)) return spot.value.map((_, index) => child(spot, index));
    this.mistake(spot, {message: 'a list is needed here', allowed});
    return [];
  }

  /** Reads on as if the key were written right, so that what stands behind it is looked at as well. */
  private unknownKey(
    spot: Spot,
    mapping: Record<string, unknown>,
    key: string,
    meant: string | null,
    known: string[],
  ): void {
    const hint = meant === null ? '' : `; did you mean ${meant}?`;
    this.mistake(
      child(spot, key),
      {
        message: `the key ${quote(key)} is not known here${hint}`,
        allowed: known.join(', '),
        found: quote(key),
      },
      'key',
    );
    if (meant === null || Object.hasOwn(mapping, meant)) return;
    mapping[meant] = mapping[key];
    this.file.readAs(spot.path, meant, key);
  }
}
