import { describe, expect, test } from 'vitest';
import { good } from '../flow-objects.js';
import { UNKNOWN } from '../kratos-stand-in.js';
import { headingsIn } from '../pages.js';
import { linksIn, onStage } from '../stage.js';

const stage = onStage();

describe('an error that Kratos has kept', () => {
  test.each<[id: string, code: number, heading: string, link: string]>([
    ['security_csrf_violation', 403, 'Your browser did not send our cookies', '/account/login'],
    ['session_aal1_required', 401, 'Your session has ended', '/account/login'],
    ['session_already_available', 400, 'You are signed in already', '/account/settings'],
    ['self_service_flow_return_to_forbidden', 400, 'That address is not allowed', '/account/settings'],
    ['session_verified_address_required', 400, 'Your mail address is not verified', '/account/verification'],
    ['made_up', 400, 'That did not work', '/account/login'],
    ['made_up', 401, 'Your session has ended', '/account/login'],
    ['made_up', 500, 'Something went wrong on our side', '/account/login'],
    ['__proto__', 418, 'That did not work', '/account/login'],
  ])('%s (%d) says what to do', async (id, code, heading, link) => {
    const reason = 'Call 555 <b>now</b>';
    stage().standIn.knows('GET /self-service/errors?id=e', good({ id: 'e', error: { id, code, reason } }));
    const { status, text } = await stage().service.ask('/account/error?id=e');
    expect([status, headingsIn(text), linksIn(text)]).toEqual([code, [heading], [link]]);
    // Parts of the reason come from addresses that anybody can write.
    expect(text).not.toContain('555');
  });

  test.each<[body: unknown]>([[{}], [{ error: null }], [{ error: { code: 200 } }], [{ error: 'x' }]])(
    '%j is one of ours',
    async (body) => {
      stage().standIn.knows('GET /self-service/errors?id=e', good(body));
      expect((await stage().service.ask('/account/error?id=e')).status).toBe(500);
    },
  );

  test('that nobody knows is a page, too', async () => {
    stage().standIn.knows('GET /self-service/errors?id=e', UNKNOWN);
    expect((await stage().service.ask('/account/error?id=e')).status).toBe(404);
    expect((await stage().service.ask('/account/error')).status).toBe(404);
  });
});
