/**
 * A mutable view of a frozen API type: what defaulting and strategies may write to before an object is
 * frozen. The cast is free; whoever holds a `Draft` must own the object (it is a fresh clone that nobody else
 * has seen).
 */
export type Draft<T> = T extends string | number | boolean | bigint | null | undefined
  ? T
  : T extends ReadonlyArray<infer U>
    ? Draft<U>[]
    : { -readonly [K in keyof T]: Draft<T[K]> }
