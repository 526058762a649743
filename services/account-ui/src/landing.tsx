/** The start page of a development environment: what runs, where to go, and who can be tried out. */
import { pageOf } from './addresses.js';
import type { Answer } from './exchange.js';
import { answerPage, type View } from './layout.js';
import type { Landing } from './site.js';

export function landingAnswer(view: View, landing: Landing): Answer {
  const { site, words } = view;
  const { landing: own, common } = words;
  return answerPage(view, {
    title: own.title(landing.environment),
    content: (
      <>
        <p>{own.text}</p>
        <section aria-labelledby="go">
          <h2 id="go">{own.go}</h2>
          <ul>
            <li>
              <a href={pageOf(site, 'login')}>{common.signIn}</a>
            </li>
            {site.registration ? (
              <li>
                <a href={pageOf(site, 'registration')}>{own.create}</a>
              </li>
            ) : null}
            <li>
              <a href={pageOf(site, 'settings')}>{common.account}</a>
            </li>
            {landing.mail === undefined ? null : (
              <li>
                <a href={landing.mail}>{own.mail}</a>
              </li>
            )}
          </ul>
        </section>
        {landing.services.length === 0 ? null : (
          <section aria-labelledby="running">
            <h2 id="running">{own.running}</h2>
            <ul>
              {landing.services.map(({ name, path }) => (
                <li key={name}>
                  <a href={path}>{name}</a> <code>{path}</code>
                </li>
              ))}
            </ul>
          </section>
        )}
        {landing.people.length === 0 ? null : (
          <section aria-labelledby="people">
            <h2 id="people">{own.people}</h2>
            <p>{own.peopleText}</p>
            <dl>
              {landing.people.map(({ address, command }) => (
                <div key={address}>
                  <dt>{address}</dt>
                  <dd>
                    <code>{command}</code>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        )}
        <p>
          {own.docs} <code>{landing.docs}</code>
        </p>
      </>
    ),
  });
}
