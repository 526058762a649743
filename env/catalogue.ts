/** Images by name: those of the upstream channel, unless a channel file names others. */

export interface CatalogueEntry {
  readonly reference: string;
  readonly version: string;
}

/** `kong`, `tools` and `jsonService` are built by `images/` everywhere; they have no upstream image. */
export const CATALOGUE_NAMES = ['kong', 'postgres', 'deck', 'tools', 'jsonService'] as const;
export type CatalogueName = (typeof CATALOGUE_NAMES)[number];
export type Catalogue = Readonly<Record<CatalogueName, CatalogueEntry>>;

/** What is used when no channel was chosen. */
export const defaultCatalogue: Catalogue = {
  kong: { reference: 'portcullis/kong-gate:0.1.0', version: '3.9.3' },
  postgres: { reference: 'postgres:17.11', version: '17.11' },
  deck: { reference: 'kong/deck:v1.65.1', version: '1.65.1' },
  tools: { reference: 'portcullis/tools:0.1.0', version: '0.1.0' },
  jsonService: { reference: 'portcullis/json-service:0.1.0', version: '0.1.0' },
};
