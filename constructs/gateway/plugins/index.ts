/** The plugins that can be declared, each with safe defaults. */
export {
  customPlugin,
  type ConfigValue,
  type CustomPluginProps,
  type GatewayPlugin,
  type KongVersion,
  type PluginConfig,
  type PluginProtocol,
} from './plugin.js';
export {
  acl,
  jwt,
  keyAuth,
  oauth2,
  type AclProps,
  type JwtProps,
  type KeyAuthProps,
  type OAuth2Flow,
  type OAuth2Props,
} from './authentication.js';
export {
  botDetection,
  cors,
  ipRestriction,
  type BotDetectionProps,
  type CorsProps,
  type IpRestrictionProps,
} from './protection.js';
export {
  fileLog,
  httpLog,
  prometheus,
  type FileLogProps,
  type HttpLogProps,
  type LogProps,
  type PrometheusProps,
} from './telemetry.js';
export {
  proxyCache,
  rateLimiting,
  requestSizeLimiting,
  requestTermination,
  type Counters,
  type LimitBy,
  type ProxyCacheProps,
  type RateLimitingProps,
  type RequestSizeLimitingProps,
  type RequestTerminationProps,
} from './traffic.js';
export {
  correlationId,
  postFunction,
  preFunction,
  requestTransformer,
  responseTransformer,
  type CorrelationIdProps,
  type FunctionPhase,
  type FunctionProps,
  type RequestChanges,
  type RequestTransformerProps,
  type ResponseTransformerProps,
  type TransformValue,
} from './transform.js';
