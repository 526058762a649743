/** A copy of an object that lacks some of its keys. */
export function without<T extends object>(value: T, ...keys: readonly (keyof T)[]): Partial<T> {
  const copy: Partial<T> = { ...value };
  for (const key of keys) Reflect.deleteProperty(copy, key);
  return copy;
}
