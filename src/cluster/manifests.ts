import type { ManifestInputs } from '../client/built-in-kinds.js'

/**
 * A manifest. If its `apiVersion` and `kind` are literals of a built-in kind, {@link Checked} checks its
 * fields.
 */
export interface ManifestLike {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
}

/**
 * The input type of the kind that a manifest names; unknown for other kinds and for names that are not
 * literals.
 */
type KnownInput<M extends ManifestLike> = M['apiVersion'] extends keyof ManifestInputs
  ? M['kind'] extends keyof ManifestInputs[M['apiVersion']]
    ? ManifestInputs[M['apiVersion']][M['kind']]
    : unknown
  : unknown

type Scalar = string | number | bigint | boolean | null | undefined

/** `Input`, with an error in place of each field of the literal `Given` that it does not have. */
type Exact<Given, Input> = unknown extends Input
  ? unknown
  : Given extends null | undefined
    ? Given
    : Input extends Scalar
      ? Input
      : Input extends readonly (infer Item)[]
        ? Given extends readonly unknown[]
          ? { readonly [At in keyof Given]: Exact<Given[At], Item> }
          : Input
        : Given extends object
          ? IsDeclared<Given> extends true
            ? Input
            : {
                readonly [K in keyof Given]: K extends keyof Input
                  ? Exact<Given[K], NonNullable<Input[K]>>
                  : UnknownField<K>
              } & Input
          : Input

/** The type in place of a field that the manifest's kind does not have. */
interface UnknownField<Name> {
  readonly 'unknown field': Name
}

/** Whether a type was declared instead of inferred from an object literal: it has optional fields. */
type IsDeclared<T> = true extends {
  [K in keyof T]-?: T extends Record<K, T[K]> ? false : true
}[keyof T]
  ? true
  : false

/** A manifest with its fields checked against its kind, at every depth. */
export type Checked<M extends ManifestLike> = Exact<M, KnownInput<M>>
