"""What Redis does with lists of calls as one command each, in Lua.

A call is an item: `executor number`, a line feed, the message. It is in the list of calls, or in the list of the
worker that has it, or left by a worker that died. Its number is open in a hash of the executor until its outcome is
stored: the first one counts. A script has some hundred calls at a time, never thousands: what it unpacks is limited.
"""

from __future__ import annotations

from crossover.jobs.remote.redis.keys import FORGOTTEN_AFTER, LOST_REPLY

_COMMON = f"""{LOST_REPLY}
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function parts(item)
  local to, number = string.match(item, '^([^ \\n]*) ([^\\n]*)\\n')
  return to or '', number or ''
end
local function is_open(prefix, item)
  local to, number = parts(item)
  return redis.call('HEXISTS', prefix .. 'open:' .. to, number) == 1
end
local function dead(prefix, lease)
  return redis.call('ZRANGEBYSCORE', prefix .. 'workers', '-inf', now() - lease)
end
"""
_TIDY = f"""
local function tidy(prefix, workers, lease)
  for _, worker in ipairs(redis.call('ZRANGE', workers, 0, -1)) do
    if redis.call('EXISTS', prefix .. 'taken:' .. worker) == 1 then return end
  end
  redis.call('PEXPIRE', workers, {FORGOTTEN_AFTER} * lease)  -- unless one lives: its next beat is sooner
end
"""

SEND = """
local numbers, items = {}, {}
for i = 2, #ARGV, 2 do
  numbers[i - 1], numbers[i] = ARGV[i], ''
  items[i / 2] = ARGV[i + 1]
end
redis.call('HSET', KEYS[2], unpack(numbers))
redis.call('RPUSH', KEYS[1], unpack(items))
redis.call('EXPIRE', KEYS[2], ARGV[1])
"""
"""Keys: calls, open; arguments: seconds, then number and item of each call."""

COUNT_WORKERS = f"""{_COMMON}
return redis.call('ZCOUNT', KEYS[1], now() - ARGV[1], '+inf')
"""
"""Key: workers; argument: lease in milliseconds."""

TAKE = f"""{_COMMON}
redis.call('ZADD', KEYS[3], now(), ARGV[2])
local found = redis.call('LRANGE', KEYS[1], 0, ARGV[1] - 1)
if found[1] then
  redis.call('LTRIM', KEYS[1], #found, -1)
  redis.call('RPUSH', KEYS[2], unpack(found))
end
return found
"""
"""Keys: calls, taken, workers; arguments: count, worker. A worker that takes is alive, whoever took it for dead."""

TAKE_LEFT = f"""{_COMMON}
local left, tries, taken, workers = unpack(KEYS)
local prefix, lease, count, seconds, this = unpack(ARGV)
redis.call('ZADD', workers, now(), this)
for _, worker in ipairs(dead(prefix, lease)) do
  local list = prefix .. 'taken:' .. worker
  while true do
    local item = redis.call('LPOP', list)
    if not item then break end
    local to, number = parts(item)
    if redis.call('GET', prefix .. 'executor:' .. to) == 'retry' and is_open(prefix, item) then
      redis.call('HINCRBY', tries, number, 1)
      redis.call('RPUSH', left, item)
    else
      redis.call('HDEL', tries, number)
      if redis.call('HDEL', prefix .. 'open:' .. to, number) == 1 then
        local replies = prefix .. 'replies:' .. to
        redis.call('RPUSH', replies, lost(number, worker, lease))
        redis.call('EXPIRE', replies, seconds)
      end
    end
  end
  redis.call('ZREM', workers, worker)
end
local found = {{}}
for i = 1, tonumber(count) do
  local item = redis.call('LMOVE', left, taken, 'LEFT', 'RIGHT')
  if not item then break end
  local _, number = parts(item)
  found[i] = {{item, tonumber(redis.call('HGET', tries, number) or 0)}}
end
return found
"""
"""Keys: left, tries, taken, workers; arguments: prefix, lease in milliseconds, count, seconds, this worker.

Calls that are not open any more are dropped.
"""

REPLY = """
local prefix, seconds, stored = ARGV[1], ARGV[2], {}
local some_died = redis.call('EXISTS', KEYS[2], KEYS[3]) > 0
for i = 3, #ARGV, 4 do
  local number, item, to, reply = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  redis.call('LREM', KEYS[1], 1, item)
  if some_died then
    redis.call('LREM', KEYS[2], 1, item)
    redis.call('HDEL', KEYS[3], number)
  end
  if redis.call('HDEL', prefix .. 'open:' .. to, number) == 1 then
    stored[to] = stored[to] or {}
    table.insert(stored[to], reply)
  end
end
for to, replies in pairs(stored) do
  redis.call('RPUSH', prefix .. 'replies:' .. to, unpack(replies))
  redis.call('EXPIRE', prefix .. 'replies:' .. to, seconds)
end
"""
"""Keys: taken, left, tries; arguments: prefix of keys, seconds, then number, item, executor and reply of each call."""

BEGUN = """
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then
  redis.call('RPUSH', KEYS[2], ARGV[2])
  redis.call('EXPIRE', KEYS[2], ARGV[3])
end
"""
"""Keys: open, replies; arguments: number, reply, seconds."""

WITHDRAW = f"""{_COMMON}
local taken_back = {{}}
for _, item in ipairs(ARGV) do
  if redis.call('LREM', KEYS[1], 1, item) + redis.call('LREM', KEYS[2], 1, item) > 0 then
    local _, number = parts(item)
    redis.call('HDEL', KEYS[3], number)
    redis.call('HDEL', KEYS[4], number)
    taken_back[#taken_back + 1] = item
  end
end
return taken_back
"""
"""Keys: calls, left, tries, open; arguments: items."""

GIVE_BACK = f"""{_COMMON}
for i = #ARGV, 2, -1 do
  if redis.call('LREM', KEYS[2], 1, ARGV[i]) == 1 and is_open(ARGV[1], ARGV[i]) then
    redis.call('LPUSH', KEYS[1], ARGV[i])
  end
end
"""
"""Keys: calls, taken; arguments: prefix, items."""

BEAT = f"""{_COMMON}
redis.call('ZADD', KEYS[1], now(), ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
"""
"""Key: workers; arguments: worker, seconds."""

LEAVE = f"""{_COMMON}{_TIDY}
while true do
  local item = redis.call('RPOP', KEYS[2])
  if not item then break end
  if is_open(ARGV[2], item) then redis.call('LPUSH', KEYS[1], item) end
end
redis.call('ZREM', KEYS[3], ARGV[1])
tidy(ARGV[2], KEYS[3], tonumber(ARGV[3]))
"""
"""Keys: calls, taken, workers; arguments: worker, prefix, lease in milliseconds."""

CLOSE = f"""{_TIDY}
redis.call('DEL', unpack(KEYS, 2))
tidy(ARGV[1], KEYS[1], tonumber(ARGV[2]))
"""
"""Keys: workers, those of the executor; arguments: prefix, lease in milliseconds."""

LOST = f"""{_COMMON}
local replies, open, tries = unpack(KEYS)
local prefix, lease, on_death, executor = unpack(ARGV)
if redis.call('LLEN', replies) > 0 then return {{{{}}, {{}}}} end
local gone, died = {{}}, {{}}
for _, worker in ipairs(dead(prefix, lease)) do
  local list = prefix .. 'taken:' .. worker
  for _, item in ipairs(on_death == 'lose' and redis.call('LRANGE', list, 0, -1) or {{}}) do
    local to, number = parts(item)
    if to == executor then
      redis.call('LREM', list, 1, item)
      redis.call('HDEL', open, number)
      redis.call('HDEL', tries, number)
      died[#died + 1] = number
    end
  end
  if redis.call('EXISTS', list) == 0 then redis.call('ZREM', prefix .. 'workers', worker) end
end
local taken
if redis.call('EXISTS', prefix .. 'calls', prefix .. 'left') == 0 then
  taken = {{}}
  for _, worker in ipairs(redis.call('ZRANGE', prefix .. 'workers', 0, -1)) do
    for _, item in ipairs(redis.call('LRANGE', prefix .. 'taken:' .. worker, 0, -1)) do
      local to, number = parts(item)
      if to == executor then taken[number] = true end
    end
  end
end
for i = 5, #ARGV do
  if redis.call('HEXISTS', open, ARGV[i]) == 0 then
    gone[#gone + 1] = ARGV[i]
  elseif taken and not taken[ARGV[i]] then
    redis.call('HDEL', open, ARGV[i])
    gone[#gone + 1] = ARGV[i]
  end
end
return {{gone, died}}
"""
"""Keys: replies, open, tries; arguments: prefix, lease in milliseconds, "retry" or "lose", executor, numbers.

An outcome is stored when its number is closed: what has neither was lost. So was what is in no list.
"""
