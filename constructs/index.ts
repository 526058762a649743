/** The public constructs, for stacks of your own. */
export { Postgres, type IPostgresDatabase, type PostgresProps } from './data/postgres.js';
export { PortcullisError } from './errors.js';
export {
  clients,
  publicAccess,
  type Access,
  type ClientMethod,
  type ClientsProps,
} from './gateway/access.js';
export { Gateway, jsonServiceDeclaration, type GatewayProps } from './gateway/gateway.js';
export { Kong, type KongProps } from './gateway/kong.js';
export type {
  Balancing,
  ClientDeclaration,
  ClientPublicKey,
  GatewayDeclaration,
  HashKey,
  HttpMethod,
  RateLimit,
  RouteDeclaration,
  ServiceDeclaration,
  UpstreamHealth,
} from './gateway/model.js';
export * from './gateway/plugins/index.js';
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
export type { Generations, Rotating, SecretClass, SlotRecord } from './secrets/rotation.js';
export { Secret, type GeneratedSecretProps, type VariableSecretProps } from './secrets/secret.js';
export { JsonService, type JsonServiceProps } from './services/json-service.js';
