import { quote } from '../../lang/go/quote.js'
import { parseApiVersion } from '../../api/api-version.js'
import { exactJson } from '../../lang/json/exact-json.js'
import { parseExactJson } from '../../lang/go/json.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { parseYamlText, YamlError } from '../../lang/yaml/read.js'
import { applyJsonPatch, JsonPatchError } from '../../lang/patch/json-patch.js'
import type { JsonMap } from '../../lang/json/maps.js'
import { applyStrategicPatch } from '../../api/schema/strategic.js'
import { StrategicPatchError } from '../../api/schema/strategic-error.js'
import { isApiError } from '../../client/api-error.js'
import type { Patch } from '../../client/client.js'
import type { ResourceName } from '../../client/resources.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { dryRunOf } from '../call/dry-run.js'
import { isFailure, KubectlError, throwCollected } from '../call/errors.js'
import { patchTableOf, resourceNameOf } from '../args/kinds.js'
import { applyMergePatch } from '../../lang/patch/merge-patch.js'
import { printDone } from '../print/object.js'
import { responseText } from '../../client/response.js'
import { pathOf } from '../call/address.js'
import type { Info } from '../args/resource-args.js'
import { keyOf, typed } from '../args/resource-args.js'
import { selected } from '../args/selected.js'
import { semanticEqual } from '../../api/kind/equal.js'

const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
}

/** The patch to send: parsed, or as it was written if it is invalid, so that the server reports the error. */
interface Wanted {
  readonly type: 'json' | 'merge' | 'strategic'
  readonly body: object | undefined
  readonly text: string
}

/** `kubectl patch TYPE/NAME -p PATCH [--type] [--subresource]`. Source: kubectl pkg/cmd/patch/patch.go. */
export const patch: KubectlCommand = {
  name: 'patch',
  run(call) {
    const wanted = wantedOf(call)
    const dryRun = dryRunOf(call)
    const isLocal = call.flags.bool('local')
    if (isLocal && call.args.length > 0) throw new KubectlError('cannot specify --local and server resources')
    if (isLocal && dryRun === 'server')
      throw new KubectlError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')
    const { infos, errors } = selected(call, call.args, { isLocal, allowEmptySelector: false })
    const failures: Error[] = [...errors]
    for (const info of infos) {
      try {
        patchOne(call, info, wanted, isLocal ? 'local' : dryRun)
      } catch (error) {
        if (!isFailure(error)) throw error
        failures.push(error)
      }
    }
    throwCollected(failures)
    if (infos.length === 0) throw new KubectlError('no objects passed to patch')
  },
}

function wantedOf({ flags, files }: CommandLine): Wanted {
  const path = flags.string('patch-file')
  if (flags.string('patch') !== '' && path !== '')
    throw new KubectlError('cannot specify --patch and --patch-file together')
  if (flags.string('patch') === '' && path === '')
    throw new KubectlError('must specify --patch or --patch-file containing the contents of the patch')
  const type = flags.string('type').toLowerCase()
  if (!Object.hasOwn(TYPES, type))
    throw new KubectlError(`--type must be one of [json merge strategic], not ${quote(flags.string('type'))}`)
  const text = path === '' ? flags.string('patch') : files.text(path)
  if (text === undefined)
    throw new KubectlError(`unable to read patch file: open ${path}: no such file or directory`)
  const value = valueOf(text)
  const body = typeof value === 'object' && value !== null ? value : undefined
  return {
    type: type as Wanted['type'],
    body,
    text: body !== undefined || value === undefined ? text : exactJson(value),
  }
}

/**
 * Sends text that begins like a JSON object as it is, valid or not, and reads everything else as YAML.
 * Source: apimachinery util/yaml ToJSON.
 */
function valueOf(text: string): unknown {
  if (/^\s*\{/.test(text)) {
    try {
      return parseExactJson(text) as unknown
    } catch {
      return undefined
    }
  }
  try {
    return parseYamlText(text)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw new KubectlError(`unable to parse ${quote(text)}: ${error.message}`)
  }
}

function patchOne(
  call: CommandLine,
  info: Info,
  wanted: Wanted,
  dryRun: 'none' | 'client' | 'server' | 'local',
): void {
  const subresource = call.flags.string('subresource')
  const { definition } = info
  const before =
    subresource === ''
      ? info.object
      : call.client.getSubresource(resourceNameOf(definition) as ResourceName, keyOf(info), subresource)
  const after =
    dryRun === 'none' || dryRun === 'server'
      ? onServer(call, info, wanted, dryRun === 'server', subresource)
      : locally(call, before, definition, wanted)
  const isSame = semanticEqual(before, after)
  const shown = subresource === '' ? definition : { ...definition, ...kindIn(after) }
  printDone(call, shown, after, isSame ? 'patched (no change)' : 'patched', 'none')
}

function kindIn({ apiVersion = '', kind = '' }: KubeObject): {
  readonly group: string
  readonly kind: string
} {
  return { group: parseApiVersion(apiVersion).group, kind }
}

function onServer(
  call: CommandLine,
  info: Info,
  wanted: Wanted,
  dryRun: boolean,
  subresource: string,
): KubeObject {
  try {
    return sent(call, info, wanted, dryRun, subresource)
  } catch (error) {
    if (!isApiError(error, 'UnsupportedMediaType')) throw error
    const { group, version, kind } = info.definition
    throw new KubectlError(
      `${TYPES[wanted.type] as string} is not supported by ` +
        `${group === '' ? '' : `${group}/`}${version}, Kind=${kind}: ${error.message}`,
    )
  }
}

function sent(
  call: CommandLine,
  info: Info,
  { type, body, text }: Wanted,
  dryRun: boolean,
  subresource: string,
): KubeObject {
  const { definition } = info
  const fieldManager = call.flags.string('field-manager')
  if (body === undefined) {
    const query = `?fieldManager=${encodeURIComponent(fieldManager)}${dryRun ? '&dryRun=All' : ''}`
    const path = pathOf(definition, info.namespace, info.name, subresource)
    const headers = { 'content-type': TYPES[type] as string, accept: 'application/json' }
    return parseExactJson(
      responseText(call.request({ method: 'PATCH', path: path + query, headers, body: text })),
    ) as KubeObject
  }
  const options = { dryRun, fieldManager, ...(subresource === '' ? {} : { subresource }) }
  const result = call.client.patch(resourceNameOf(definition), keyOf(info), { type, body } as Patch, options)
  return subresource === '' ? typed(definition, result) : result
}

/**
 * Patches kubectl's own copy, for `--local` and `--dry-run=client`. Throws KubectlError. Source: kubectl
 * pkg/cmd/patch getPatchedJSON.
 */
function locally(
  { env: { scheme } }: CommandLine,
  object: KubeObject,
  definition: Info['definition'],
  { type, body, text }: Wanted,
): KubeObject {
  if (body === undefined) throw new KubectlError(`unable to parse ${quote(text)}`)
  try {
    if (type === 'json') return applyJsonPatch(object, body as readonly unknown[]) as KubeObject
    const message = type === 'strategic' ? patchTableOf(scheme, definition) : undefined
    if (message === undefined) return applyMergePatch(object, body) as KubeObject
    return applyStrategicPatch(
      message,
      object as unknown as JsonMap,
      body as JsonMap,
    ) as unknown as KubeObject
  } catch (error) {
    throw error instanceof JsonPatchError || error instanceof StrategicPatchError
      ? new KubectlError(error.message)
      : error
  }
}
