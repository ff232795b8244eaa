-- Raises marks to a version. KEYS: state, then the hash of each mark. ARGV: generation, version, then
-- each mark. Returns 1, or 0 in another generation.
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
for i = 2, #KEYS do
  local mark = tonumber(redis.call('HGET', KEYS[i], ARGV[i + 1]) or 0)
  if tonumber(ARGV[2]) > mark then redis.call('HSET', KEYS[i], ARGV[i + 1], ARGV[2]) end
end
return 1
