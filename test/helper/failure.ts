/** Catches what a piece of work throws, so that a test can look at all of it. */

/** The error that `work` throws; throws itself when there is none. */
export function thrown(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('the work must throw, got a result');
}

/** The error that `work` ends with; throws itself when there is none. */
export async function rejected(work: Promise<unknown>): Promise<Error> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new Error('the work must fail, got a result');
}

/** The value, which must be there. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the value must be there, got undefined');
  return value;
}
