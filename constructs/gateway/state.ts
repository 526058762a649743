/** Kong's declarative state, rendered from the model. */
import { Document, Scalar, visit } from 'yaml';
import { asJson, sameValue, Sealed } from '../secrets/sealed.js';
import { ANONYMOUS, admitsAnonymous, clients } from './access.js';
import { renderClient } from './client-state.js';
import { directServices } from './guarded-routes.js';
import { renderGuarded } from './guarded-state.js';
import { hygieneChunk, type HygieneProps } from './hygiene.js';
import type { GatewayDeclaration } from './model.js';
import { renderPages } from './pages.js';
import type { ConfigValue, GatewayPlugin, KongVersion } from './plugins/plugin.js';
import { requestSizeLimiting, requestTermination } from './plugins/traffic.js';
import { correlationId, preFunction } from './plugins/transform.js';
import { oauth2 } from './plugins/authentication.js';
import { pluginList, renderService, type PluginRenderer } from './service-state.js';
import { renderUpstream } from './upstream-state.js';
import { renderVerifyPlugins, renderVerifyRoutes, verifyPaths } from './verify-state.js';

/** A rendered state file, and the secrets that decK must find in its environment. */
export interface GatewayState {
  /** YAML with decK's `env` placeholders instead of secrets. */
  readonly text: string;
  /** Environment variable of decK → value as a JSON string, quotes included. */
  readonly secrets: ReadonlyMap<string, Sealed>;
}

/** Where clients ask for access tokens, over HTTPS. */
export const TOKEN_PATH = '/oauth2/token';
/** Name of the route that answers there. */
export const TOKEN_ROUTE = 'oauth2-token';

/** A field of Kong's, which no version of YAML takes for anything but text. */
const PLAIN_KEY = /^(?!(y|n|yes|no|on|off|true|false|null)$)_?[a-z][a-z0-9_]*$/;

/** Own prefix below DECK_, which decK insists on: a bare one could be a flag of decK itself. */
const PREFIX = 'DECK_ENV_';

/** Puts placeholders where secrets belong and remembers which is which. */
export class Placeholders {
  readonly secrets = new Map<string, Sealed>();
  private readonly known: { readonly sealed: Sealed; readonly placeholder: string }[] = [];

  of(sealed: Sealed): string {
    const known = this.known.find((one) => sameValue(one.sealed, sealed));
    if (known !== undefined) return known.placeholder;
    const wanted = `${PREFIX}${sealed.label.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}`;
    let name = wanted;
    for (let n = 2; this.secrets.has(name); n++) name = `${wanted}_${n}`;
    this.secrets.set(name, asJson(sealed));
    const placeholder = `\${{ env "${name}" }}`;
    this.known.push({ sealed, placeholder });
    return placeholder;
  }
}

/** Renders `_format_version` 3.0; names and order are stable, so the same model gives the same text. */
export function renderState(gateway: GatewayDeclaration, kong: KongVersion): GatewayState {
  const placeholders = new Placeholders();
  const render: PluginRenderer = (plugin) => ({
    name: plugin.name,
    ...(plugin.protocols === undefined ? {} : { protocols: [...plugin.protocols] }),
    config: plainConfig(plugin.config(kong), placeholders),
  });
  const anonymous = gateway.services
    .flatMap(({ routes }) => routes)
    .filter((route) => admitsAnonymous(route.access ?? clients()));
  const guarded = renderGuarded(gateway, render);
  const direct = directServices(gateway);
  const tokens = gateway.clients.some((client) => client.oauth2 !== undefined);
  const alone = [
    ...(tokens ? [tokenRoute(gateway, render)] : []),
    ...renderPages(gateway, render),
    ...renderVerifyRoutes(gateway, render),
  ];
  const document = new Document({
    _format_version: '3.0',
    _info: { select_tags: [gateway.tag] },
    services: [...direct.map((service) => renderService(service, gateway, render)), ...guarded.services],
    ...(alone.length === 0 ? {} : { routes: alone }),
    upstreams: [...direct.map(renderUpstream), ...guarded.upstreams],
    consumers: [
      ...gateway.clients.map((client) => renderClient(client, gateway, placeholders, render)),
      ...(anonymous.length === 0 ? [] : [{ username: ANONYMOUS }]),
      ...guarded.consumers,
    ],
    plugins: [
      ...gatewayPlugins(gateway).map(render),
      ...anonymous.map(({ name }) => ({
        ...render(requestTermination({ status: 401, message: 'Unauthorized' })),
        route: name,
        consumer: ANONYMOUS,
      })),
      ...guarded.plugins,
      ...renderVerifyPlugins(gateway, render),
    ],
  });
  visit(document, {
    Scalar(key, node) {
      if (typeof node.value !== 'string') return;
      // A secret's value brings its own quotes. All other text is quoted, because decK reads YAML 1.1,
      // where `no` and `on` are truth values and `010` is a number.
      const bare = node.value.startsWith('${{') || (key === 'key' && PLAIN_KEY.test(node.value));
      node.type = bare ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE;
    },
  });
  return { text: document.toString({ lineWidth: 0 }), secrets: placeholders.secrets };
}

/** What acts on every request: sound headers and ids first, then what the declaration says. */
function gatewayPlugins(gateway: GatewayDeclaration): GatewayPlugin[] {
  const own = gateway.plugins.find(({ name }) => name === 'pre-function');
  const chunks = own === undefined ? {} : own.config({ major: 3, minor: 0 });
  const rewrite = Array.isArray(chunks.rewrite) ? (chunks.rewrite as readonly string[]) : [];
  const defaults: GatewayPlugin[] = [
    preFunction({
      ...chunks,
      rewrite: [hygieneChunk(gateway.requestIdHeader, hygiene(gateway)), ...rewrite],
    }),
    correlationId({ header: gateway.requestIdHeader }),
    requestSizeLimiting({ limit: gateway.requestSize }),
  ];
  const others = gateway.plugins.filter(({ name }) => name !== 'pre-function');
  return [...defaults.filter((plugin) => !others.some(({ name }) => name === plugin.name)), ...others];
}

function hygiene(gateway: GatewayDeclaration): HygieneProps {
  const { identity, verification } = gateway;
  return {
    identity: identity !== undefined,
    ...(verification === undefined
      ? {}
      : { verification: { port: verification.port, paths: verifyPaths(gateway) } }),
  };
}

/** The database takes no other text, and looking for a client by it would end with 500. */
const PLAIN_TEXT = [
  'return function()',
  '  local basic = string.match(kong.request.get_header("authorization") or "", "^%a+%s+(%S+)")',
  '  local texts = { ngx.decode_base64(basic or "") or "" }',
  '  for _, value in pairs(kong.request.get_body() or {}) do texts[#texts + 1] = value end',
  '  for i = 1, #texts do',
  '    if type(texts[i]) == "string" and string.find(texts[i], "[^\\32-\\126]") then',
  '      return kong.response.exit(400, { error = "invalid_request" })',
  '    end',
  '  end',
  'end',
  '',
].join('\n');

/** Where tokens are handed out; nothing is behind it, so any other request ends here. */
function tokenRoute(gateway: GatewayDeclaration, render: PluginRenderer): object {
  const { provisionKey } = gateway;
  return {
    name: TOKEN_ROUTE,
    protocols: ['https'],
    hosts: [...gateway.hosts],
    paths: [TOKEN_PATH],
    methods: ['POST'],
    strip_path: false,
    ...pluginList(
      [
        preFunction({ access: [PLAIN_TEXT] }),
        ...(provisionKey === undefined ? [] : [oauth2({ provisionKey })]),
        requestTermination({ status: 404, message: 'no Route matched with those values' }),
      ],
      render,
    ),
  };
}

function plainConfig(value: ConfigValue, placeholders: Placeholders): unknown {
  if (value instanceof Sealed) return placeholders.of(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return (value as readonly ConfigValue[]).map((one) => plainConfig(one, placeholders));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]: [string, ConfigValue | undefined]) =>
      inner === undefined ? [] : [[name, plainConfig(inner, placeholders)]],
    ),
  );
}
