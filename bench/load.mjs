/**
 * Runs inside a container beside the gate: the same requests to hello directly and through Kong, in
 * turn, one at a time. Prints the latencies in milliseconds as JSON.
 */
const [, , direct, through, key, count] = process.argv;
const times = { direct: [], through: [] };
async function one(name, url, headers) {
  const begin = process.hrtime.bigint();
  const response = await fetch(url, { headers });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`${name} must answer 200, got ${response.status}`);
  return Number(process.hrtime.bigint() - begin) / 1e6;
}
for (let i = 0; i < Number(count) + 50; i++) {
  const a = await one('hello', direct, {});
  const b = await one('the gate', through, { apikey: key, host: 'localhost' });
  // The first ones warm connections and caches up.
  if (i >= 50) {
    times.direct.push(a);
    times.through.push(b);
  }
}
process.stdout.write(JSON.stringify(times));
