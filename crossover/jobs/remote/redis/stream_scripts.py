"""What Redis does with a stream of calls as one command each, in Lua.

An entry is in the stream until its outcome is stored. It is pending in the group from when a worker takes it; what a
worker gives back is pending for POOL, which is no worker, and any worker may claim it at once. An empty stream is
removed with its last worker; it expires where one was killed a moment ago.
"""

from __future__ import annotations

from crossover.jobs.remote.redis.keys import FORGOTTEN_AFTER, LOST_REPLY

GROUP = "workers"
POOL = "given-back"
IDLE_LONG = 3_600_000  # milliseconds: idle enough for everyone to claim it

_STORE = f"""{LOST_REPLY}
local function store(replies, executor, reply, seconds)
  if redis.call('EXISTS', executor) == 1 then
    redis.call('RPUSH', replies, reply)
    redis.call('EXPIRE', replies, seconds)
  end
end
"""
_TIDY = f"""
local function tidy(calls, lease)
  if redis.call('XLEN', calls) > 0 then return end
  local consumers = redis.pcall('XINFO', 'CONSUMERS', calls, '{GROUP}')
  if not consumers.err then
    for _, facts in ipairs(consumers) do
      local of = {{}}
      for i = 1, #facts, 2 do of[facts[i]] = facts[i + 1] end
      if of.name ~= '{POOL}' and of.idle < lease then  -- a living worker creates it again; a killed one does not
        return redis.call('PEXPIRE', calls, {FORGOTTEN_AFTER} * lease)
      end
    end
  end
  redis.call('DEL', calls)
end
"""

SEND = """
local entries = {}
for i = 2, #ARGV, 2 do
  entries[#entries + 1] = redis.call('XADD', KEYS[1], '*', 'to', ARGV[1], 'n', ARGV[i + 1], 'm', ARGV[i])
end
redis.call('PERSIST', KEYS[1])
return entries
"""
"""Key: calls; arguments: executor, then a message and its number for each call.

What nobody seemed to use was to expire.
"""

BEGUN = _STORE + "store(KEYS[1], KEYS[2], ARGV[1], ARGV[2])"
"""Keys: replies, executor; arguments: reply, seconds."""

REPLY = f"""
local prefix, seconds, done, stored = ARGV[1], ARGV[2], {{}}, {{}}
for i = 3, #ARGV, 3 do
  local entry, to, reply = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  if redis.call('XACK', KEYS[1], '{GROUP}', entry) == 1 then
    done[#done + 1] = entry
    stored[to] = stored[to] or {{}}
    table.insert(stored[to], reply)
  end
end
if done[1] then redis.call('XDEL', KEYS[1], unpack(done)) end
for to, replies in pairs(stored) do
  if redis.call('EXISTS', prefix .. 'executor:' .. to) == 1 then
    redis.call('RPUSH', prefix .. 'replies:' .. to, unpack(replies))
    redis.call('EXPIRE', prefix .. 'replies:' .. to, seconds)
  end
end
"""
"""Key: calls; arguments: prefix of keys, seconds, then entry, executor and reply of each call.

Nothing happens to a call with which another worker was faster.
"""

WITHDRAW = f"""
local taken_back = {{}}
for _, entry in ipairs(ARGV) do
  local pending = redis.pcall('XPENDING', KEYS[1], '{GROUP}', entry, entry, 1)
  if pending.err or not pending[1] or pending[1][2] == '{POOL}' then
    redis.pcall('XACK', KEYS[1], '{GROUP}', entry)
    if redis.call('XDEL', KEYS[1], entry) == 1 then taken_back[#taken_back + 1] = entry end
  end
end
return taken_back
"""
"""Key: calls; arguments: entries."""

GIVE_BACK = f"""
for i = 2, #ARGV do
  local mine = redis.call('XPENDING', KEYS[1], '{GROUP}', ARGV[i], ARGV[i], 1, ARGV[1])
  if mine[1] then
    redis.call('XCLAIM', KEYS[1], '{GROUP}', '{POOL}', 0, ARGV[i], 'IDLE', {IDLE_LONG},
      'RETRYCOUNT', math.max(0, mine[1][4] - 1), 'JUSTID')
  end
end
"""
"""Key: calls; arguments: consumer, entries."""

BEAT = f"""
for i = 2, #ARGV do
  if redis.call('XPENDING', KEYS[1], '{GROUP}', ARGV[i], ARGV[i], 1, ARGV[1])[1] then
    redis.call('XCLAIM', KEYS[1], '{GROUP}', ARGV[1], 0, ARGV[i], 'JUSTID')
  end
end
"""
"""Key: calls; arguments: consumer, entries. What another worker has claimed meanwhile stays that worker's."""

TAKE_LEFT = f"""{_STORE}
local consumer, lease, count, prefix, seconds = unpack(ARGV)
local function drop(entry)
  redis.call('XACK', KEYS[1], '{GROUP}', entry)
  redis.call('XDEL', KEYS[1], entry)
end
local found = {{}}
for _, left in ipairs(redis.call('XPENDING', KEYS[1], '{GROUP}', 'IDLE', lease, '-', '+', count)) do
  local entry, holder, deliveries = left[1], left[2], left[4]
  local claimed = redis.call('XCLAIM', KEYS[1], '{GROUP}', consumer, lease, entry)
  if claimed[1] then
    local of = {{}}
    for i = 1, #claimed[1][2], 2 do of[claimed[1][2][i]] = claimed[1][2][i + 1] end
    local executor = prefix .. 'executor:' .. (of.to or '')
    local on_death = redis.call('GET', executor)
    if not on_death then
      drop(entry)
    elseif on_death == 'retry' or holder == '{POOL}' then
      found[#found + 1] = {{entry, claimed[1][2], deliveries}}
    else
      drop(entry)
      store(prefix .. 'replies:' .. of.to, executor, lost(of.n, holder, lease), seconds)
    end
  end
end
return found
"""
"""Key: calls; arguments: consumer, lease in milliseconds, count, prefix of keys, seconds.

The calls of an executor that has ended are dropped.
"""

DISCARD = f"""
for _, entry in ipairs(ARGV) do
  redis.pcall('XACK', KEYS[1], '{GROUP}', entry)
  redis.call('XDEL', KEYS[1], entry)
end
"""
"""Key: calls; arguments: entries."""

LEAVE = f"""{_TIDY}
for _, mine in ipairs(redis.call('XPENDING', KEYS[1], '{GROUP}', '-', '+', 10000, ARGV[1])) do
  redis.call('XCLAIM', KEYS[1], '{GROUP}', '{POOL}', 0, mine[1], 'IDLE', {IDLE_LONG},
    'RETRYCOUNT', math.max(0, mine[4] - 1), 'JUSTID')
end
redis.call('XGROUP', 'DELCONSUMER', KEYS[1], '{GROUP}', ARGV[1])
tidy(KEYS[1], tonumber(ARGV[2]))
"""
"""Key: calls; arguments: consumer, lease in milliseconds."""

LOST = f"""
if redis.call('LLEN', KEYS[2]) > 0 then return {{{{}}, {{}}}} end
local gone, died = {{}}, {{}}
for i = 3, #ARGV do
  local entry = ARGV[i]
  if not redis.call('XRANGE', KEYS[1], entry, entry)[1] then
    gone[#gone + 1] = entry
  elseif ARGV[2] == 'lose' then
    local pending = redis.pcall('XPENDING', KEYS[1], '{GROUP}', 'IDLE', ARGV[1], entry, entry, 1)
    if not pending.err and pending[1] and pending[1][2] ~= '{POOL}' then
      redis.call('XACK', KEYS[1], '{GROUP}', entry)
      redis.call('XDEL', KEYS[1], entry)
      died[#died + 1] = entry
    end
  end
end
return {{gone, died}}
"""
"""Keys: calls, replies; arguments: lease in milliseconds, "retry" or "lose", entries.

An outcome is stored when its entry is removed: what has neither was lost.
"""

CLOSE = f"""{_TIDY}
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
tidy(KEYS[1], tonumber(ARGV[1]))
"""
"""Keys: calls, replies, executor, received; argument: lease in milliseconds."""
