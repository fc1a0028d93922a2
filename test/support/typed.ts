/** `T` with every field optional, at every depth. */
export type Partially<T> = T extends readonly (infer Item)[]
  ? readonly Partially<Item>[]
  : T extends object
    ? { readonly [K in keyof T]?: Partially<T[K]> | undefined }
    : T

/** An object with the fields that a test needs; what is given is checked, what is left out is not read. */
export function partial<T>(object: Partially<T>): T {
  return object as T
}

/** A value of the wrong type on purpose, for tests of what happens to bad input from JavaScript. */
export function badInput<T>(value: unknown): T {
  return value as T
}
