import { isApiError } from '../../client/api-error.js'
import { parseApiVersion } from '../../api/api-version.js'
import type { CommandLine, Command } from '../call.js'
import { KubectlError, NoResourceMatch } from '../errors.js'
import { explainOld, explainText } from '../explain/plaintext.js'
import type { ExplainedKind, Schemas } from '../explain/schemas.js'
import { readOldSchemas, readSchemas } from '../explain/schemas.js'

/**
 * `kubectl explain RESOURCE[.FIELD...]`, from the server's OpenAPI documents. Source: kubectl
 * pkg/cmd/explain.
 */
export const explain: Command = {
  name: 'explain',
  run(call) {
    const { args, flags, out } = call
    const [resource, ...more] = args
    if (resource === undefined) {
      throw new KubectlError(
        'You must specify the type of resource to explain. ' +
          'Use "kubectl api-resources" for a complete list of supported resources.',
      )
    }
    if (more.length > 0) throw new KubectlError('We accept only this format: explain RESOURCE')
    const format = flags.string('output')
    const print =
      format === 'plaintext' ? explainText : format === 'plaintext-openapiv2' ? explainOld : undefined
    if (print === undefined) throw new KubectlError(`unrecognized format: ${format}`)
    const { kind, path } = resolved(call, resource)
    const write = (text: string): void => out.write(text)
    const parts = { kind, path, recursive: flags.bool('recursive') }
    const schemas = schemasOf(call, kind)
    // kubectl falls back to OpenAPI v2 if the server has no v3 documents
    if (schemas === undefined) explainOld({ ...parts, schemas: readOldSchemas(call) }, write)
    else print({ ...parts, schemas }, write)
  },
}

/** Reads the schemas; undefined if the server has no OpenAPI v3. */
function schemasOf(call: CommandLine, kind: ExplainedKind): Schemas | undefined {
  try {
    return readSchemas(call, kind)
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
    return undefined
  }
}

/**
 * Splits at the first dot, or at a later one if the name has a group (`crontabs.example.com.spec`), into the
 * kind and its fields.
 */
function resolved(
  { env: { scheme }, flags }: CommandLine,
  text: string,
): { readonly kind: ExplainedKind; readonly path: readonly string[] } {
  const words = text.replace(/\.$/, '').split('.')
  const apiVersion = flags.string('api-version')
  for (let at = words.length; at > 0; at--) {
    const found = scheme.byName(words.slice(0, at).join('.'))
    if (found === undefined) continue
    const path = words.slice(at)
    if (apiVersion === '') return { kind: found, path }
    const { group, version } = parseApiVersion(apiVersion)
    const other = scheme.byResource(group, version, found.resource)
    if (other === undefined)
      throw new KubectlError(`couldn't find resource for "${group}/${version}, Resource=${found.resource}"`)
    return { kind: other, path }
  }
  throw new NoResourceMatch(`the server doesn't have a resource type ${JSON.stringify(words[0])}`)
}
