/** The login page in its four kinds: first factor, second factor, "confirm that it is you", and neither needed. */
import type { LoginFlow } from '@ory/client-fetch';
import type { VNode } from 'preact';
import { ownPath, pageOf } from '../addresses.js';
import { formsOf, scriptsOf, splitSocial, type Form } from '../forms.js';
import { PostButton, type Page, type View } from '../layout.js';
import { FormView } from '../nodes.js';
import { Messages } from './messages.js';
import { loadable } from './scripts.js';
import { Social } from './social.js';

/** Messages that repeat what the page says itself: confirm, and give the second factor. */
const SAID = [1010003, 1010004];

export function loginPage(view: View, flow: LoginFlow, agreed: readonly string[]): Page {
  const { words, site } = view;
  const second = flow.requested_aal === 'aal2';
  const confirms = flow.refresh === true;
  const { social, rest } = splitSocial(flow.ui.nodes);
  const forms = formsOf(rest);
  const ui = { ...flow.ui, messages: (flow.ui.messages ?? []).filter(({ id }) => !SAID.includes(id)) };
  const returnTo = flow.return_to;
  const scripts = loadable(view, scriptsOf(flow.ui.nodes));
  if (second && forms.length === 0) {
    return {
      title: words.login.secondTitle,
      content: (
        <>
          <p>{words.login.secondNone}</p>
          <p>
            <a class="button primary" href={pageOf(site, 'settings')}>
              {words.login.secondSetUp}
            </a>
          </p>
          <SignOut view={view} />
        </>
      ),
    };
  }
  return {
    title: confirms ? words.login.confirmTitle : second ? words.login.secondTitle : words.login.title,
    scripts,
    content: (
      <>
        <Messages view={view} ui={ui} forms={forms} />
        {confirms ? <p>{words.login.confirm}</p> : second ? <p>{words.login.second}</p> : null}
        <Ways view={view} flow={flow} forms={forms} />
        <Social
          view={view}
          flow={{ kind: 'login', id: flow.id, ui: flow.ui }}
          nodes={social}
          agreed={agreed}
          title={words.login.social}
        />
        {second || confirms ? (
          <SignOut view={view} />
        ) : (
          <ul class="links">
            {site.recovery ? (
              <li>
                <a href={pageOf(site, 'recovery', { returnTo })}>{words.login.forgot}</a>
              </li>
            ) : null}
            {site.registration ? (
              <li>
                <a href={pageOf(site, 'registration', { returnTo })}>{words.login.register}</a>
              </li>
            ) : null}
            {site.landing === undefined ? null : (
              <li>
                <a href={`${site.accountPath}/`}>{words.common.start}</a>
              </li>
            )}
          </ul>
        )}
      </>
    ),
  };
}

/** The forms; where there are several ways, each under its name. */
function Ways({ view, flow, forms }: { view: View; flow: LoginFlow; forms: readonly Form[] }): VNode {
  const names: Readonly<Record<string, string>> = view.words.methods;
  return (
    <>
      {forms.map((form, i) => {
        const name = names[form.group];
        const drawn = <FormView view={view} ui={flow.ui} form={form} quiet={i > 0} />;
        return forms.length === 1 || name === undefined ? (
          <div key={i}>{drawn}</div>
        ) : (
          <section key={i} aria-labelledby={`way-${i}`}>
            <h2 id={`way-${i}`}>{name}</h2>
            {drawn}
          </section>
        );
      })}
    </>
  );
}

function SignOut({ view }: { view: View }): VNode {
  return (
    <div class="aside">
      <p>{view.words.login.otherAccount}</p>
      <PostButton action={`${view.site.accountPath}/logout`} label={view.words.common.signOut} kind="quiet" />
    </div>
  );
}

/** For who opens a login that isn't needed any more, such as by the button "back". */
export function signedInPage(view: View, returnTo: string | undefined): Page {
  const { words, site } = view;
  const onward = ownPath(site, returnTo);
  return {
    title: words.signedIn.title,
    content: (
      <>
        <p>{words.signedIn.text}</p>
        {onward === undefined ? null : (
          <p>
            <a class="button primary" href={onward}>
              {words.common.continue}
            </a>
          </p>
        )}
        <p>
          <a class="button secondary" href={pageOf(site, 'settings')}>
            {words.common.toAccount}
          </a>
        </p>
        <PostButton action={`${site.accountPath}/logout`} label={words.common.signOut} kind="quiet" />
      </>
    ),
  };
}
