/** The account itself: what Kratos lets its owner change, and where it is signed in. */
import type { Session, SettingsFlow } from '@ory/client-fetch';
import type { VNode } from 'preact';
import { deviceName } from '../devices.js';
import { formsOf, scriptsOf, type Form } from '../forms.js';
import { PostButton, type Page, type View } from '../layout.js';
import { FormView } from '../nodes.js';
import { Messages } from './messages.js';
import { loadable } from './scripts.js';

export interface SettingsState {
  readonly flow: SettingsFlow;
  readonly current: Session;
  readonly others: readonly Session[];
  /** Whether sessions have just been ended here. */
  readonly ended: boolean;
}

export function settingsPage(view: View, { flow, current, others, ended }: SettingsState): Page {
  const { words } = view;
  const forms = formsOf(flow.ui.nodes);
  const groups = [...new Set(forms.map(({ group }) => group))];
  return {
    title: words.settings.title,
    scripts: loadable(view, scriptsOf(flow.ui.nodes)),
    content: (
      <>
        <Messages view={view} ui={flow.ui} forms={forms} />
        {ended ? (
          <div class="notice" role="status">
            <p>{words.settings.ended}</p>
          </div>
        ) : null}
        <nav class="sections" aria-label={words.settings.sections}>
          <ul>
            {groups.map((group) => (
              <li key={group}>
                <a href={`#section-${group}`}>{nameOf(view, group)}</a>
              </li>
            ))}
            <li>
              <a href="#section-sessions">{words.settings.sessions}</a>
            </li>
          </ul>
        </nav>
        {groups.map((group) => (
          <Group
            key={group}
            view={view}
            flow={flow}
            group={group}
            forms={forms.filter((form) => form.group === group)}
          />
        ))}
        <Sessions view={view} flow={flow} current={current} others={others} />
        <PostButton action={`${view.site.accountPath}/logout`} label={words.common.signOut} />
      </>
    ),
  };
}

function Group({
  view,
  flow,
  group,
  forms,
}: {
  view: View;
  flow: SettingsFlow;
  group: string;
  forms: readonly Form[];
}): VNode {
  const texts: Readonly<Record<string, unknown>> = view.words.settings;
  const text = Object.hasOwn(texts, group) ? texts[group] : undefined;
  const enrols = forms.some((form) => form.fields.some(({ node }) => node.attributes.node_type === 'img'));
  return (
    <section aria-labelledby={`section-${group}`}>
      <h2 id={`section-${group}`}>{nameOf(view, group)}</h2>
      {typeof text === 'string' ? <p>{text}</p> : null}
      {group === 'totp' && enrols ? <p>{view.words.settings.totpScan}</p> : null}
      {forms.map((form, i) => (
        <FormView key={i} view={view} ui={flow.ui} form={form} />
      ))}
    </section>
  );
}

function Sessions({
  view,
  flow,
  current,
  others,
}: {
  view: View;
  flow: SettingsFlow;
  current: Session;
  others: readonly Session[];
}): VNode {
  const { words, site } = view;
  const end = (what: string): string => `${site.accountPath}/sessions/${what}`;
  return (
    <section aria-labelledby="section-sessions">
      <h2 id="section-sessions">{words.settings.sessions}</h2>
      <p>{words.settings.sessionsText}</p>
      <ul class="sessions">
        <li>
          <p>
            <strong>{words.settings.thisSession}</strong>: {placeOf(view, current)}
          </p>
        </li>
        {others.map((session) => (
          <li key={session.id}>
            <p>{placeOf(view, session)}</p>
            <PostButton
              action={end('end')}
              label={words.settings.endSession(deviceOf(view, session))}
              fields={{ id: session.id, flow: flow.id }}
            />
          </li>
        ))}
      </ul>
      {others.length === 0 ? (
        <p>{words.settings.noOthers}</p>
      ) : (
        <PostButton action={end('end-others')} label={words.settings.endOthers} fields={{ flow: flow.id }} />
      )}
    </section>
  );
}

/** What a session was begun with, and when; in UTC, since a page without script knows no other time. */
function placeOf(view: View, session: Session): VNode {
  const begun = session.authenticated_at ?? session.issued_at;
  const format = new Intl.DateTimeFormat(view.language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return (
    <>
      {deviceOf(view, session)}
      {begun === undefined || Number.isNaN(begun.getTime()) ? null : (
        <>
          {`, ${view.words.settings.since} `}
          <time dateTime={begun.toISOString()}>{`${format.format(begun)} UTC`}</time>
        </>
      )}
    </>
  );
}

function deviceOf(view: View, session: Session): string {
  return deviceName(session.devices?.at(-1)?.user_agent, view.words);
}

function nameOf(view: View, group: string): string {
  const names: Readonly<Record<string, string>> = view.words.methods;
  return (Object.hasOwn(names, group) ? names[group] : undefined) ?? group;
}
