import { isBuiltInVersion } from '../../../api/definitions.js'
import type { Message, SchemaGroup } from '../../../api/schema/types.js'
import { schemaGroupOf } from '../../../api/schemas.js'
import { isDocumented } from '../../../api/kind/gated-fields.js'
import type { Scheme } from '../../../api/scheme.js'
import type { Resource } from '../../registry/resources.js'
import { described, describeField } from './descriptions.js'
import { messageSchema } from './message-schema.js'
import { type GroupVersion, type GroupVersionKind, parseApiVersion } from '../../../api/api-version.js'
import { type SchemaNames, metaName } from './paths.js'
import { allGroupVersions, leafSchemas } from './quirks.js'
import { type OpenApiSchema, refTo } from './types.js'
import {
  always,
  boolean,
  atomicList,
  defineGroup,
  json,
  list,
  message,
  ref,
  required,
  string,
} from '../../../api/schema/dsl.js'
import { byKey } from '../../../lang/text/order.js'

const META_PACKAGE = 'io.k8s.apimachinery.pkg.apis.meta.v1'
/** Kinds of meta/v1 that are kinds of every group version. */
const EVERYWHERE = new Set(['DeleteOptions', 'WatchEvent'])
/** Kinds of meta/v1 that are kinds of the core group only. */
const META_KINDS = new Set(['APIGroup', 'APIGroupList', 'APIResourceList', 'APIVersions', 'Status'])

/** The schemas of one document: those that its paths use, and all that these refer to. */
export class DocumentSchemas implements SchemaNames {
  readonly #scheme: Scheme
  readonly #place: GroupVersion
  readonly #schemas = new Map<string, OpenApiSchema>()

  constructor(scheme: Scheme, place: GroupVersion) {
    this.#scheme = scheme
    this.#place = place
  }

  /** Returns all schemas, sorted by name. */
  all(): Readonly<Record<string, OpenApiSchema>> {
    return Object.fromEntries([...this.#schemas].sort(byKey))
  }

  meta(name: string): string {
    const full = metaName(name)
    if (Object.hasOwn(leafSchemas, full)) return this.#leaf(full)
    const message = metaMessages.find(name) ?? schemaGroupOf('apps', 'v1')?.find(name)
    if (message === undefined) throw new Error(`bug: no schema ${full}`)
    return this.#message(message)
  }

  /** version.Info */
  versionInfo(): string {
    return this.#message(versionInfoMessage())
  }

  kind(group: string, version: string, kind: string): string {
    const definition = this.#scheme.byKind(group, version, kind)
    if (definition?.custom !== undefined)
      return this.#custom({ group, kind, version }, definition.custom.schema as OpenApiSchema)
    const message =
      definition === undefined
        ? schemaGroupOf(group, version)?.find(kind)
        : this.#scheme.messageOf(definition)
    if (message === undefined) throw new Error(`bug: no field table for ${kind} of ${group}/${version}`)
    return this.#message(message, { group, kind, version })
  }

  list({ group, kind, definition }: Resource): string {
    const { version, custom } = definition
    const listKind = custom?.listKind ?? `${kind}List`
    const item = this.kind(group, version, kind)
    const name = `${item.slice(0, item.lastIndexOf('.') + 1)}${listKind}`
    if (this.#schemas.has(name)) return name
    const of = (field: string, schema: OpenApiSchema): OpenApiSchema =>
      described(schema, describeField(listKind, field))
    this.#schemas.set(name, {
      type: 'object',
      required: ['items'],
      properties: {
        apiVersion: of('apiVersion', { type: 'string' }),
        items: of('items', { type: 'array', items: { default: {}, allOf: [refTo(item)] } }),
        kind: of('kind', { type: 'string' }),
        metadata: of('metadata', { default: {}, allOf: [refTo(this.meta('ListMeta'))] }),
      },
      'x-kubernetes-group-version-kind': [{ group, kind: listKind, version }],
    })
    return name
  }

  /**
   * Returns the schema of a CRD with the fields that every object has. Source: apiextensions-apiserver
   * pkg/controller/openapi/builder.
   */
  #custom(kind: GroupVersionKind, schema: OpenApiSchema): string {
    const name = [...kind.group.split('.').reverse(), kind.version, kind.kind].join('.')
    if (this.#schemas.has(name)) return name
    const of = (field: string, own: OpenApiSchema): OpenApiSchema =>
      described(own, describeField(kind.kind, field))
    const common = {
      apiVersion: of('apiVersion', { type: 'string' }),
      kind: of('kind', { type: 'string' }),
      metadata: of('metadata', { allOf: [refTo(this.meta('ObjectMeta'))] }),
    }
    this.#schemas.set(name, {
      ...schema,
      type: 'object',
      properties: sorted({ ...schema.properties, ...common }),
      'x-kubernetes-group-version-kind': [kind],
    })
    return name
  }

  #leaf(name: string): string {
    const schema = Object.hasOwn(leafSchemas, name) ? leafSchemas[name] : undefined
    if (schema === undefined) throw new Error(`bug: no schema ${name}`)
    this.#schemas.set(name, schema)
    return name
  }

  #message(message: Message, kind?: GroupVersionKind): string {
    const name = this.#nameOf(message)
    if (this.#schemas.has(name)) return name
    this.#schemas.set(name, {}) // messages may refer to themselves
    const schema = messageSchema(message, {
      message: (other) => this.#message(other),
      leaf: (leaf) => this.#leaf(leaf),
      knows: (owner, field) => isDocumented(this.#scheme.release, owner, field),
    })
    const kinds = kind === undefined ? this.#kindsOf(message) : [kind]
    this.#schemas.set(
      name,
      kinds.length === 0 ? schema : { ...schema, 'x-kubernetes-group-version-kind': kinds },
    )
    return name
  }

  /** Names the schemas of versions that share the tables of v1. */
  #nameOf({ schemaName, group: { package: home } }: Message): string {
    const { group, version } = this.#place
    if (
      home.endsWith(`.${version}`) ||
      home === META_PACKAGE ||
      schemaGroupOf(group, version)?.package !== home
    )
      return schemaName
    const short = group === '' ? 'core' : (group.split('.')[0] as string)
    return schemaName.replace(home, `io.k8s.api.${short}.${version}`)
  }

  #kindsOf({ name, group: { package: home }, fields }: Message): readonly GroupVersionKind[] {
    if (home === META_PACKAGE) {
      if (EVERYWHERE.has(name)) return allGroupVersions.map((text) => kindIn(parseApiVersion(text), name))
      return META_KINDS.has(name) ? [{ group: '', kind: name, version: 'v1' }] : []
    }
    if (!Object.hasOwn(fields, 'kind') || !Object.hasOwn(fields, 'metadata')) return []
    const { group, version } = this.#place
    const at = schemaGroupOf(group, version)?.package === home ? this.#place : homeOf(home, this.#scheme)
    return at === undefined ? [] : [{ group: at.group, kind: name, version: at.version }]
  }
}

function sorted(properties: Readonly<Record<string, OpenApiSchema>>): Record<string, OpenApiSchema> {
  return Object.fromEntries(Object.entries(properties).sort(byKey))
}

const kindIn = ({ group, version }: GroupVersion, kind: string): GroupVersionKind => ({
  group,
  kind,
  version,
})

/** Returns the group version of a package's tables. */
function homeOf(home: string, scheme: Scheme): GroupVersion | undefined {
  return scheme.definitions().find((each) => {
    const { group, version } = each
    return (
      home.endsWith(`.${version}`) &&
      isBuiltInVersion(each) &&
      schemaGroupOf(group, version)?.package === home
    )
  })
}

/** Messages that only the documents need: those of discovery, and watch events. */
const metaMessages: SchemaGroup = defineGroup('io.k8s.apimachinery.pkg.apis.meta.v1', 'v1', [], {
  APIGroup: () =>
    message({
      apiVersion: string,
      kind: string,
      name: required(always(string)),
      preferredVersion: always(ref('GroupVersionForDiscovery')),
      serverAddressByClientCIDRs: atomicList(ref('ServerAddressByClientCIDR')),
      versions: required(atomicList(ref('GroupVersionForDiscovery'))),
    }),
  APIGroupList: () =>
    message({ apiVersion: string, groups: required(atomicList(ref('APIGroup'))), kind: string }),
  APIResource: () =>
    message({
      categories: atomicList(string),
      group: string,
      kind: required(always(string)),
      name: required(always(string)),
      namespaced: required(always(boolean)),
      shortNames: atomicList(string),
      singularName: required(always(string)),
      storageVersionHash: string,
      verbs: required(list(string)),
      version: string,
    }),
  APIResourceList: () =>
    message({
      apiVersion: string,
      groupVersion: required(always(string)),
      kind: string,
      resources: required(atomicList(ref('APIResource'))),
    }),
  APIVersions: () =>
    message({
      apiVersion: string,
      kind: string,
      serverAddressByClientCIDRs: required(atomicList(ref('ServerAddressByClientCIDR'))),
      versions: required(atomicList(string)),
    }),
  GroupVersionForDiscovery: () =>
    message({ groupVersion: required(always(string)), version: required(always(string)) }),
  ServerAddressByClientCIDR: () =>
    message({ clientCIDR: required(always(string)), serverAddress: required(always(string)) }),
  WatchEvent: () => message({ object: required(always(json)), type: required(always(string)) }),
})

const versionMessages: SchemaGroup = defineGroup('io.k8s.apimachinery.pkg.version', 'version', [], {
  Info: () =>
    message({
      buildDate: required(always(string)),
      compiler: required(always(string)),
      emulationMajor: string,
      emulationMinor: string,
      gitCommit: required(always(string)),
      gitTreeState: required(always(string)),
      gitVersion: required(always(string)),
      goVersion: required(always(string)),
      major: required(always(string)),
      minCompatibilityMajor: string,
      minCompatibilityMinor: string,
      minor: required(always(string)),
      platform: required(always(string)),
    }),
})

/** Returns version.Info, the response of `/version`. */
const versionInfoMessage = (): Message => versionMessages.message('Info')
