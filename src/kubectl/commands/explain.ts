import { quote } from '../../lang/go/quote.js'
import { isApiError } from '../../client/api-error.js'
import { parseApiVersion } from '../../api/api-version.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { KubectlError, NoResourceMatch } from '../call/errors.js'
import { groupResource, isSpelled } from '../args/kinds.js'
import { explainOld, explainText } from '../explain/plaintext.js'
import type { ExplainedKind, DocumentedSchemas } from '../explain/schemas.js'
import { readOldSchemas, readSchemas } from '../explain/schemas.js'

/**
 * `kubectl explain RESOURCE[.FIELD...]`, from the server's OpenAPI documents. Source: kubectl
 * pkg/cmd/explain.
 */
export const explain: KubectlCommand = {
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
function schemasOf(call: CommandLine, kind: ExplainedKind): DocumentedSchemas | undefined {
  try {
    return readSchemas(call, kind)
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
    return undefined
  }
}

const NO_FIELD = 'invalid jsonpath syntax, first node must be field node'

/**
 * Splits at the first dot, or after the group that the name has (`crontabs.example.com.spec`), into the kind
 * and its fields. Only the whole plural can have one, and not beside an `--api-version`. Source: kubectl
 * pkg/explain SplitAndParseResourceRequestWithMatchingPrefix.
 */
function resolved(
  { env: { scheme }, flags }: CommandLine,
  text: string,
): { readonly kind: ExplainedKind; readonly path: readonly string[] } {
  if (/^\.|\[/.test(text)) throw new KubectlError(NO_FIELD)
  const [word = '', ...fields] = text.split('.')
  const found = scheme.byName(word)
  if (found === undefined || !isSpelled(found, word))
    throw new NoResourceMatch(`the server doesn't have a resource type ${quote(word)}`)
  const apiVersion = flags.string('api-version')
  const whole = groupResource(found)
  const hasGroup = text === whole || text.startsWith(`${whole}.`)
  // what follows a whole plural is taken apart in another way
  if (text.includes('..') && (apiVersion !== '' || !hasGroup)) throw new KubectlError(NO_FIELD)
  const path = fields.filter((field) => field !== '')
  if (apiVersion === '')
    return { kind: found, path: hasGroup ? path.slice(whole.split('.').length - 1) : path }
  const { group, version } = parseApiVersion(apiVersion)
  const other = scheme.byResource(group, version, found.resource)
  if (other === undefined)
    throw new KubectlError(`couldn't find resource for "${group}/${version}, Resource=${found.resource}"`)
  return { kind: other, path }
}
