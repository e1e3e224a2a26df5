import {isFeatureName, isId} from '../release/name.ts';
import type {Split} from '../release/split.ts';

/** Where an edge finds something about a request: a variable of nginx, a header, or a cookie. */
export type EdgeSource = {variable: string} | {header: string} | {cookie: string};

/** Which upstream each side of a feature is, by the names the site gives them. */
export interface EdgeFeature {
  prod: string;
  gray: string;
  /** What the variables of this feature end with; null: the feature's name, with _ for -. */
  variable: string | null;
}

/** What an edge knows of its users and its upstreams: all that rendering needs beside the splits. */
export interface EdgeSite {
  /** Whose value is the user's id; where it is empty, the client's address stands for it. */
  user: EdgeSource;
  /** Cookie of visitors without an id: the edge makes one. Absent: their address stands for it. */
  visitor?: string;
  /** Attributes that rules may name, each from a trusted source. */
  attributes: Readonly<Record<string, EdgeSource>>;
  features: Readonly<Record<string, EdgeFeature>>;
  /** Where the edge tells, on this host only, which file it works by. */
  probe: {host: string; port: number};
}

/**
 * A rollback that could not be written to the log, kept beside the routers of a host until the log knows of it. While
 * it is there, every router of the host has prod for everyone of the feature, whatever the store says.
 *
 * The file is `latches/FEATURE.json` in the state folder: one JSON document of this shape. It may be written by hand.
 */
export interface Latch {
  schema: 'graydeck.latch/1';
  feature: string;
  /** The release that is taken back. */
  release: string;
  /** Who set it, and why; for people. */
  by: string;
  reason: string | null;
  /** The host's clock when it was set, milliseconds since 1970. */
  at: number;
}

export function encodeLatch(latch: Latch): string {
  return `${JSON.stringify(latch)}\n`;
}

/** Reads a latch back; null for what is not one. */
export function decodeLatch(text: string): Latch | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const {schema, feature, release, by, reason, at} = value as Record<string, unknown>;
  if (schema !== 'graydeck.latch/1' || !isFeatureName(feature) || !isId(release)) return null;
  return {
    schema,
    feature,
    release,
    by: typeof by === 'string' ? by : '',
    reason: typeof reason === 'string' ? reason : null,
    at: typeof at === 'number' ? at : 0,
  };
}

/** Whether the commit that this split came with says that the release was taken back: then, and only then, the latch opens. */
export function isAcknowledged(latch: Pick<Latch, 'release'>, split: Pick<Split, 'rolledBack'>): boolean {
  return split.rolledBack.includes(latch.release);
}
