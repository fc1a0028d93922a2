/**
 * The input of a client for `T`: all fields are optional at every depth (decoding and defaulting set the
 * rest). Use it for literals: `const pod: ObjectInput<Pod> = { metadata: { name: 'a' }, spec: { containers:
 * [{ name: 'c' }] } }`.
 */
export type ObjectInput<T> = T extends string | number | bigint | boolean | null | undefined
  ? T
  : T extends ReadonlyArray<infer U>
    ? ReadonlyArray<ObjectInput<U>>
    : { readonly [K in keyof T]?: ObjectInput<T[K]> | undefined }
