import { InputError } from '../lang/input-error.js'
import type { KubeObject } from './kind/definition.js'
import { YamlError, yamlDocuments } from '../lang/yaml/read.js'

/** Manifests whose types are not checked: YAML or JSON text with any number of documents, or objects. */
export type Manifests = string | object | readonly object[]

/** An object of manifests, and where it stands: `document 2, line 7`, or '' if there is only one. */
export interface PlacedManifest {
  readonly object: KubeObject
  readonly place: string
}

/**
 * Parses manifests to objects. `List` kinds are expanded and empty documents skipped.
 * @throws InputError if the text is not YAML, or a document is not an object with apiVersion and kind
 * @example parseManifests(text).filter(({ kind }) => kind === 'Deployment')
 */
export function parseManifests(manifests: Manifests): readonly KubeObject[] {
  return placedManifests(manifests).map(({ object }) => object)
}

/** As {@link parseManifests}, with the place of each object. */
export function placedManifests(manifests: Manifests): readonly PlacedManifest[] {
  if (typeof manifests === 'string') return ofText(manifests)
  if (!Array.isArray(manifests)) return itemsOf(manifests, () => '')
  return manifests.flatMap((each: unknown, at) => itemsOf(each, () => `manifest ${at + 1}`))
}

/** Returns the place of a map, if it has a line. */
type PlaceOf = (value: object | undefined) => string

function ofText(text: string): readonly PlacedManifest[] {
  const lines = new WeakMap<object, number>()
  const found: PlacedManifest[] = []
  let number = 0
  try {
    for (const { value } of yamlDocuments(text, { lines })) {
      if (value === null) continue
      const document = ++number
      const placeOf: PlaceOf = (map) => {
        const line = map && lines.get(map)
        return `document ${document}${line === undefined ? '' : `, line ${line}`}`
      }
      found.push(...itemsOf(value, placeOf))
    }
    return found
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw new InputError(`the manifest is not YAML: ${placed(error)}`, { cause: error })
  }
}

function placed({ problem, place }: YamlError): string {
  return place === undefined ? problem : `${problem} at line ${place.line + 1}, column ${place.column + 1}`
}

/** What to pass instead of the name of a file. */
const hintFor = (value: unknown): string =>
  typeof value === 'string' && /\.(?:ya?ml|json)$/.test(value) ? '; pass the text of the file' : ''

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const prefix = (place: string): string => (place === '' ? '' : `${place}: `)

function itemsOf(value: unknown, placeOf: PlaceOf): PlacedManifest[] {
  if (!isObject(value)) {
    const shown = `${JSON.stringify(value)}${hintFor(value)}`
    throw new InputError(`${prefix(placeOf(undefined))}a manifest must be an object, this is ${shown}`)
  }
  const { apiVersion, kind, items } = value as { apiVersion?: unknown; kind?: unknown; items?: unknown }
  const place = placeOf(value)
  if (typeof apiVersion !== 'string' || typeof kind !== 'string')
    throw new InputError(`${prefix(place)}a manifest must say its apiVersion and kind; ${foundIn(value)}`)
  if (!kind.endsWith('List') || !Array.isArray(items)) return [{ object: value as KubeObject, place }]
  // items of a typed list have no type of their own where a client-go program wrote it
  const type = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) }
  return items.flatMap((item: unknown, at) => {
    const inList = (): string =>
      [placeOf(isObject(item) ? item : undefined), `item ${at + 1}`].filter((each) => each !== '').join(', ')
    return itemsOf(isObject(item) ? { ...type, ...item } : item, inList)
  })
}

/** What a manifest has in place of its type. */
function foundIn(manifest: object): string {
  const { apiVersion, kind } = manifest as { apiVersion?: unknown; kind?: unknown }
  if (apiVersion === undefined && kind === undefined)
    return `it has ${Object.keys(manifest).join(', ') || 'no fields'}`
  const shown = (value: unknown): string => JSON.stringify(value) ?? 'missing'
  return `apiVersion is ${shown(apiVersion)} and kind is ${shown(kind)}`
}
