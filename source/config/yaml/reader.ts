import {z} from 'zod';
import {metricBook, type MetricBook} from '../condition/metric-book.ts';
import {type Mistake, type Path, type Problem, type Reading, problemOf} from './mistake.ts';
import {aboutOf, bare, makerOf, type Draft} from './tree.ts';
import type {Aim, YamlFile} from './file.ts';
import {nearest, quote} from '../../text/quote.ts';

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

export function child({value, path}: Spot, step: string | number): Spot {
  const isHolder = typeof value === 'object' && value !== null && Object.hasOwn(value, step);
  return {
    value: isHolder ? (value as Record<string | number, unknown>)[step] : undefined,
    path: [...path, step],
  };
}

/** Whether a value stands behind the key. */
export function isWritten(spot: Spot, key: string): boolean {
  const {value} = child(spot, key);
  return value !== undefined && value !== null;
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The keys that have a value. */
export function withoutUndefined<T extends object>(keys: T): {[K in keyof T]?: Exclude<T[K], undefined>} {
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined)) as never;
}

/**
 * Reads values of one file by a tree of schemas and gathers every mistake. A piece that cannot be read is left out, and
 * pieces that do not depend on it are read all the same.
 */
export class YamlReader {
  readonly file: YamlFile;
  readonly mistakes: Mistake[] = [];
  readonly warnings: Mistake[] = [];
  /** Groups that rules refer to. A plan checks them once all of its groups are read. */
  groupsNamed: {name: string; spot: Spot}[] = [];
  /** Metrics that a condition may name. */
  book: MetricBook = metricBook();

  constructor(file: YamlFile) {
    this.file = file;
  }

  mistake(spot: Spot, problem: Problem, aim: Aim = 'value'): undefined {
    this.mistakes.push(this.file.mistake(spot.path, problem, aim));
  }

  warn(spot: Spot, problem: Problem, aim: Aim = 'value'): void {
    this.warnings.push(this.file.mistake(spot.path, problem, aim));
  }

  /** The value of a reading; undefined once its problems are told. */
  take<T>(spot: Spot, reading: Reading<T>): T | undefined {
    if (!reading.ok) {
      for (const problem of reading.problems) this.mistake(spot, problem);
      return undefined;
    }
    for (const warning of reading.warnings ?? []) this.warn(spot, warning);
    return reading.value;
  }

  /** The value at a spot by its schema; undefined once its mistakes are told. */
  read<S extends z.ZodType>(spot: Spot, schema: S): Draft<S> | undefined {
    return this.#read(spot, schema) as Draft<S> | undefined;
  }

  #read(spot: Spot, schema: z.ZodType): unknown {
    const node = bare(schema);
    const maker = makerOf(node);
    if (maker !== null) {
      const draft = this.#read(spot, maker.inner);
      return draft === undefined ? undefined : maker.make(draft, spot, this);
    }
    if (node instanceof z.ZodObject) return this.#mapping(spot, schema, node);
    if (node instanceof z.ZodRecord) return this.#names(spot, schema, node);
    if (node instanceof z.ZodArray) return this.#list(spot, schema, node);
    if (node instanceof z.ZodUnion) {
      const {choose} = aboutOf(node);
      const option = choose === undefined ? fitting(node, spot.value) : choose(spot, this);
      return option === undefined ? undefined : this.#read(spot, option);
    }
    return this.#plain(spot, node);
  }

  /** The keys of a mapping. A key with nothing behind it counts as not written. */
  #mapping(spot: Spot, schema: z.ZodType, {shape}: z.ZodObject): Record<string, unknown> | undefined {
    const {value} = spot;
    const known = Object.keys(shape);
    if (!isMapping(value)) return this.#wrongKind(spot, schema, 'a mapping', known.join(', '));
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(shape, key)) this.#unknownKey(spot, value, key, schema, known);
      else if (value[key] === null) this.warn(child(spot, key), emptyKey(key), 'key');
    }
    return Object.fromEntries(
      Object.entries(shape).flatMap(([key, inner]) => {
        if (isWritten(spot, key)) return [[key, this.#read(child(spot, key), inner as z.ZodType)]];
        if (inner instanceof z.ZodOptional) return [];
        const {example = '…'} = aboutOf(inner as z.ZodType);
        const allowed = `a line like ${key}: ${example}`;
        this.mistake(spot, {message: `${key} is missing`, allowed, found: 'nothing'});
        return [];
      }),
    );
  }

  /** The values of a mapping by names, without entries that could not be read. */
  #names(spot: Spot, schema: z.ZodType, node: z.ZodRecord): Record<string, unknown> | undefined {
    const {value} = spot;
    if (!isMapping(value)) return this.#wrongKind(spot, schema, 'a mapping of names', 'NAME: …');
    const inner = node.valueType as z.ZodType;
    const entries = Object.keys(value).flatMap((name): [string, unknown][] => {
      const at = child(spot, name);
      const key = (node.keyType as z.ZodType).safeParse(name);
      for (const issue of key.error?.issues ?? [])
        this.mistake(at, {...problemOf(issue, name), found: quote(name)}, 'key');
      const read = at.value === null && inner instanceof z.ZodNullable ? null : this.#read(at, inner);
      return key.success && read !== undefined ? [[name, read]] : [];
    });
    return Object.fromEntries(entries);
  }

  /** The entries of a list that could be read. */
  #list(spot: Spot, schema: z.ZodType, node: z.ZodArray): unknown[] | undefined {
    const {value} = spot;
    if (!Array.isArray(value)) return this.#wrongKind(spot, schema, 'a list', '[…]');
    return value
      .map((_, index) => this.#read(child(spot, index), node.element as z.ZodType))
      .filter(one => one !== undefined);
  }

  #plain(spot: Spot, schema: z.ZodType): unknown {
    const result = schema.safeParse(spot.value);
    for (const issue of result.error?.issues ?? []) {
      const path = [...spot.path, ...issue.path.filter(step => typeof step !== 'symbol')];
      this.mistake({value: undefined, path}, problemOf(issue, spot.value));
    }
    return result.data;
  }

  #wrongKind(spot: Spot, schema: z.ZodType, kind: string, allowed: string): undefined {
    const {form, example, isSecret, otherKind} = aboutOf(schema);
    const problem = {message: otherKind ?? `${kind} is needed here`, allowed: form ?? example ?? allowed};
    return this.mistake(spot, isSecret === true ? {...problem, found: 'another value'} : problem);
  }

  /** Reads on as if the key were written right, so that mistakes behind it are told as well. */
  #unknownKey(
    spot: Spot,
    mapping: Record<string, unknown>,
    key: string,
    schema: z.ZodType,
    known: string[],
  ): void {
    const meant = nearest(key, known, aboutOf(schema).alsoCalled);
    const hint = meant === null ? '' : `; did you mean ${meant}?`;
    const message = `the key ${quote(key)} is not known here${hint}`;
    this.mistake(child(spot, key), {message, allowed: known.join(', '), found: quote(key)}, 'key');
    if (meant === null || Object.hasOwn(mapping, meant)) return;
    mapping[meant] = mapping[key];
    this.file.readAs(spot.path, meant, key);
  }
}

/** The option of a union that a value is meant for: by its kind, else the option that is neither mapping nor list. */
function fitting(union: z.ZodUnion, value: unknown): z.ZodType {
  const kindOf = (schema: z.ZodType): string => {
    const node = bare(schema);
    if (node instanceof z.ZodObject || node instanceof z.ZodRecord) return 'mapping';
    const inner = makerOf(node)?.inner;
    return inner === undefined ? (node instanceof z.ZodArray ? 'list' : 'plain') : kindOf(inner);
  };
  const options = union.options as readonly z.ZodType[];
  const wanted = isMapping(value) ? 'mapping' : Array.isArray(value) ? 'list' : 'plain';
  const found = [wanted, 'plain'].flatMap(kind => options.find(option => kindOf(option) === kind) ?? []);
  return found[0] ?? (options[0] as z.ZodType);
}

function emptyKey(key: string): Problem {
  return {
    message: `${key} is empty and read as not written`,
    allowed: 'a value, or no such line',
    found: 'nothing',
  };
}
