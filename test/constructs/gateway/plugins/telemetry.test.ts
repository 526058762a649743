import { describe, expect, test } from 'vitest';
import { fileLog, httpLog, prometheus } from '../../../../constructs/gateway/plugins/index.js';
import { Duration } from '../../../../constructs/quantities.js';
import { configOf, KONG_3_0, KONG_3_9, MADE, renderedPlugin } from '../../../helper/gateway-model.js';

const url = 'https://logs.example.com:9000/in';
const CREDENTIALS = [
  'apikey',
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-session-token',
];

/** Fields of a log entry that are left out or rewritten. */
function redacted(...more: string[]): object {
  return {
    ...Object.fromEntries(
      [...CREDENTIALS, ...more].flatMap((name) => [
        [`request.headers.${name}`, 'return nil'],
        [`response.headers.${name}`, 'return nil'],
      ]),
    ),
    'request.querystring': 'return nil',
    'request.uri': 'return kong.request.get_path()',
    'request.url': 'return nil',
    upstream_uri: 'return nil',
  };
}

describe('metrics', () => {
  test('are all on but those by client, and name their protocols, which decK would else add each time', () => {
    expect(renderedPlugin(prometheus())).toEqual({
      name: 'prometheus',
      protocols: ['grpc', 'grpcs', 'http', 'https'],
      config: {
        per_consumer: false,
        status_code_metrics: true,
        latency_metrics: true,
        bandwidth_metrics: true,
        upstream_health_metrics: true,
      },
    });
  });

  test('can be chosen', () => {
    const props = {
      perConsumer: true,
      statusCodes: false,
      latency: false,
      bandwidth: false,
      upstreamHealth: false,
    };
    expect(Object.values(configOf(prometheus(props)))).toEqual([true, false, false, false, false]);
  });
});

describe('a log over HTTP', () => {
  const common = {
    http_endpoint: url,
    method: 'POST',
    content_type: 'application/json',
    timeout: 10_000,
    custom_fields_by_lua: redacted(),
  };

  test('has a queue of its own from Kong 3.3 on', () => {
    for (const minor of [3, 9, 10]) {
      expect(configOf(httpLog({ url }), { major: 3, minor })).toEqual({
        ...common,
        queue: { max_batch_size: 50, max_coalescing_delay: 2 },
      });
    }
  });

  test('has flat fields before', () => {
    for (const minor of [0, 2]) {
      expect(configOf(httpLog({ url }), { major: 3, minor })).toEqual({
        ...common,
        queue_size: 50,
        flush_timeout: 2,
      });
    }
  });

  const said = httpLog({
    url,
    method: 'PUT',
    timeout: Duration.milliseconds(500),
    headers: { 'X-Source': 'kong', Authorization: MADE.token },
    batch: 1,
    delay: Duration.seconds(5),
    redactHeaders: ['X-Secret'],
  });

  test.each([
    [KONG_3_0, { queue_size: 1, flush_timeout: 5 }],
    [KONG_3_9, { queue: { max_batch_size: 1, max_coalescing_delay: 5 } }],
  ])('takes what is said otherwise, with Kong %j', (kong, batching) => {
    expect(configOf(said, kong)).toEqual({
      http_endpoint: url,
      method: 'PUT',
      content_type: 'application/json',
      timeout: 500,
      headers: { 'X-Source': 'kong', Authorization: '${{ env "DECK_ENV_LOG_TOKEN_0" }}' },
      custom_fields_by_lua: redacted('x-secret'),
      ...batching,
    });
  });
});

describe('a log to a file', () => {
  test('by default goes to what the container says', () => {
    expect(configOf(fileLog())).toEqual({
      path: '/dev/stdout',
      reopen: false,
      custom_fields_by_lua: redacted(),
    });
  });

  test('takes a file that another program rotates, and further headers to leave out', () => {
    expect(configOf(fileLog({ path: '/tmp/kong.log', reopen: true, redactHeaders: ['X-Secret'] }))).toEqual({
      path: '/tmp/kong.log',
      reopen: true,
      custom_fields_by_lua: redacted('x-secret'),
    });
  });
});
