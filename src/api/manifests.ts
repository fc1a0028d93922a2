import type { KubeObject } from './kind/definition.js'
import { YamlError, yamlDocuments } from '../lang/yaml/read.js'

/** Manifests whose types are not checked: YAML or JSON text with any number of documents, or objects. */
export type Manifests = string | object | readonly object[]

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
  try {
    return [...yamlDocuments(text)].map(({ value }) => value).filter((value) => value !== null)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw new TypeError(`the manifest is not YAML: ${placed(error)}`, { cause: error })
  }
}

function placed({ problem, place }: YamlError): string {
  return place === undefined ? problem : `${problem} at line ${place.line + 1}, column ${place.column + 1}`
}

/** What to pass instead of the name of a file. */
const hintFor = (value: unknown): string =>
  typeof value === 'string' && /\.(?:ya?ml|json)$/.test(value) ? '; pass the text of the file' : ''

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function itemsOf(value: unknown): KubeObject[] {
  if (typeof value !== 'object' || value === null)
    throw new TypeError(`a manifest must be an object, this is ${JSON.stringify(value)}${hintFor(value)}`)
  const { apiVersion, kind, items } = value as { apiVersion?: unknown; kind?: unknown; items?: unknown }
  if (typeof apiVersion !== 'string' || typeof kind !== 'string')
    throw new TypeError('a manifest must say its apiVersion and kind')
  // items of a typed list have no type of their own where a client-go program wrote it
  if (kind.endsWith('List') && Array.isArray(items)) {
    const type = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) }
    return items.flatMap((item: unknown) => itemsOf(isObject(item) ? { ...type, ...item } : item))
  }
  return [value as KubeObject]
}
