/** Registration, recovery and verification: one way at a time, and where else to go. */
import type { RecoveryFlow, RegistrationFlow, UiContainer, VerificationFlow } from '@ory/client-fetch';
import type { VNode } from 'preact';
import { pageOf } from '../addresses.js';
import { formsOf, mainFirst, scriptsOf, splitSocial, type Form } from '../forms.js';
import type { Page, View } from '../layout.js';
import { FormView } from '../nodes.js';
import { Messages } from './messages.js';
import { loadable } from './scripts.js';
import { Social } from './social.js';

export function registrationPage(view: View, flow: RegistrationFlow, agreed: readonly string[]): Page {
  const { words, site } = view;
  const { social, rest } = splitSocial(flow.ui.nodes);
  const forms = formsOf(rest);
  // A provider has told what it knows, and something is missing.
  const missing = social.length === 0 && rest.some(({ group }) => group === 'oidc');
  return {
    title: words.registration.title,
    scripts: loadable(view, scriptsOf(flow.ui.nodes)),
    content: (
      <>
        <Messages view={view} ui={flow.ui} forms={forms} />
        {missing ? <p>{words.registration.missing}</p> : null}
        <Forms view={view} ui={flow.ui} forms={forms} />
        <Social
          view={view}
          flow={{ kind: 'registration', id: flow.id, ui: flow.ui }}
          nodes={social}
          agreed={agreed}
          title={words.registration.social}
        />
        <ul class="links">
          <li>
            <a href={pageOf(site, 'login', { returnTo: flow.return_to })}>{words.registration.login}</a>
          </li>
        </ul>
      </>
    ),
  };
}

export function recoveryPage(view: View, flow: RecoveryFlow): Page {
  const { words, site } = view;
  const forms = formsOf(flow.ui.nodes);
  return {
    title: words.recovery.title,
    content: (
      <>
        <Messages view={view} ui={flow.ui} forms={forms} />
        {flow.state === 'choose_method' ? <p>{words.recovery.text}</p> : null}
        <Forms view={view} ui={flow.ui} forms={forms} />
        <ul class="links">
          <li>
            <a href={pageOf(site, 'login', { returnTo: flow.return_to })}>{words.common.signIn}</a>
          </li>
        </ul>
      </>
    ),
  };
}

export function verificationPage(view: View, flow: VerificationFlow): Page {
  const { words, site } = view;
  const forms = formsOf(flow.ui.nodes);
  return {
    title: words.verification.title,
    content: (
      <>
        <Messages view={view} ui={flow.ui} forms={forms} />
        {flow.state === 'choose_method' ? <p>{words.verification.text}</p> : null}
        <Forms view={view} ui={flow.ui} forms={forms} />
        <ul class="links">
          <li>
            <a href={pageOf(site, 'settings')}>{words.common.toAccount}</a>
          </li>
        </ul>
      </>
    ),
  };
}

function Forms({ view, ui, forms }: { view: View; ui: UiContainer; forms: readonly Form[] }): VNode {
  return (
    <>
      {mainFirst(forms).map((form, i) => (
        <FormView key={i} view={view} ui={ui} form={form} quiet={i > 0} />
      ))}
    </>
  );
}
