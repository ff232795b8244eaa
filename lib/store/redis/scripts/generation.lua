-- Begins a generation if Redis is another process than the one that began the last, or was emptied.
-- KEYS: state, hints, edges, exposed. ARGV: the process of Redis, a new generation.
local function begin(run, generation)
  -- Versions begin again, so whatever is left over would count as newer than all that comes.
  if redis.call('HEXISTS', KEYS[1], 'number') == 0 then
    for _, key in ipairs(redis.call('KEYS', 'evergreen:*:revisions')) do redis.call('DEL', key) end
  end
  local version = redis.call('HINCRBY', KEYS[1], 'number', 1)
  redis.call('HSET', KEYS[1], 'run', run, 'epoch', generation, 'floor', version, 'answered', version,
    'forgotten', version, 'begun', now, 'hintBytes', 0)
  redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
end
if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then begin(ARGV[1], ARGV[2]) end
