import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkGateway } from '../../../constructs/gateway/check.js';
import type { RouteDeclaration } from '../../../constructs/gateway/model.js';
import { customPlugin, requestTermination } from '../../../constructs/gateway/plugins/index.js';
import { renderState } from '../../../constructs/gateway/state.js';
import { configOf, KONG_3_9, rendered, withRoute } from '../../helper/gateway-model.js';

/** Whether the check has nothing against a route. */
function accepted(change: Partial<RouteDeclaration>): boolean {
  try {
    checkGateway(withRoute(change), KONG_3_9, 'unit');
    return true;
  } catch {
    return false;
  }
}

/** Texts that YAML reads as something else when they aren't quoted. */
const awkward = fc.constantFrom(
  'true',
  'no',
  'null',
  '~',
  '1',
  '0x1f',
  '1e3',
  '1_000',
  '2026-01-01',
  '.inf',
  '=',
  '<<',
  '- a',
  'a: b',
  'a #b',
  '#a',
  '*a',
  '&a',
  '!a',
  '|',
  '>',
  '%a',
  '@a',
  '`a',
  '"',
  "'",
  '{}',
  '[]',
  '? a',
  ' a',
  'a ',
  '\n',
  'a\n',
  '\ta',
  '$',
  '${a}',
  '${{',
  '${{ env "DECK_ENV_CLIENT_APP_0" }}',
  ' ${{',
  '}}',
  '\u0085',
  '\u2028',
  '\ufeff',
  'ä',
  '😀',
);
const anyText = fc.oneof(
  awkward,
  fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
);
const plainPath = fc.stringMatching(/^\/[A-Za-z0-9/._~!$&'()*+,;=:@%-]{0,30}$/);
const pattern = fc
  .oneof(
    plainPath,
    anyText.map((text) => `/${text}`),
  )
  .map((text) => `~${text}`);

describe('what the check accepts is what YAML reads', () => {
  test('of paths', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.oneof(plainPath, pattern, anyText), { minLength: 1, maxLength: 4 }),
        (texts) => {
          const paths = texts.filter((path) => accepted({ paths: [path] }));
          fc.pre(paths.length > 0);
          expect(rendered(withRoute({ paths })).services[0]?.routes[0]?.paths).toEqual(paths);
        },
      ),
    );
  });

  test('of headers', () => {
    const name = fc.oneof(
      fc.constantFrom('1', 'true', 'null', '1e3'),
      fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,9}$/),
    );
    const values = fc.array(anyText, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.dictionary(name, values, { minKeys: 1, maxKeys: 3 }), (headers) => {
        fc.pre(accepted({ headers }));
        expect(rendered(withRoute({ headers })).services[0]?.routes[0]?.headers).toEqual(headers);
      }),
    );
  });

  test('of texts in plugins', () => {
    fc.assert(
      fc.property(anyText, anyText, (name, message) => {
        const plugins = [
          requestTermination({ message }),
          customPlugin({ name: 'session', config: { [name]: message } }),
        ];
        fc.pre(accepted({ plugins }));
        const [termination, session] = plugins.map((plugin) => configOf(plugin));
        expect(termination?.message).toBe(message);
        expect(session).toEqual({ [name]: message });
      }),
    );
  });
});

test('no text that the check accepts brings a placeholder of its own', () => {
  fc.assert(
    fc.property(anyText, anyText, (value, message) => {
      const change = { headers: { 'X-A': [value] }, plugins: [requestTermination({ message })] };
      fc.pre(accepted(change));
      const { text, secrets } = renderState(withRoute(change), KONG_3_9);
      expect(text.split('${{')).toHaveLength(secrets.size + 1);
    }),
  );
});

test('the same declaration is rendered to the same text', () => {
  const declaration = fc.record({
    paths: fc.array(plainPath, { minLength: 1, maxLength: 3 }),
    headers: fc.dictionary(fc.stringMatching(/^[A-Za-z]{1,8}$/), fc.array(anyText, { minLength: 1 })),
    priority: fc.nat(1000),
    stripPath: fc.boolean(),
  });
  fc.assert(
    fc.property(declaration, (change) => {
      const [once, again] = [change, structuredClone(change)].map(
        (one) => renderState(withRoute(one), KONG_3_9).text,
      );
      expect(again).toBe(once);
    }),
  );
});
