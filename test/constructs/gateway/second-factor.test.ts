/** What the text of these functions can tell; what they do is for the suites with a real Kong. */
import { expect, test } from 'vitest';
import { secondFactorChunks } from '../../../constructs/gateway/second-factor.js';

const { header, body } = secondFactorChunks('http://localhost:8000/login');

test('only the address of the second factor is changed, and only where the identity system says it', () => {
  expect(header).toContain('local address = "http://localhost:8000/login?aal=aal2&return_to="\n');
  expect(header).toContain('if kong.response.get_source() ~= "service" then return end\n');
});

test('a missing factor is named, and a browser led on, where a session was shown alone', () => {
  expect(header).toContain('local session = kong.ctx.shared.portcullis_session == true\n');
  expect(header).toMatch(/local browser = .*"text\/html"/);
  expect(header).toContain('if session and browser then return end\n');
  expect(header).toContain('if session then kong.response.set_header("Required-AAL", "aal2") end\n');
  expect(header.match(/Required-AAL/g)).toHaveLength(1);
});

test('both texts are JSON, and the other one says nothing of a factor', () => {
  const texts = /\[true\] = "(.*)", \[false\] = "(.*)" \}/.exec(header);
  const read = (lua = ''): unknown =>
    JSON.parse(lua.replace(/\\(\d{3})/g, (_all, code: string) => String.fromCharCode(Number(code))));
  expect([read(texts?.[1]), read(texts?.[2])]).toEqual([
    { message: 'A second factor is needed' },
    { message: 'Forbidden' },
  ]);
});

test('what the header says is written once', () => {
  expect(header).toContain('kong.ctx.plugin.portcullis_text = text\n');
  expect(body).toContain('if text == nil then return end\n');
  expect(body).toContain('kong.ctx.plugin.portcullis_text = ""\n');
});
