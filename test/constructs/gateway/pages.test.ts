import { expect, test } from 'vitest';
import { pageHtml } from '../../../constructs/gateway/pages.js';

test('a page says its language, its title twice and its text as text', () => {
  const html = pageHtml({ title: 'A & B', text: '<b>"x"</b>' }, 'de');
  expect(html).toContain('<html lang="de">');
  expect(html.match(/A &amp; B/g)).toHaveLength(2);
  expect(html).toContain('<p>&lt;b&gt;&quot;x&quot;&lt;/b&gt;</p>');
  expect(pageHtml({ title: 'A', text: 'b' })).toContain('<html lang="en">');
});
