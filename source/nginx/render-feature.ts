import type {EdgeFeature, EdgeSite} from '../audience/latch.ts';
import type {Split, Tier} from '../release/split.ts';
import {Block, type Bit} from './block.ts';
import {attributeOf, bitOf, variableOf} from './people.ts';
import {Unwritable, valueWord, type EdgeRefusal} from './words.ts';

const USER = '$gray_user';

/** What the variables of a feature end with. */
function suffixOf(feature: string, {variable}: EdgeFeature): string {
  return variable ?? feature.replaceAll('-', '_');
}

/**
 * The maps of one feature. A site reads four variables: `$gray_side_NAME` (`prod` or `gray`), `$gray_upstream_NAME`,
 * `$gray_reason_NAME` and `$gray_cohort_NAME`. In the order of the contract: forced header, forced cookie, deny,
 * include, outside the audience, percent.
 */
export function renderFeature(
  split: Split,
  edge: EdgeFeature,
  site: Pick<EdgeSite, 'attributes'>,
): {ok: true; text: string} | {ok: false; refusal: EdgeRefusal} {
  const {feature} = split;
  try {
    return {ok: true, text: split.live ? liveText(split, edge, site) : prodText(feature, edge)};
  } catch (error) {
    const refusal: EdgeRefusal =
      error instanceof Unwritable
        ? {feature, message: error.message, remedy: error.remedy}
        : {feature, message: 'the split cannot be read', remedy: 'look at it: graydeck split render'};
    return {ok: false, refusal};
  }
}

/** Prod for everyone: there is nothing in it that leads to gray. */
export function prodText(feature: string, edge: EdgeFeature): string {
  const suffix = suffixOf(feature, edge);
  const constant = (kind: string, value: string) =>
    `map "" $gray_${kind}_${suffix} {\n  default ${value};\n}\n`;
  return [
    `# ${feature}: prod for everyone\n`,
    constant('side', 'prod'),
    constant('upstream', upstream(edge.prod)),
    constant('reason', 'not-live'),
    constant('cohort', 'eligible'),
  ].join('');
}

function liveText(split: Split, edge: EdgeFeature, {attributes}: Pick<EdgeSite, 'attributes'>): string {
  const suffix = suffixOf(split.feature, edge);
  const block = new Block(suffix);
  let place = byPercent(block, split, attributes);
  const asked = (bit: Bit, then: string) => {
    if (bit === true) place = then;
    else if (bit !== false) place = block.map(bit, place, [`1 ${then}`]);
  };
  const {users, rules} = split.include;
  asked(
    block.any([block.isOneOf(USER, users), ...rules.map(rule => bitOf(block, rule, attributes))]),
    'gray/included',
  );
  asked(block.isOneOf(USER, split.deny), 'prod/denied');
  const {headers, cookies} = split.forced;
  // The first that says something counts: each asks the next.
  for (const cookie of cookies.toReversed()) place = forcedByCookie(block, variableOf({cookie}), place);
  for (const header of headers.toReversed()) place = forcedByHeader(block, variableOf({header}), place);
  const side = block.map(
    place,
    'prod',
    ['gray/forced', 'gray/included', 'gray/percent'].map(from => `${from} gray`),
    `$gray_side_${suffix}`,
  );
  block.map(side, upstream(edge.prod), [`gray ${upstream(edge.gray)}`], `$gray_upstream_${suffix}`);
  const reasons = ['forced', 'denied', 'included', 'outside', 'anonymous'] as const;
  const reasonLines = reasons.flatMap(reason => [`prod/${reason} ${reason}`, `gray/${reason} ${reason}`]);
  const reason = block.map(place, 'percent', reasonLines, `$gray_reason_${suffix}`);
  const cohorts = [
    'forced chosen',
    'denied chosen',
    'included chosen',
    'outside outside',
    'anonymous outside',
  ];
  block.map(reason, 'eligible', cohorts, `$gray_cohort_${suffix}`);
  return `# ${split.feature}: ${percentWord(split.percent)} %\n${block.text()}`;
}

/** `true` and `false` and nothing else, capitals counted. */
function forcedByCookie(block: Block, variable: string, next: string): string {
  const exactly = block.map(variable, next, ['"~^true\\\\z" gray/forced', '"~^false\\\\z" prod/forced']);
  // Who sends no such thing is not kept by a regular expression.
  return block.map(variable, next, [`true ${exactly}`, `false ${exactly}`]);
}

/** The same of a header. One that is sent several times is joined by nginx 1.23 and newer: its first value counts. */
function forcedByHeader(block: Block, variable: string, next: string): string {
  return block.map(variable, next, [
    // Who sends no such thing is not kept by a regular expression.
    `"" ${next}`,
    '"~^true(?:, |\\\\z)" gray/forced',
    '"~^false(?:, |\\\\z)" prod/forced',
  ]);
}

/** Of the shares of all audiences a user is in, the greatest counts; in none of them he is outside. */
function byPercent(block: Block, {tiers, salt, bucketBy}: Split, attributes: EdgeSite['attributes']): string {
  const unit = bucketBy === undefined ? USER : attributeOf(bucketBy, attributes);
  const source = `"${valueWord(salt).slice(1, -1)}\${${unit.slice(1)}}"`;
  // Users without the attribute have no share; those without an id go by their address.
  const shareFor = (tier: Tier): string => {
    const share = block.share(source, shareOf(tier));
    return bucketBy === undefined || tier.percent >= 100 ? share : block.map(unit, share, ['"" ""']);
  };
  let place = 'prod/outside';
  for (const tier of tiers) {
    const inside = tier.audience === null ? true : bitOf(block, tier.audience, attributes);
    if (inside === false) continue;
    const before = place === 'prod/outside' ? 'prod/percent' : atLeastInside(block, place);
    const chosen = block.map(shareFor(tier), before, ['1 gray/percent']);
    place = inside === true ? chosen : block.map(inside, place, [`1 ${chosen}`]);
  }
  if (bucketBy === undefined || !place.startsWith('$')) return place;
  const without = block.map(place, place, ['prod/percent prod/anonymous']);
  return block.map(unit, place, [`"" ${without}`]);
}

/** The place of a user who is in another audience as well. */
function atLeastInside(block: Block, place: string): string {
  return block.map(place, 'prod/percent', ['gray/percent gray/percent']);
}

function shareOf({percent}: Tier): string {
  return percentWord(percent);
}

function percentWord(percent: number): string {
  const hundredths = Math.round(percent * 100);
  if (!(percent >= 0 && percent <= 100) || Math.abs(hundredths - percent * 100) > 1e-6)
    throw new Unwritable(
      `nginx cannot split at ${percent} %`,
      'set a percentage from 0 to 100 with at most two decimals',
    );
  return String(hundredths / 100);
}

function upstream(name: string): string {
  if (/^[\w.:-]{1,200}$/.test(name)) return name;
  throw new Unwritable(
    'the name of an upstream is letters, digits, _ . : and -',
    'correct it under nginx: features:',
  );
}
