import {createHash, randomBytes, timingSafeEqual} from 'node:crypto';
import {z} from 'zod';

/** Characters of a token: what names the link, then what proves it. */
const ID_BYTES = 9;
const SECRET_BYTES = 24;
const ID_LENGTH = 12;
const TOKEN = /^[\w-]{44}$/u;
const LINK = 'link ';
const WATCHING = 'watching ';
const ACTING = 'acting ';
/** Counts of viewers and consoles that are older were written by a process that is gone, milliseconds. */
const COUNT_LASTS_MS = 15_000;

const linkShape = z.object({
  /** Salt and hash of the token's secret part, base64url. */
  salt: z.string(),
  hash: z.string(),
  by: z.string(),
  createdAt: z.number(),
  /** When it ends, the store's clock, milliseconds since 1970. */
  until: z.number(),
  /** User ids, hosts, names of people and free text are hidden. */
  mask: z.boolean(),
});

/** A link by which others may watch a feature, as it lies in the store. The token itself is kept nowhere. */
export interface ShareLink extends z.infer<typeof linkShape> {
  id: string;
}

/** A record for the store: its name and text. */
export interface ShareRecord {
  name: string;
  text: string;
}

/** Makes a link: the token to hand out once, and the record that recognises it. */
export function makeLink(about: Omit<ShareLink, 'id' | 'salt' | 'hash'>): {
  token: string;
  record: ShareRecord;
} {
  const id = randomBytes(ID_BYTES).toString('base64url');
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const salt = randomBytes(ID_BYTES).toString('base64url');
  const hash = hashOf(salt, secret).toString('base64url');
  return {token: id + secret, record: {name: LINK + id, text: JSON.stringify({salt, hash, ...about})}};
}

/** The links among the records of a feature, running and over; what is no link is passed over. */
export function linksIn(records: ReadonlyMap<string, string>): ShareLink[] {
  return Array.from(records).flatMap(([name, text]) => {
    if (!name.startsWith(LINK)) return [];
    const read = parsed(linkShape, text);
    return read === null ? [] : [{id: name.slice(LINK.length), ...read}];
  });
}

/** Name of a link's record. */
export function nameOfLink(id: string): string {
  return LINK + id;
}

/** The link that a token belongs to; null: none that runs. Takes the same time for every secret. */
export function linkOf(links: readonly ShareLink[], token: string, now: number): ShareLink | null {
  if (!isToken(token)) return null;
  const found = links.find(({id}) => id === token.slice(0, ID_LENGTH));
  if (found === undefined || found.until <= now) return null;
  const expected = Buffer.from(found.hash, 'base64url');
  const given = hashOf(found.salt, token.slice(ID_LENGTH));
  return expected.length === given.length && timingSafeEqual(expected, given) ? found : null;
}

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** The record that tells consoles how many watch through one process. */
export function watchingRecord(process: string, count: number, at: number): ShareRecord {
  return {name: WATCHING + process, text: JSON.stringify({count, at})};
}

/** How many watch by a link just now, through whichever process. @param now the store's clock */
export function watchingIn(records: ReadonlyMap<string, string>, now: number): number {
  let sum = 0;
  for (const [name, text] of records) {
    if (!name.startsWith(WATCHING)) continue;
    const read = parsed(z.object({count: z.number().int().nonnegative(), at: z.number()}), text);
    if (read !== null && now - read.at < COUNT_LASTS_MS) sum += read.count;
  }
  return sum;
}

/** The record by which a console that may act tells others that it is open. */
export function actingRecord(process: string, name: string, at: number): ShareRecord {
  return {name: ACTING + process, text: JSON.stringify({name, at})};
}

/** Names of the consoles that may act, in their order. @param now the store's clock */
export function actingIn(records: ReadonlyMap<string, string>, now: number): string[] {
  const found: string[] = [];
  for (const [key, text] of records) {
    if (!key.startsWith(ACTING)) continue;
    const read = parsed(z.object({name: z.string().max(200), at: z.number()}), text);
    if (read !== null && now - read.at < COUNT_LASTS_MS) found.push(read.name);
  }
  return found.toSorted();
}

/** Names of records that say nothing any more: links that ended, counts of processes that are gone. */
export function endedIn(records: ReadonlyMap<string, string>, now: number): string[] {
  const over = linksIn(records).flatMap(({id, until}) => (until <= now ? [LINK + id] : []));
  const counts = Array.from(records).flatMap(([name, text]) =>
    name.startsWith(WATCHING) && watchingIn(new Map([[name, text]]), now) === 0 ? [name] : [],
  );
  const gone = Array.from(records).flatMap(([name, text]) =>
    name.startsWith(ACTING) && actingIn(new Map([[name, text]]), now).length === 0 ? [name] : [],
  );
  return [...over, ...counts, ...gone];
}

function hashOf(salt: string, secret: string): Buffer {
  return createHash('sha256').update(salt).update(secret).digest();
}

function parsed<T extends z.ZodType>(shape: T, text: string): z.infer<T> | null {
  try {
    const read = shape.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
