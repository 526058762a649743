/** Fills in what a declaration of Kratos leaves out. */
import { Duration } from '../quantities.js';
import type { KratosSettings } from './kratos-config.js';
import type { KratosProps } from './kratos.js';
import { enabledMethods } from './methods.js';

/** Settings with every default; not checked yet. */
export function withDefaults(props: KratosProps): KratosSettings {
  const { sessions = {} } = props;
  return {
    publicUrl: props.publicUrl,
    basePath: props.basePath ?? '/.ory/kratos',
    accountPath: props.accountPath ?? '/account',
    returnUrls: props.returnUrls,
    registration: props.registration ?? true,
    schema: props.schema ?? {},
    methods: enabledMethods(props.methods ?? {}, hostOf(props.publicUrl)),
    providers: props.providers ?? [],
    sessions: {
      lifetime: sessions.lifetime ?? Duration.hours(24),
      aal: sessions.aal ?? 'highest_available',
      privileged: sessions.privileged ?? Duration.hours(1),
      cookie: { ...sessions.cookie, name: sessions.cookie?.name ?? 'ory_kratos_session' },
    },
    hasher: props.hasher ?? { algorithm: 'bcrypt' },
    mail: props.mail,
  };
}

/** Host of an address, empty where the text is none. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}
