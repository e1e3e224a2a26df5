/**
 * Appends a commit if its parent is the newest entry, and rings the bell: one step that nobody can come between.
 * What lies behind the parent and cannot follow it (the caller has looked) is moved aside first.
 *
 * KEYS 1 the log, 2 where foreign entries are kept
 * ARGV 1 entry id of the commit `<n>-0`, 2 entry id of its parent `<n-1>-0` (empty for the first), 3 its id,
 *      4 its parent's id, 5 its text, 6 the bell, 7 entry id of what is to be moved aside (empty: nothing),
 *      8 that entry's text
 * Returns `written`; `mine`: this very commit is there already; `look`: the log is not as the caller thinks.
 */
const APPEND = `
local log, aside = KEYS[1], KEYS[2]
local own, before, id, parent, text, bell, odd, oddText = unpack(ARGV)

local function textOf(entry)
  for i = 1, #entry[2], 2 do
    if entry[2][i] == 'commit' then return entry[2][i + 1] end
  end
  return ''
end
local function idOf(entry)
  local ok, commit = pcall(cjson.decode, textOf(entry))
  return ok and type(commit) == 'table' and commit.id or nil
end

local from = '-'
if before ~= '' then
  local entry = redis.call('XRANGE', log, before, before)[1]
  if not entry or idOf(entry) ~= parent then return 'look' end
  from = '(' .. before
end
local behind = redis.call('XRANGE', log, from, '+', 'COUNT', 1)[1]
if behind then
  if behind[1] == own and idOf(behind) == id then return 'mine' end
  if behind[1] ~= odd or textOf(behind) ~= oddText then return 'look' end
  repeat
    local entries = redis.call('XRANGE', log, from, '+', 'COUNT', 100)
    for _, entry in ipairs(entries) do
      redis.call('XADD', aside, 'MAXLEN', '~', '10000', '*', 'entry', entry[1], 'fields', cjson.encode(entry[2]))
      redis.call('XDEL', log, entry[1])
    end
  until #entries < 100
end
local added = redis.pcall('XADD', log, own, 'commit', text)
if type(added) == 'table' and added.err then
  -- An entry that once stood here was deleted, and the stream still counts from it.
  if not string.find(added.err, 'equal or smaller', 1, true) then return added end
  redis.call('XSETID', log, before == '' and '0-0' or before)
  redis.call('XADD', log, own, 'commit', text)
end
-- The log is the truth and the bell only its messenger: its failure undoes nothing.
redis.pcall('PUBLISH', bell, text)
return 'written'
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
 * Gives the lease up if it is ours.
 *
 * KEYS 1 the lease
 * ARGV 1 token as a JSON string
 * Returns 1 when it was ours, else 0.
 */
const GIVE_UP = `
local held = redis.call('GET', KEYS[1])
if not held then return 0 end
local ok, lease = pcall(cjson.decode, held)
if not ok or type(lease) ~= 'table' or lease.token ~= cjson.decode(ARGV[1]) then return 0 end
return redis.call('DEL', KEYS[1])
`;

/** A server that is full runs these all the same: a few hundred bytes that may take everything back. */
const EVEN_WHEN_FULL = '#!lua flags=allow-oom\n';
const PLAIN = '#!lua\n';

export const SCRIPTS = {
  append: PLAIN + APPEND,
  appendEvenWhenFull: EVEN_WHEN_FULL + APPEND,
  hold: EVEN_WHEN_FULL + HOLD,
  giveUp: PLAIN + GIVE_UP,
};
