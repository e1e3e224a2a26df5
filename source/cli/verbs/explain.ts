import {setPercent} from '../../text/format.ts';
import {plainText} from '../../text/plain-text.ts';
import {bucketOf} from '../../audience/bucket.ts';
import {decider, type Decision} from '../../audience/decide.ts';
import type {Asked} from '../../audience/forced.ts';
import {keyOf, unitOf, type User} from '../../audience/place.ts';
import {customRulesOf} from '../../audience/rule.ts';
import {tiersFor, unreadDates, type TierAnswer} from '../../audience/tiers.ts';
import {describeRule} from '../../config/describe/rule.ts';
import {deriveSplit} from '../../release/derive-split.ts';
import type {Split} from '../../release/split.ts';
import {initialState} from '../../release/state.ts';
import type {Call, Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {usage} from '../output/failure.ts';
import {chooseKnown} from '../session/feature.ts';
import {loadSettings} from '../session/settings.ts';
import {StoreFault} from '../../store/fault.ts';
import {openToLook} from '../session/session.ts';

/** `explain USER`: the decision that every router makes for this user now, and why. */
export const run: Run = async call => {
  const {user, asked} = readPerson(call);
  const settings = await loadSettings(call);
  const store = await openToLook(call, settings);
  try {
    if (store.hidesUsers === true)
      throw new StoreFault(
        'store-no-rights',
        'this token does not show ids of users, so the side of one cannot be told',
        'a token with the scopes read and operate',
      );
    const feature = await chooseKnown(settings.feature, call.verb.name, store);
    const head = await store.feature(feature).log.head();
    const split = head?.split ?? deriveSplit(initialState(feature));
    const version = head?.version ?? 0;
    const decision = decider({split, version})(user, store.now(), asked);
    const key = keyOf(user, asked.address);
    const unit = unitOf(split, user, asked.address);
    const bucket = unit === '' ? null : bucketOf(split.salt, unit);
    const unknown = customRulesOf(split);
    const tiers = tiersFor(split, user, store.now());
    if (call.out.isJson) {
      const {side, reason, cohort, release} = decision;
      const {percent} = split;
      call.out.json({
        schema: 'graydeck.explain/1',
        feature,
        user: key,
        side,
        reason,
        cohort,
        bucket,
        percent,
        release,
        version,
        unknown,
        // The newest phase stands last.
        phases: tiers.map(tier => ({inside: tier.isInside, percent: tier.percent})),
      });
      return EXIT.done;
    }
    const who = key === '' ? 'a user without id and address' : plainText(key, 60);
    call.out.data(`${feature}: ${who} gets ${decision.side}: ${whyOf(decision, split, {bucket, tiers})}`);
    for (const {name, value} of unreadDates(split, user))
      call.out.say(
        `${plainText(name, 60)} is not a date, so no rule about it fits: ${plainText(String(value), 60)}; write 2026-11-30T14:05:00Z`,
      );
    for (const name of unknown)
      call.out.say(`only the application knows ${plainText(name, 60)}: read as no here`);
    return EXIT.done;
  } finally {
    await store.close();
  }
};

function readPerson({args, flags}: Call): {user: User; asked: Asked} {
  const attributes = readPairs(flags.attr, 'attr');
  const typed = firstOf(readPairs(flags.header, 'header'), name => name.toLowerCase());
  // As a server hands them out: one letter for each byte.
  const headers = Object.fromEntries(
    Object.entries(typed).map(([name, value = '']) => [name, Buffer.from(value).toString('latin1')]),
  );
  const cookies = firstOf(readPairs(flags.cookie, 'cookie'));
  const several = Array.from(attributes, ([name, values]) => [name, values.length > 1 ? values : values[0]]);
  return {
    user: {...Object.fromEntries(several), id: args[0] ?? ''},
    asked: {headers, cookies, address: flags.address},
  };
}

/** `k=v`, each as often as it is given; the value may hold any sign. @throws Failure exit code 2 */
function readPairs(texts: readonly string[], flag: string): Map<string, string[]> {
  const pairs = new Map<string, string[]>();
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals < 1)
      throw usage(
        `--${flag} wants NAME=VALUE, not ${JSON.stringify(plainText(text, 40))}`,
        `--${flag} name=value`,
      );
    const name = text.slice(0, equals).trim();
    const values = pairs.get(name) ?? [];
    pairs.set(name, [...values, text.slice(equals + 1)]);
  }
  return pairs;
}

/** The first value of each name. Of two names that come to the same, the first counts, as for a header that is repeated. */
function firstOf(
  pairs: ReadonlyMap<string, readonly string[]>,
  nameOf: (name: string) => string = name => name,
): Record<string, string | undefined> {
  return Object.fromEntries(
    Array.from(pairs, ([name, [first]]) => [nameOf(name), first] as const).toReversed(),
  );
}

interface Place {
  bucket: number | null;
  tiers: readonly TierAnswer[];
}

function whyOf({reason, side}: Decision, split: Split, place: Place): string {
  switch (reason) {
    case 'not-live':
      return 'no release is live';
    case 'forced':
      return 'the request asks for it';
    case 'denied':
      return 'on the list of users who never get gray';
    case 'included':
      return 'on the list, or in a group, that always gets gray';
    case 'outside':
      return split.tiers.length > 1
        ? `${outsideOf(place.tiers)}; no earlier phase includes the user either`
        : outsideOf(place.tiers);
    case 'anonymous':
      return split.bucketBy === undefined
        ? 'neither id nor address to go by'
        : `the release goes by ${plainText(split.bucketBy, 60)}, and the user has none`;
    case 'percent':
      return byPercent(side, split, place);
    case 'stale':
    case 'rolled-back':
    case 'unknown':
    case 'fault':
      return reason;
  }
}

function outsideOf(tiers: readonly TierAnswer[]): string {
  const audience = tiers.at(-1)?.audience ?? null;
  return audience === null
    ? 'outside the audience'
    : `outside the audience (${plainText(describeRule(audience, 'en'), 200)})`;
}

function byPercent(side: Decision['side'], {percent}: Split, {bucket, tiers}: Place): string {
  const at = bucket === null ? '' : `, the user's place is ${((bucket / 2 ** 32) * 100).toFixed(2)} %`;
  const share = Math.max(...tiers.flatMap(tier => (tier.isInside ? [tier.percent] : [])));
  const is = side === 'gray' ? 'in' : 'not in';
  if (tiers.at(-1)?.isInside === false)
    return `${outsideOf(tiers)} of the current phase; ${is} at ${setPercent(share)} of an earlier phase${at}`;
  const shares = share > percent ? `, by an earlier phase; the current one is at ${setPercent(percent)}` : '';
  return `${is} at ${setPercent(share)}${at}${shares}`;
}
