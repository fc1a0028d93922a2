import { InputError } from '../../lang/input-error.js'
import { argumentsCheck, text } from '../checked-input.js'
import { zodSchema } from '../schema/zod.js'
import { createScheme } from '../scheme.js'

const checkKind = argumentsCheck('kindSchema()', "kindSchema('apps/v1', 'Deployment')", () => ({
  apiVersion: text,
  kind: text,
  version: text,
}))

/** A fault of a value, with its place. */
export interface SchemaIssue {
  readonly message: string
  readonly path: readonly PropertyKey[]
}

/** What a schema makes of a value, in the form of zod's `safeParse`. */
export type SchemaResult =
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } }

/**
 * A schema that is called like zod's. `~standard` is what other libraries take (Standard Schema, version 1).
 */
export interface KindSchema {
  /**
   * Returns the value without unknown fields.
   * @throws an error with `issues`
   */
  readonly parse: (value: unknown) => unknown
  readonly safeParse: (value: unknown) => SchemaResult
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => unknown
  }
}

/**
 * Returns the schema of a kind, for manifests from outside: `kindSchema('apps/v1',
 * 'Deployment').safeParse(object)`. It accepts what the apiserver can decode (field names, types, formats),
 * without its validation. Unknown fields are stripped. `version` is a Kubernetes minor, default `v1.35`.
 * @throws InputError if that version does not serve the kind.
 * @example kindSchema('apps/v1', 'Deployment').safeParse(value).success
 */
export function kindSchema(apiVersion: string, kind: string, version = 'v1.35'): KindSchema {
  checkKind([apiVersion, kind, version])
  const scheme = createScheme(version)
  const definition = scheme.ofObject(apiVersion, kind)
  if (!definition) throw new InputError(`Kubernetes ${version} serves no ${kind} in ${apiVersion}`)
  return zodSchema(scheme.messageOf(definition))
}
