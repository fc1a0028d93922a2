import type * as z from 'zod/mini'
import { zodSchema } from './schema/zod.js'
import { createScheme } from './scheme.js'

/**
 * Returns the zod schema of a kind, for manifests from outside: `kindSchema('apps/v1',
 * 'Deployment').safeParse(object)`. It accepts what the apiserver can decode (field names, types, formats),
 * without its validation. Unknown fields are stripped. `version` is a Kubernetes minor, default `v1.35`.
 * @throws RangeError if that version does not serve the kind.
 */
export function kindSchema(apiVersion: string, kind: string, version = 'v1.35'): z.ZodMiniType {
  const scheme = createScheme(version)
  const definition = scheme.ofObject(apiVersion, kind)
  if (!definition) throw new RangeError(`Kubernetes ${version} serves no ${kind} in ${apiVersion}`)
  return zodSchema(scheme.messageOf(definition))
}
