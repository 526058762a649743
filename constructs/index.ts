/** The public constructs, for stacks of your own. */
export { Postgres, type IPostgresDatabase, type PostgresProps } from './data/postgres.js';
export { PortcullisError } from './errors.js';
export {
  clients,
  guarded,
  publicAccess,
  type Aal,
  type Access,
  type Authorization,
  type ClaimSource,
  type ClientMethod,
  type ClientsProps,
  type GuardedProps,
} from './gateway/access.js';
export { Gateway, jsonServiceDeclaration, type GatewayProps } from './gateway/gateway.js';
export { Kong, VERIFY_PORT, type KongProps } from './gateway/kong.js';
export type {
  Balancing,
  ClientDeclaration,
  ClientPublicKey,
  FixedPage,
  GatewayDeclaration,
  HashKey,
  HttpMethod,
  IdentityGate,
  RateLimit,
  RouteDeclaration,
  ServiceDeclaration,
  UpstreamHealth,
} from './gateway/model.js';
export * from './gateway/plugins/index.js';
export { accountDeclaration, type AccountLimits } from './identity/account-routes.js';
export type { Landing, Logo, Look } from './identity/account-site.js';
export { AccountUi, type AccountUiProps } from './identity/account-ui.js';
export type { IdentitySchema, Trait } from './identity/identity-schema.js';
export type { Cookie, Hasher, LogLevel, Sessions } from './identity/kratos-config.js';
export { kratosDeclaration, type KratosLimits } from './identity/kratos-routes.js';
export { Kratos, type KratosProps } from './identity/kratos.js';
export {
  Mailpit,
  mailpitDeclaration,
  type CatcherMail,
  type Mail,
  type MailpitProps,
  type SmtpMail,
} from './identity/mail.js';
export type { Methods, SentByMail } from './identity/methods.js';
export type { Rule, TrustedIssuer } from './identity/model.js';
export { Oathkeeper, type OathkeeperGate, type OathkeeperProps } from './identity/oathkeeper.js';
export type { GitHubProvider, OidcProvider, Provider } from './identity/providers.js';
export { SessionCheck, type SessionCheckProps } from './identity/session-check.js';
export { TokenSigner, type TokenSignerProps } from './identity/token-signer.js';
export { DockerPlatform, type DockerPlatformProps } from './platform/docker/docker-platform.js';
export type {
  ContainerSpec,
  FileSet,
  FileSpec,
  IJob,
  IPlatform,
  IVolume,
  IWorkload,
  Image,
  JobSpec,
  ListenerSpec,
  ProbeSpec,
  ResourceSpec,
  UserSpec,
  WorkloadSpec,
} from './platform/platform.js';
export {
  PlatformApp,
  PlatformStack,
  type BackendSpec,
  type PlatformStackProps,
  type ProviderVersions,
} from './platform/stack.js';
export { Duration, Size } from './quantities.js';
export {
  Certificate,
  type CertificateProps,
  type CertificateUsage,
  type ICertificate,
  type VariableCertificateProps,
} from './secrets/certificate.js';
export { CertificateAuthority, type CertificateAuthorityProps } from './secrets/certificate-authority.js';
export { KeyPair, type KeyAlgorithm, type KeyPairProps } from './secrets/key-pair.js';
export type { KeySet } from './secrets/key-set.js';
export type { Generations, Rotating, SecretClass, SlotRecord } from './secrets/rotation.js';
export { Secret, type GeneratedSecretProps, type VariableSecretProps } from './secrets/secret.js';
export { JsonService, type JsonServiceProps, type SignedIdentity } from './services/json-service.js';
