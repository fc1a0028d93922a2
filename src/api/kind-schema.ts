import type * as z from 'zod/mini'
import { zodSchema } from './schema/zod.js'
import { createScheme } from './scheme.js'

/**
 * The zod schema of a kind, for manifests that come from outside: `kindSchema('apps/v1',
 * 'Deployment').safeParse(object)`. It says what the apiserver can decode (field names, types, formats), not
 * what validation accepts; unknown fields are stripped. `version` is a Kubernetes minor, default `v1.35`.
 * @throws RangeError when that version does not serve the kind.
 */
export function kindSchema(apiVersion: string, kind: string, version = 'v1.35'): z.ZodMiniType {
  const scheme = createScheme(version)
  const definition = scheme.ofObject(apiVersion, kind)
  if (!definition) throw new RangeError(`Kubernetes ${version} serves no ${kind} in ${apiVersion}`)
  return zodSchema(scheme.messageOf(definition))
}
