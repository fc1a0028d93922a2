import type { Document } from 'yaml'
import { isCollection, visit, YAMLParseError } from 'yaml'
import type { KubeObject } from '../api/definition.js'
import { JsonSyntaxError, parseJson } from '../api/go-json.js'
import type { CommandLine } from './call.js'
import { KubectlError } from './errors.js'
import type { SourceText } from './files.js'
import type { Info } from './resource-args.js'
import { goYamlFault } from '../api/yaml/errors.js'
import { type YamlOptions, yamlDocuments, yamlValue } from '../api/yaml/read.js'

/** The objects of `-f` files and the errors; List kinds are expanded. */
export interface Manifests {
  readonly infos: readonly Info[]
  readonly errors: readonly Error[]
}

/**
 * Reads the files of `-f`. Objects get the namespace of the call unless they stay local (`isLocal`). Throws
 * for a file that cannot be parsed; an unknown kind is collected as an error.
 */
export function readManifests(call: CommandLine, isLocal = false): Manifests {
  const sources = call.files.read(call.flags.strings('filename'), call.flags.bool('recursive'))
  const infos: Info[] = []
  const errors: Error[] = []
  for (const source of sources) {
    for (const object of parseDocuments(source).flatMap(itemsOf)) {
      const info = infoOfManifest(call, source.source, object, isLocal)
      if (info instanceof Error) errors.push(info)
      else infos.push(info)
    }
  }
  return { infos, errors }
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
 * Parses the objects of one text. Throws KubectlError. YAML 1.1 words (`yes`, `on`) are booleans, as in
 * go-yaml; dates and base 60 numbers stay text.
 */
export function parseDocuments({ source, text }: SourceText): readonly unknown[] {
  const refuse = (fault: string): Error =>
    new KubectlError(
      `error parsing ${source}: ${jsonFault(text) ?? `error converting YAML to JSON: yaml: ${fault}`}`,
    )
  try {
    return [...yamlDocuments(text, MANIFEST_YAML)].flatMap((document) => {
      const fault = faultOf(text, document)
      if (fault !== undefined) throw refuse(fault)
      const value = yamlValue(document)
      if (value === null || value === undefined) return []
      checkTyped(source, value)
      return [value]
    })
  } catch (error) {
    if (error instanceof YAMLParseError) throw refuse(goYamlFault(text, error))
    throw error
  }
}

/** go-yaml's error for a text; undefined if it is valid. */
function faultOf(text: string, document: Document.Parsed): string | undefined {
  const [fault] = document.errors
  if (fault !== undefined) return goYamlFault(text, fault)
  if (document.warnings.some(({ message }) => /Unknown directive|BAD_DIRECTIVE/i.test(message)))
    return 'found unknown directive name'
  let found: string | undefined
  visit(document, {
    Pair: (_, { key }) => void (found ??= isCollection(key) ? 'invalid map key' : undefined),
  })
  return found
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

const UNUSED_TAGS = new Set([
  'tag:yaml.org,2002:timestamp',
  'tag:yaml.org,2002:binary',
  'tag:yaml.org,2002:omap',
  'tag:yaml.org,2002:pairs',
  'tag:yaml.org,2002:set',
])

const MANIFEST_YAML: YamlOptions = {
  schema: 'yaml-1.1',
  merge: true,
  // the last of duplicate keys wins; the server reports the others when it validates the fields
  uniqueKeys: false,
  logLevel: 'error',
  customTags: (tags) =>
    tags.filter((tag) => typeof tag === 'string' || (tag.format !== 'TIME' && !UNUSED_TAGS.has(tag.tag))),
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
    `error validating ${JSON.stringify(source)}: error validating data: ${what}; if you choose to ` +
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
  isLocal: boolean,
): Info | Error {
  const apiVersion = textOf(object.apiVersion)
  const kind = textOf(object.kind)
  const name = textOf(object.metadata?.name)
  const own = textOf(object.metadata?.namespace)
  const definition = call.env.scheme.ofObject(apiVersion, kind)
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
