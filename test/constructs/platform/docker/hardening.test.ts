import { describe, expect, test } from 'vitest';
import { Duration, Size } from '../../../../constructs/quantities.js';
import { Secret } from '../../../../constructs/secrets/secret.js';
import { synthesize } from '../../../helper/synth.js';
import { job, workload } from '../../../helper/specs.js';

const stack = synthesize((scope, platform) => {
  const key = Secret.generated(scope, 'key');
  const files = [{ name: 'secrets', path: '/run/secrets', files: [{ name: 'key', content: key.newest }], reloads: true }];
  const data = platform.volume(scope, 'Data', { name: 'data', size: Size.gibibytes(1) });
  platform.workload(scope, 'Web', workload('web', { replicas: 2, files }));
  platform.workload(scope, 'Store', workload('store', { volumes: [{ volume: data, path: '/data' }] }));
  platform.workload(scope, 'Door', workload('door', { listeners: [{ name: 'http', port: 8080, publish: { address: '127.0.0.1', port: 9000 } }] }));
  platform.job(scope, 'Load', job('load', { files }));
});
test('x', () => { console.log([...stack.all('docker_container').keys()]); });
