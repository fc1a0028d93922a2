/**
 * A mutable view of an API type, to which defaulting and strategies may write before the object is frozen.
 * The cast is free; the holder of a `Draft` must own the object, which must be a fresh clone.
 */
export type Draft<T> = T extends string | number | boolean | bigint | null | undefined
  ? T
  : T extends ReadonlyArray<infer U>
    ? Draft<U>[]
    : { -readonly [K in keyof T]: Draft<T[K]> }
