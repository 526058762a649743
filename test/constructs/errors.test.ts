import { describe, expect, test } from 'vitest';
import { PortcullisError, invalid, secretLeak, unsupported } from '../../constructs/errors.js';

describe('the grammar of mistakes', () => {
  test.each([
    ['text', 'x y', `'port' must be free, got "x y"; choose another`],
    ['a number', 80, `'port' must be free, got 80; choose another`],
    ['a truth value', true, `'port' must be free, got true; choose another`],
    ['text with a quote', 'a"b', `'port' must be free, got "a\\"b"; choose another`],
  ])('an invalid property shows %s as what was got', (_what, got, message) => {
    const error = invalid('port', 'be free', got, 'choose another');
    expect(error).toBeInstanceOf(PortcullisError);
    expect(error).toMatchObject({ name: 'PortcullisError', code: 'invalid-property', at: '', message });
  });

  test('the path of the construct ends the message and can be read by itself', () => {
    const error = invalid('port', 'be free', 80, 'choose another', 'dev/Kong');
    expect(error.message).toBe("'port' must be free, got 80; choose another (at dev/Kong)");
    expect(error.at).toBe('dev/Kong');
  });

  test('what a platform cannot do names the platform, the thing and the way out', () => {
    const error = unsupported('docker', 'autoscaling', 'set replicas', 'dev/hello');
    expect(error.code).toBe('unsupported');
    expect(error.message).toBe("platform 'docker' can't do autoscaling; set replicas (at dev/hello)");
  });

  test('a leaking secret is named by its label', () => {
    const error = secretLeak('client#0');
    expect(error.code).toBe('secret-leak');
    expect(error.message).toBe(
      "secret 'client#0' can't become a string; hand the Secret itself to a property that takes one",
    );
  });
});
