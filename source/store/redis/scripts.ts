import {StoreFault} from '../fault.ts';
import {CommandError} from './faults.ts';
import type {RedisClient} from './client.ts';

/**
 * Appends a commit if its parent is the newest entry, and publishes it, in one step. Entries behind the parent that cannot
 * follow it (the caller has read them) are put aside first. The script parses no content: it recognises an entry by its field
 * `id`, or by the digest of the bytes that the caller has read. Entries of older versions have no field `id`.
 *
 * KEYS 1 the log; 2, only where something is to be put aside, the stream that keeps it. While a slot of a cluster moves,
 *      a script with two keys is refused unless one node has both, so a rollback needs the log alone.
 * ARGV 1 entry id of the commit `<n>-0`, 2 entry id of its parent `<n-1>-0` (empty for the first), 3 its id,
 *      4 its parent's id, 5 its text, 6 the channel, 7 digest of the entry that the caller takes for the parent (empty: it has
 *      not read it), 8 digest of the entry to put aside (empty: none), 9 `rehearse`: the commit is deleted again
 * Returns the number of entries put aside if the commit is written; `mine` if this commit is there already; otherwise the
 * entries from the parent on, at most two, each with its digest.
 */
const APPEND = `
local log, aside = KEYS[1], KEYS[2]
local own, before, id, parent, text, channel, parentMark, oddMark, mode = unpack(ARGV)

local function markOf(entry) return redis.sha1hex(table.concat(entry[2], '\\0')) end
local function hasId(entry, wanted)
  for i = 1, #entry[2], 2 do
    if entry[2][i] == 'id' then return entry[2][i + 1] == wanted end
  end
  return false
end
local function seen()
  local entries = redis.call('XRANGE', log, before == '' and '-' or before, '+', 'COUNT', 2)
  for _, entry in ipairs(entries) do entry[3] = markOf(entry) end
  return entries
end
local function add() return redis.pcall('XADD', log, own, 'commit', text, 'id', id) end
local function failed(reply) return type(reply) == 'table' and reply.err end

local from = '-'
if before ~= '' then
  local entry = redis.call('XRANGE', log, before, before)[1]
  if not entry or not (hasId(entry, parent) or markOf(entry) == parentMark) then return seen() end
  from = '(' .. before
end
local behind = redis.call('XRANGE', log, from, '+', 'COUNT', 1)[1]
local moved = 0
if behind then
  if behind[1] == own and hasId(behind, id) then return 'mine' end
  if markOf(behind) ~= oddMark then return seen() end
  repeat
    local entries = redis.call('XRANGE', log, from, '+', 'COUNT', 100)
    for _, entry in ipairs(entries) do
      -- A rollback does not wait for a place where the entry can be kept.
      if aside then redis.pcall('XADD', aside, 'MAXLEN', '~', '10000', '*', 'entry', entry[1], 'fields', cjson.encode(entry[2])) end
      redis.call('XDEL', log, entry[1])
      moved = moved + 1
    end
  until #entries < 100
end
local added = add()
if failed(added) then
  -- The stream may count from an entry that once stood here; any other cause fails again.
  redis.pcall('XSETID', log, before == '' and '0-0' or before)
  added = add()
  if failed(added) then return added end
end
if mode == 'rehearse' then
  redis.call('XDEL', log, own)
  if before == '' then redis.call('DEL', log) else redis.call('XSETID', log, before) end
  return moved
end
-- Followers also read the log every two seconds: a failed PUBLISH does not undo the commit.
redis.pcall('PUBLISH', channel, text)
return moved
`;

/**
 * Sets a stream back to the server's clock. An application may write an entry with an id of its own choice; every later id
 * counts from there, and after the greatest id nothing can be written. The script parses no content.
 *
 * KEYS 1 the stream; 2 the stream that keeps what is put aside, absent where no node has both while their slot moves
 * ARGV 1 how far an id may be ahead, in milliseconds; 2 how many entries to put aside at most; 3 how many of them are kept
 * Returns nil where the stream is not ahead; else how far, in milliseconds, how many entries were put aside, and 1 where
 * more are left.
 */
const MEND = `
local stream, aside = KEYS[1], KEYS[2]
local most, kept = tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit = now + ARGV[1]
local function msOf(id) return tonumber(string.match(id, '^%d+')) end
local function text(ms) return string.format('%.0f', ms) end

local facts = redis.pcall('XINFO', 'STREAM', stream)
if facts.err then return nil end
local last
for i = 1, #facts, 2 do
  if facts[i] == 'last-generated-id' then last = msOf(facts[i + 1]) end
end
if not last or last <= limit then return nil end
local found = redis.call('XRANGE', stream, '(' .. text(limit) .. '-18446744073709551615', '+', 'COUNT', most)
for n, entry in ipairs(found) do
  if aside and n <= kept then
    redis.pcall('XADD', aside, 'MAXLEN', '~', '10000', '*', 'entry', entry[1], 'fields', cjson.encode(entry[2]))
  end
  redis.call('XDEL', stream, entry[1])
end
if #found == most then return {text(last - now), #found, 1} end
local top = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
redis.call('XSETID', stream, top and msOf(top[1]) >= now and top[1] or text(now) .. '-0')
return {text(last - now), #found, 0}
`;

/**
 * Takes or renews the lease.
 *
 * KEYS 1 the lease
 * ARGV 1 holder and 2 token, both as JSON strings; 3 how long, in milliseconds
 * Returns the lease in JSON, or nil when another token holds it. Time is the server's.
 */
const HOLD = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.call('GET', KEYS[1])
if held then
  local ok, lease = pcall(cjson.decode, held)
  if ok and type(lease) == 'table' and cjson.encode(lease.token) ~= cjson.encode(cjson.decode(ARGV[2])) then
    local left = (tonumber(lease['until']) or 0) - now
    -- One that has much longer to run than is asked for was given before the clock went back.
    if left > 0 and left <= 2 * ARGV[3] then return false end
  end
end
local lease = string.format('{"holder":%s,"token":%s,"until":%.0f}', ARGV[1], ARGV[2], now + ARGV[3])
redis.call('SET', KEYS[1], lease, 'PX', ARGV[3])
return lease
`;

/**
 * Deletes the lease if this token holds it.
 *
 * KEYS 1 the lease
 * ARGV 1 token as a JSON string
 * Returns 1 if this token held it, else 0.
 */
const GIVE_UP = `
local held = redis.call('GET', KEYS[1])
if not held then return 0 end
local ok, lease = pcall(cjson.decode, held)
if not ok or type(lease) ~= 'table' or lease.token ~= cjson.decode(ARGV[1]) then return 0 end
return redis.call('DEL', KEYS[1])
`;

/**
 * Runs a script that may put entries of `key` aside. While their slot moves, it can be that no node has both keys. Then the
 * script runs with `key` alone, and the entries that it removes are not kept.
 * @throws StoreFault
 */
export async function runWithAside(
  client: RedisClient,
  script: string,
  {key, aside}: {key: string; aside: string},
  words: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await client.call(['EVAL', script, 2, key, aside, ...words], {waits: false});
  } catch (error) {
    if (!(error instanceof StoreFault && error.cause instanceof CommandError)) throw error;
    if (!error.cause.message.startsWith('TRYAGAIN')) throw error;
    return await client.call(['EVAL', script, 1, key, ...words]);
  }
}

/** Redis runs these scripts although its memory is full: a rollback needs a few hundred bytes. */
const EVEN_WHEN_FULL = '#!lua flags=allow-oom\n';
const PLAIN = '#!lua\n';

export const SCRIPTS = {
  append: PLAIN + APPEND,
  appendEvenWhenFull: EVEN_WHEN_FULL + APPEND,
  hold: EVEN_WHEN_FULL + HOLD,
  giveUp: PLAIN + GIVE_UP,
  mend: EVEN_WHEN_FULL + MEND,
};
