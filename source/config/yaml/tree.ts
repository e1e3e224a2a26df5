import {z} from 'zod';
import type {YamlReader, Spot} from './reader.ts';
import type {Reading} from './mistake.ts';

/** What a schema says in addition to its shape. JSON Schema, the reference page and the words of mistakes use it. */
export interface About {
  /** Meaning of a key, with unit and range. */
  description?: string | undefined;
  /** YAML text of a value. */
  example?: string | undefined;
  /** Value where the key is not written, in words. */
  otherwise?: string | undefined;
  /** Which values are allowed, in words. */
  form?: string | undefined;
  /** Name of a mapping that stands at several places. */
  title?: string | undefined;
  /** Sentence for a value of another kind, in place of `a mapping is needed here`. */
  otherKind?: string | undefined;
  /** Keys that people write for one of this mapping's. */
  alsoCalled?: Readonly<Record<string, string>> | undefined;
  /** The value may be a secret, so that no mistake repeats it. */
  isSecret?: boolean | undefined;
  /** The option of a union that a value is meant for; undefined once a mistake is told. By default its kind says it. */
  choose?: ((at: Spot, reader: YamlReader) => z.ZodType | undefined) | undefined;
}

export type Shape = Readonly<Record<string, z.ZodType>>;

/** A value as far as it could be read: any key of a mapping and any entry of a list may be missing. */
export type Draft<S extends z.ZodType> =
  S extends z.ZodObject<infer Keys extends Shape>
    ? {[K in keyof Keys]?: Draft<Keys[K]> | undefined}
    : S extends z.ZodArray<infer Item extends z.ZodType>
      ? Draft<Item>[]
      : S extends z.ZodRecord<infer _, infer Value extends z.ZodType>
        ? Record<string, Draft<Value>>
        : S extends z.ZodUnion<infer Options extends readonly z.ZodType[]>
          ? Draft<Options[number]>
          : S extends z.ZodOptional<infer Inner extends z.ZodType>
            ? Draft<Inner>
            : S extends z.ZodNullable<infer Inner extends z.ZodType>
              ? Draft<Inner> | null
              : z.output<S>;

type Make = (draft: unknown, at: Spot, reader: YamlReader) => unknown;
/** By the end of the pipe, which a schema keeps when it is described. */
const makers = new WeakMap<z.ZodType, Make>();

/**
 * A schema whose value is made of what `inner` reads. `make` may tell mistakes and warnings at any place, and answers
 * undefined where it told a mistake that leaves no value.
 */
export function made<S extends z.ZodType, T>(
  inner: S,
  make: (draft: Draft<S>, at: Spot, reader: YamlReader) => T | undefined,
): z.ZodType<T> {
  const end = z.custom<T>();
  makers.set(end, make as Make);
  return z.pipe(inner, end as never);
}

/** What a schema by `made` is made of, and how; null for any other. */
export function makerOf(schema: z.ZodType): {inner: z.ZodType; make: Make} | null {
  if (!(schema instanceof z.ZodPipe)) return null;
  const make = makers.get(schema.out as z.ZodType);
  return make === undefined ? null : {inner: schema.in as z.ZodType, make};
}

/** The schema without `optional` and `nullable`. */
export function bare(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
    ? bare(schema.unwrap() as z.ZodType)
    : schema;
}

/** Everything said about a schema, also through `optional` and `made`; the outermost wins. */
export function aboutOf(schema: z.ZodType): About & Record<string, unknown> {
  const inner = schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? schema.unwrap() : null;
  const within = inner ?? makerOf(schema)?.inner ?? null;
  return {...(within === null ? {} : aboutOf(within as z.ZodType)), ...schema.meta()};
}

/** A mapping with these keys and no others. */
export function mapping<S extends Shape>(shape: S, about: About = {}): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape).meta({...about});
}

/** A key that must be written. */
export function must<S extends z.ZodType>(schema: S, description: string, example: string): S {
  return schema.meta({description, example});
}

/** A key that may be left out. @param otherwise what holds then, in words */
export function may<S extends z.ZodType>(
  schema: S,
  description: string,
  example: string,
  otherwise?: string,
): z.ZodOptional<S> {
  return schema.optional().meta({description, example, otherwise});
}

/** A mapping of names to values of one schema. */
export function named<V extends z.ZodType>(
  name: z.ZodType<string>,
  value: V,
  about: About = {},
): z.ZodRecord<z.ZodType<string, string>, V> {
  return z.record(name as z.ZodType<string, string>, value).meta({...about});
}

/**
 * A value that a function reads, with words of its own for mistakes.
 * @param json the JSON Schema of what may be written
 */
export function readBy<T>(
  read: (value: unknown) => Reading<T>,
  json: About & Readonly<Record<string, unknown>> = {},
): z.ZodType<T> {
  return z
    .unknown()
    .transform((value, context): T => {
      const reading = read(value);
      if (reading.ok) return reading.value;
      for (const problem of reading.problems)
        context.addIssue({code: 'custom', message: problem.message, params: {problem}});
      return z.NEVER;
    })
    .meta({...json});
}
