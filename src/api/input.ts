/**
 * What a client may send for `T`: every field may be absent at every depth (defaulting and decoding fill in
 * the rest). Use it for literals: `const pod: ObjectInput<Pod> = { metadata: { name: 'a' }, spec: {
 * containers: [{ name: 'c' }] } }`.
 */
export type ObjectInput<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends ReadonlyArray<infer U>
    ? ReadonlyArray<ObjectInput<U>>
    : { readonly [K in keyof T]?: ObjectInput<T[K]> | undefined }
