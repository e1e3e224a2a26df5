import type {Side} from '../../analysis/numbers.ts';
import {
  fillTemplate,
  type Matcher,
  type QueryTemplate,
  type QueryValues,
} from '../../analysis/query-template.ts';
import type {Slot} from './slot.ts';

/** By which label Prometheus tells the sides apart, and what stands in it. */
export interface SideLabels {
  label: string;
  prod: readonly string[];
  gray: readonly string[];
}

/** The release that is asked about. Null: there is none, or it is unknown. */
export interface Target {
  feature: string;
  release: string | null;
  /** The version each side serves. */
  versions: Readonly<Record<Side, string | null>>;
  /** When the release began, and when its split last changed, the store's clock, milliseconds since 1970. */
  startedAt: number | null;
  splitChangedAt: number | null;
}

/** Where and over which time is looked. */
export interface Scope {
  sides: SideLabels;
  /** Labels that every series must have. */
  labels: Readonly<Record<string, string>>;
  /** What `{{window}}` stands for, milliseconds. */
  windowMs: number;
}

/** What a slot asks for now; or why it cannot be asked. */
export function questionOf(
  template: QueryTemplate,
  side: Slot['side'],
  target: Target,
  scope: Scope,
): {ok: true; query: string} | {ok: false; why: string} {
  const filled = fillTemplate(template, valuesOf(side, target, scope));
  if (filled.ok) return filled;
  const what = filled.missing === 'side' ? 'one value' : 'anything now';
  return {ok: false, why: `{{${filled.missing}}} does not stand for ${what}`};
}

/** What answers depend on beside the moment: a change makes the ones until then answers to something else. */
export function keyOf(side: Slot['side'], {release, versions}: Target): string {
  switch (side) {
    case 'gray':
      return JSON.stringify([release, versions.gray]);
    case 'prod':
      return JSON.stringify([versions.prod]);
    case 'service':
      return '';
  }
}

function valuesOf(side: Slot['side'], target: Target, {sides, labels, windowMs}: Scope): QueryValues {
  const {feature, release, versions} = target;
  const everywhere = Object.entries(labels).map(([label, value]): Matcher => ({label, values: [value]}));
  if (side === 'service') return {feature, release, side: null, version: null, windowMs, match: everywhere};
  const values = sides[side];
  return {
    feature,
    release,
    version: versions[side],
    side: values.length === 1 ? (values[0] ?? null) : null,
    windowMs,
    match: [...everywhere, {label: sides.label, values}],
  };
}
