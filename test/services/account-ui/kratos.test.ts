import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failureOf, kratosAt, type Kratos } from '../../../services/account-ui/src/kratos.js';
import { FLOW, OTHER_SESSION, flow, good, loginNodes, session } from './flow-objects.js';
import { BROKEN, CSRF, KratosStandIn, SIGNED_OUT } from './kratos-stand-in.js';

let standIn: KratosStandIn;
let kratos: Kratos;
let heard: (string | undefined)[];
beforeEach(async () => {
  [standIn, heard] = [new KratosStandIn(), []];
  kratos = kratosAt(await standIn.start(), (failure) => heard.push(failure));
});
afterEach(() => standIn.stop());

describe('failureOf', () => {
  test.each<[status: number, body: unknown, kind: string]>([
    [500, { error: { id: 'security_csrf_violation' } }, 'unavailable'],
    [503, undefined, 'unavailable'],
    [410, { error: { id: 'self_service_flow_expired' } }, 'expired'],
    [410, undefined, 'expired'],
    [403, { error: { id: 'security_csrf_violation' } }, 'csrf'],
    [403, { error: { id: 'session_aal2_required' } }, 'second-factor'],
    [403, { error: { id: 'security_identity_mismatch' } }, 'unknown'],
    [401, { error: { id: 'session_inactive' } }, 'signed-out'],
    [401, 'no object', 'signed-out'],
    [404, undefined, 'unknown'],
    [403, undefined, 'other'],
    [400, { error: { id: 'made_up' } }, 'other'],
    [303, undefined, 'other'],
  ])('%d with %j', (status, body, kind) => {
    expect(failureOf(status, body).kind).toBe(kind);
  });

  test('keeps where an expired flow would have led', () => {
    const details = (returnTo: unknown): unknown => ({ error: { details: { return_to: returnTo } } });
    expect(failureOf(410, details('http://localhost:8000/hello'))).toEqual({
      kind: 'expired',
      returnTo: 'http://localhost:8000/hello',
    });
    for (const none of ['', 1, null]) expect(failureOf(410, details(none))).toEqual({ kind: 'expired' });
  });
});

describe('kratosAt', () => {
  test('asks in the name of the browser, and gives its cookies back', async () => {
    standIn.has('login', FLOW, { ...good(flow('login', loginNodes())), cookies: ['a=b; Path=/', 'c=d'] });
    const reply = await kratos.flow('login', FLOW, 'x=1; y=2');
    expect(reply).toMatchObject({ ok: true, value: { id: FLOW }, cookies: ['a=b; Path=/', 'c=d'] });
    expect(standIn.asked).toEqual([`GET /self-service/login/flows?id=${FLOW} x=1; y=2`]);
    expect(heard).toEqual([undefined]);
  });

  test('gives the cookies of a refusal back, too', async () => {
    standIn.has('login', FLOW, CSRF);
    expect(await kratos.flow('login', FLOW, undefined)).toEqual({
      ok: false,
      failure: { kind: 'csrf' },
      cookies: CSRF.cookies,
    });
    expect(heard).toEqual([undefined]);
  });

  test('an id is never more than a value of the query', async () => {
    await kratos.flow('login', 'a&id=b#/../x', undefined);
    expect(standIn.unexpected).toEqual(['GET /self-service/login/flows?id=a%26id%3Db%23%2F..%2Fx']);
  });

  test('asks for sessions and ends them', async () => {
    standIn.whoami(good(session()));
    standIn.knows('GET /sessions?per_page=250', good([session({ id: OTHER_SESSION })]));
    standIn.knows('DELETE /sessions', good({ count: 1 }));
    standIn.knows(`DELETE /sessions/${OTHER_SESSION}`, { status: 204 });
    expect(await kratos.whoami('x=1')).toMatchObject({ ok: true });
    expect(await kratos.otherSessions('x=1')).toMatchObject({ ok: true, value: [{ id: OTHER_SESSION }] });
    expect(await kratos.endOtherSessions('x=1')).toMatchObject({ ok: true });
    expect(await kratos.endSession(OTHER_SESSION, 'x=1')).toMatchObject({ ok: true });
    expect(standIn.unexpected).toEqual([]);
  });

  test('whoever has no session is not a failure of Kratos', async () => {
    standIn.whoami(SIGNED_OUT);
    expect(await kratos.whoami(undefined)).toMatchObject({ ok: false, failure: { kind: 'signed-out' } });
    expect(heard).toEqual([undefined]);
  });

  test('says what is wrong with Kratos, and nothing of what was asked', async () => {
    standIn.whoami(BROKEN);
    expect(await kratos.whoami('secret=1')).toMatchObject({ failure: { kind: 'unavailable' } });
    standIn.whoami({ status: 200 });
    expect(await kratos.whoami('secret=1')).toMatchObject({ failure: { kind: 'unavailable' } });
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    const gone = kratosAt(`http://127.0.0.1:${port}`, (failure) => heard.push(failure));
    expect(await gone.whoami('secret=1')).toMatchObject({ failure: { kind: 'unavailable' }, cookies: [] });
    expect(heard).toEqual(['status 500', 'SyntaxError', 'ECONNREFUSED']);
  });

  test('does not follow where Kratos sends browsers', async () => {
    standIn.whoami({ status: 303, body: {} });
    expect(await kratos.whoami(undefined)).toMatchObject({ ok: false, failure: { kind: 'other' } });
    expect(standIn.asked).toHaveLength(1);
  });
});
