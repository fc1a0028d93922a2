import { quote } from '../../lang/go/quote.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { JsonSyntaxError, parseJson } from '../../lang/go/json.js'
import type { CommandLine } from './call.js'
import { KubectlError } from './errors.js'
import type { SourceText } from './files.js'
import type { Info } from '../args/resource-args.js'
import { firstYamlDocument, YamlError } from '../../lang/yaml/read.js'

/** The objects of `-f` files and the errors; List kinds are expanded. */
export interface ManifestFiles {
  readonly infos: readonly Info[]
  readonly errors: readonly Error[]
}

/** How files are read. */
export interface Reading {
  /**
   * Resource arguments of the command, which may not stand beside files. Default: none; commands that have no
   * such arguments refuse them in words of their own.
   */
  readonly args?: readonly string[]
  /** Whether the server is not asked: objects keep their namespace, even none. Default false. */
  readonly isLocal?: boolean
  /** Whether objects are decoded into the Go types that kubectl knows, so no custom ones. Default false. */
  readonly isTyped?: boolean
}

/**
 * Reads the files of `-f`. Objects get the namespace of the call unless they stay local. Throws for a path
 * that is missing, then for arguments beside the files, then for a file that cannot be parsed; an unknown
 * kind is collected as an error. Source: cli-runtime pkg/resource/builder.go FilenameParam, visitByPaths.
 */
export function readManifests(call: CommandLine, reading: Reading = {}): ManifestFiles {
  const sources = call.files.read(call.flags.strings('filename'), call.flags.bool('recursive'))
  refuseArguments(reading.args ?? [])
  const infos: Info[] = []
  const errors: Error[] = []
  for (const source of sources) {
    for (const object of parseDocuments(source).flatMap(itemsOf)) {
      const info = infoOfManifest(call, source.source, object, reading)
      if (info instanceof Error) errors.push(info)
      else infos.push(info)
    }
  }
  return { infos, errors }
}

function refuseArguments(args: readonly string[]): void {
  if (args.length === 0) return
  throw new KubectlError(
    args.some((arg) => arg.includes('/'))
      ? 'resource/name arguments cannot be provided when a path is specified'
      : 'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
  )
}

/** An object as a user wrote it. */
export interface Untrusted {
  readonly apiVersion?: unknown
  readonly kind?: unknown
  readonly items?: unknown
  readonly metadata?: {
    readonly name?: unknown
    readonly namespace?: unknown
    readonly generateName?: unknown
  } | null
}

/**
 * Parses the objects of one text. Throws KubectlError. Of keys that a map has twice the last one counts; the
 * server reports them when it validates the fields.
 */
export function parseDocuments({ source, text }: SourceText): readonly unknown[] {
  try {
    return chunksOf(text).flatMap((chunk) => {
      const { value } = firstYamlDocument(chunk)
      if (value === null) return []
      checkTyped(source, value)
      return [value]
    })
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    const fault = jsonFault(text) ?? `error converting YAML to JSON: ${error.message}`
    throw new KubectlError(`error parsing ${source}: ${fault}`)
  }
}

/**
 * Splits a text at lines that begin with `---`, as kubectl does before it parses: errors count the lines of
 * their part. Source: apimachinery util/yaml YAMLReader.
 */
function chunksOf(text: string): readonly string[] {
  const chunks: string[] = []
  let start = 0
  for (const { index, 0: line } of text.matchAll(/^---[^\S\n]*(?:#.*)?(?:\n|$)/gm)) {
    if (index === start) continue
    chunks.push(text.slice(start, index))
    start = index + line.length
  }
  return start < text.length ? [...chunks, text.slice(start)] : chunks
}

/**
 * The error of text that begins like JSON, which is parsed as JSON first. Source: apimachinery util/yaml
 * YAMLOrJSONDecoder.
 */
function jsonFault(text: string): string | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    parseJson(text)
    return undefined
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    return error.message.includes('unexpected end')
      ? 'unexpected EOF'
      : `json: offset ${error.offset}: ${error.message}`
  }
}

function checkTyped(source: string, value: unknown): asserts value is Untrusted {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(source, 'invalid object to validate')
  const { apiVersion, kind } = (typeof value === 'object' && value !== null ? value : {}) as Untrusted
  const missing = [
    ...(apiVersion === undefined ? ['apiVersion not set'] : []),
    ...(kind === undefined ? ['kind not set'] : []),
  ]
  if (missing.length === 0) return
  const what = missing.length === 1 ? missing[0] : `[${missing.join(', ')}]`
  throw invalid(source, what ?? '')
}

const invalid = (source: string, what: string): KubectlError =>
  new KubectlError(
    `error validating ${quote(source)}: error validating data: ${what}; if you choose to ` +
      'ignore these errors, turn validation off with --validate=false',
  )

/** The objects of a List, or the object itself. */
export function itemsOf(value: unknown): readonly Untrusted[] {
  const object = value as Untrusted
  return typeof object.kind === 'string' && object.kind.endsWith('List') && Array.isArray(object.items)
    ? object.items.flatMap(itemsOf)
    : [object]
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

function infoOfManifest(
  call: CommandLine,
  source: string,
  object: Untrusted,
  { isLocal = false, isTyped = false }: Reading,
): Info | Error {
  const apiVersion = textOf(object.apiVersion)
  const kind = textOf(object.kind)
  const name = textOf(object.metadata?.name)
  const own = textOf(object.metadata?.namespace)
  const definition = call.env.scheme.ofObject(apiVersion, kind)
  if (isTyped && (definition === undefined || definition.custom !== undefined))
    return new KubectlError(
      `unable to decode ${quote(source)}: no kind ${quote(kind)} is registered for ` +
        `version ${quote(apiVersion)} in scheme "pkg/scheme/scheme.go:28"`,
    )
  if (definition === undefined) {
    return new KubectlError(
      `resource mapping not found for name: "${name}" namespace: "${own}" from "${source}": ` +
        `no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`,
    )
  }
  if (!definition.namespaced) return { definition, name, source, object: object as KubeObject }
  if (own !== '' && call.flags.has('namespace') && own !== call.namespace) {
    return new KubectlError(
      `the namespace from the provided object "${own}" does not match the namespace "${call.namespace}". ` +
        `You must pass '--namespace=${own}' to perform this operation.`,
    )
  }
  if (isLocal && own === '') return { definition, name, source, object: object as KubeObject }
  const namespace = own === '' ? call.namespace : own
  const placed = { ...object, metadata: { ...object.metadata, namespace } } as KubeObject
  return { definition, name, namespace, source, object: placed }
}
