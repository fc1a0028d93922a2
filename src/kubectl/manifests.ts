import { parseAllDocuments } from 'yaml'
import type { KubeObject } from '../api/definition.js'
import type { Call } from './call.js'
import { KubectlError } from './errors.js'
import type { SourceText } from './files.js'
import type { Info } from './resource-args.js'

/** The objects of `-f` files with what went wrong; List kinds are taken apart. */
export interface Manifests {
  readonly infos: readonly Info[]
  readonly errors: readonly Error[]
}

/** Reads the files that `-f` names; objects get the namespace of the call unless they stay here (`isLocal`). A file that cannot be read ends it; an unknown kind is reported and the rest goes on. */
export function readManifests(call: Call, isLocal = false): Manifests {
  if (call.flags.string('kustomize') !== '') throw new KubectlError('kustomizations (-k) are not part of simcluster yet: build them and use -f')
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

/** An object as somebody wrote it. */
export interface Untrusted {
  readonly apiVersion?: unknown
  readonly kind?: unknown
  readonly items?: unknown
  readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown; readonly generateName?: unknown } | null
}

/** go-yaml's words for what can be wrong. */
const goErrors: readonly (readonly [code: RegExp, text: string])[] = [
  [/BLOCK_AS_IMPLICIT_KEY|Nested mappings/, 'mapping values are not allowed in this context'],
  [/flow collection|flow map|flow sequence|BAD_SCALAR_START/i, 'did not find expected node content'],
  [/tabs/i, 'found character that cannot start any token'],
  [/DUPLICATE_KEY|unique/, 'key already set in map'],
]

/** The objects of one text. Throws KubectlError. YAML 1.1 words (`yes`, `on`) are booleans, as go-yaml reads them; dates and base 60 numbers stay text. */
export function parseDocuments({ source, text }: SourceText): readonly unknown[] {
  const documents = parseAllDocuments(text, {
    schema: 'yaml-1.1',
    merge: true,
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || (tag.format !== 'TIME' && !UNUSED_TAGS.has(tag.tag))),
  })
  if (!Array.isArray(documents)) return []
  return documents.flatMap((document) => {
    const [fault] = document.errors
    if (fault !== undefined) {
      const why =
        goErrors.find(([pattern]) => pattern.test(`${fault.code} ${fault.message}`))?.[1] ?? fault.message.split('\n')[0]
      throw new KubectlError(
        `error parsing ${source}: error converting YAML to JSON: yaml: line ${fault.linePos?.at(-1)?.line ?? 1}: ${why}`,
      )
    }
    const value: unknown = document.toJS()
    if (value === null || value === undefined) return []
    checkTyped(source, value)
    return [value]
  })
}

const UNUSED_TAGS = new Set([
  'tag:yaml.org,2002:timestamp',
  'tag:yaml.org,2002:binary',
  'tag:yaml.org,2002:omap',
  'tag:yaml.org,2002:pairs',
  'tag:yaml.org,2002:set',
])

function checkTyped(source: string, value: unknown): asserts value is Untrusted {
  const { apiVersion, kind } = (typeof value === 'object' && value !== null ? value : {}) as Untrusted
  const missing = [...(apiVersion === undefined ? ['apiVersion not set'] : []), ...(kind === undefined ? ['kind not set'] : [])]
  if (missing.length === 0) return
  const what = missing.length === 1 ? missing[0] : `[${missing.join(', ')}]`
  throw new KubectlError(
    `error validating ${JSON.stringify(source)}: error validating data: ${what}; `
      + 'if you choose to ignore these errors, turn validation off with --validate=false',
  )
}

/** The objects of a List, or the object itself. */
export function itemsOf(value: unknown): readonly Untrusted[] {
  const object = value as Untrusted
  return typeof object.kind === 'string' && object.kind.endsWith('List') && Array.isArray(object.items)
    ? object.items.flatMap(itemsOf)
    : [object]
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

function infoOfManifest(call: Call, source: string, object: Untrusted, isLocal: boolean): Info | Error {
  const apiVersion = textOf(object.apiVersion)
  const kind = textOf(object.kind)
  const name = textOf(object.metadata?.name)
  const own = textOf(object.metadata?.namespace)
  const definition = call.env.scheme.ofObject(apiVersion, kind)
  if (definition === undefined) {
    return new KubectlError(
      `resource mapping not found for name: "${name}" namespace: "${own}" from "${source}": `
        + `no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`,
    )
  }
  if (!definition.namespaced) return { definition, name, source, object: object as KubeObject }
  if (own !== '' && call.flags.has('namespace') && own !== call.namespace) {
    return new KubectlError(
      `the namespace from the provided object "${own}" does not match the namespace "${call.namespace}". `
        + `You must pass '--namespace=${own}' to perform this operation.`,
    )
  }
  if (isLocal && own === '') return { definition, name, source, object: object as KubeObject }
  const namespace = own === '' ? call.namespace : own
  const placed = { ...object, metadata: { ...object.metadata, namespace } } as KubeObject
  return { definition, name, namespace, source, object: placed }
}
