/**
 * Runs inside a container beside the gate: the same requests to hello directly and through Kong, in
 * turn, one at a time. Prints the latencies in milliseconds as JSON.
 */
import { Agent, get } from 'node:http';

const [, , direct, through, key, count] = process.argv;
const times = { direct: [], through: [] };
// One open connection each, as a gateway or a browser keeps; fetch would keep the host header to itself.
const agents = {
  direct: new Agent({ keepAlive: true, maxSockets: 1 }),
  through: new Agent({ keepAlive: true, maxSockets: 1 }),
};

function one(name, url, headers) {
  return new Promise((resolve, reject) => {
    const begin = process.hrtime.bigint();
    get(url, { headers, agent: agents[name] }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 200) resolve(Number(process.hrtime.bigint() - begin) / 1e6);
        else reject(new Error(`${name} must answer 200, got ${response.statusCode}`));
      });
    }).on('error', reject);
  });
}
for (let i = 0; i < Number(count) + 50; i++) {
  const a = await one('direct', direct, {});
  const b = await one('through', through, { apikey: key, host: 'localhost' });
  // The first ones warm connections and caches up.
  if (i >= 50) {
    times.direct.push(a);
    times.through.push(b);
  }
}
process.stdout.write(JSON.stringify(times));
for (const agent of Object.values(agents)) agent.destroy();
