import { parseAllDocuments } from 'yaml'
import type { KubeObject } from '../api/definition.js'
import type { ManifestInputs } from '../client/resources.js'

/** Manifests whose types are not checked: YAML or JSON text with any number of documents, or objects. */
export type Manifests = string | object | readonly object[]

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

type Scalar = string | number | boolean | null | undefined

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

/**
 * Parses manifests to objects. `List` kinds are expanded and empty documents skipped.
 * @throws TypeError if the text is not YAML, or a document is not an object with apiVersion and kind
 */
export function parseManifests(manifests: Manifests): readonly KubeObject[] {
  const documents =
    typeof manifests === 'string' ? parseText(manifests) : Array.isArray(manifests) ? manifests : [manifests]
  return documents.flatMap(itemsOf)
}

function parseText(text: string): unknown[] {
  const objects: unknown[] = []
  for (const document of parseAllDocuments(text)) {
    if (document.errors.length > 0)
      throw new TypeError(`the manifest is no YAML: ${document.errors[0]?.message ?? ''}`)
    const value: unknown = document.toJS()
    if (value !== null && value !== undefined) objects.push(value)
  }
  return objects
}

function itemsOf(value: unknown): KubeObject[] {
  if (typeof value !== 'object' || value === null)
    throw new TypeError(`a manifest must be an object, this is ${JSON.stringify(value)}`)
  const { apiVersion, kind, items } = value as { apiVersion?: unknown; kind?: unknown; items?: unknown }
  if (typeof apiVersion !== 'string' || typeof kind !== 'string')
    throw new TypeError('a manifest must say its apiVersion and kind')
  if (kind.endsWith('List') && Array.isArray(items)) return items.flatMap(itemsOf)
  return [value as KubeObject]
}
