-- KEYS: outbox, edges, state. ARGV: build, edges, generation, then paths and the numbers of their
-- changes: confirmed. Returns 0 in another generation, in which nothing is known of the edges, and the
-- numbers begin again.
if redis.call('HGET', KEYS[3], 'epoch') ~= ARGV[3] then return 0 end
for i = 4, #ARGV, 2 do
  if redis.call('ZSCORE', KEYS[1], ARGV[i]) == ARGV[i + 1] then redis.call('ZREM', KEYS[1], ARGV[i]) end
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 1
