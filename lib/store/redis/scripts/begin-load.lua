-- ARGV, after those of the generation: generation and version of the snapshot before, a hint or
-- nothing, how many hints are kept, and how many bytes of them. Returns generation and version of the
-- load, and the hints since;
-- 0 if not all are known.
local generation = redis.call('HGET', KEYS[1], 'epoch')
local version = redis.call('HINCRBY', KEYS[1], 'number', 1)
local forgotten = tonumber(redis.call('HGET', KEYS[1], 'forgotten'))
local hints = 0
if generation == ARGV[3] and tonumber(ARGV[4]) >= forgotten then
  hints = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[4], '+inf')
end
if ARGV[5] ~= '' then
  local hint = version .. ' ' .. ARGV[5]
  redis.call('ZADD', KEYS[2], version, hint)
  local bytes = redis.call('HINCRBY', KEYS[1], 'hintBytes', #hint)
  while redis.call('ZCARD', KEYS[2]) > tonumber(ARGV[6]) or bytes > tonumber(ARGV[7]) do
    local last = redis.call('ZPOPMIN', KEYS[2])
    bytes = redis.call('HINCRBY', KEYS[1], 'hintBytes', -#last[1])
    redis.call('HSET', KEYS[1], 'forgotten', last[2])
  end
end
return { generation, version, hints }
