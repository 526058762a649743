/** Images by name: those of the upstream channel, unless a channel file names others. */

export interface CatalogueEntry {
  readonly reference: string;
  readonly version: string;
}

/** `kong` and our own programs are built by `images/` everywhere; they have no upstream image. */
export const CATALOGUE_NAMES = [
  'kong',
  'postgres',
  'deck',
  'tools',
  'jsonService',
  'kratos',
  'oathkeeper',
  'mailpit',
  'sessionCheck',
  'accountUi',
] as const;
export type CatalogueName = (typeof CATALOGUE_NAMES)[number];
export type Catalogue = Readonly<Record<CatalogueName, CatalogueEntry>>;

/** What is used when no channel was chosen. */
export const defaultCatalogue: Catalogue = {
  kong: { reference: 'portcullis/kong-gate:0.1.0', version: '3.9.3' },
  postgres: { reference: 'postgres:17.11', version: '17.11' },
  deck: { reference: 'kong/deck:v1.65.1', version: '1.65.1' },
  tools: { reference: 'portcullis/tools:0.1.0', version: '0.1.0' },
  jsonService: { reference: 'portcullis/json-service:0.1.0', version: '0.1.0' },
  kratos: { reference: 'oryd/kratos:v26.2.0', version: '26.2.0' },
  oathkeeper: { reference: 'oryd/oathkeeper:v26.2.0', version: '26.2.0' },
  mailpit: { reference: 'axllent/mailpit:v1.28.0', version: '1.28.0' },
  sessionCheck: { reference: 'portcullis/session-check:0.1.0', version: '0.1.0' },
  accountUi: { reference: 'portcullis/account-ui:0.1.0', version: '0.1.0' },
};
