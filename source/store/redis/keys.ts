import {checkFeatureName} from '../feature-name.ts';

const PREFIX = 'graydeck:';

/** The set of the names of all features. It has a slot of its own, so no script uses it with another key. */
export const FEATURES = `${PREFIX}features`;

/** Stream of freezes, for all features: alone in its slot, too. */
export const FREEZE = `${PREFIX}freeze`;

/** The keys of a feature. They share a hash tag, and so a slot of a cluster. */
export interface Keys {
  /** Stream; entry `<version>-0` holds the fields `commit` and `id`. Older versions wrote no `id`. */
  log: string;
  /** Channel; every message is a whole commit. */
  channel: string;
  /** Stream of samples. */
  metrics: string;
  /** Sorted sets by time; a member is `<t> <body>`. */
  minutes: string;
  seconds: string;
  people: string;
  /** Hash: name to the report in JSON. */
  routers: string;
  /** String with an expiry: the lease in JSON. */
  lease: string;
  /** Stream; one field `feedback`. */
  feedback: string;
  /** Capped stream of hook output. */
  output: string;
  /** Hash: links to watch by, and how many do. */
  shares: string;
  /** String: one line of JSON, written each second by the process that acts. */
  summary: string;
  /** Capped stream of entries of the log that are no commits. */
  aside: string;
}

/** @throws RangeError for a name that no feature can have. */
export function keysOf(feature: string): Keys {
  const tag = `{${checkFeatureName(feature)}}`;
  const key = (name: string): string => `${PREFIX}${tag}:${name}`;
  return {
    log: key('log'),
    channel: key('bell'),
    metrics: key('metrics'),
    minutes: key('minutes'),
    seconds: key('seconds'),
    people: key('people'),
    routers: key('routers'),
    lease: key('lease'),
    feedback: key('feedback'),
    output: key('output'),
    shares: key('shares'),
    summary: key('summary'),
    aside: key('aside'),
  };
}
