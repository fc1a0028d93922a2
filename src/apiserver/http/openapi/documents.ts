import { exactJson } from '../../../lang/json/exact-json.js'
import type { RegistryContext } from '../../registry/context.js'
import type { DiscoveredGroup } from '../discovery/groups.js'
import { discoveredGroups, isBuiltInGroup } from '../discovery/groups.js'
import { sha256Hex } from '../../../lang/bytes/sha256.js'
import { DocumentSchemas } from './document-schemas.js'
import { groupTag, operationPrefix } from './names.js'
import type { PathItem } from './operations.js'
import { contentOf, responses } from './operations.js'
import { pathsOf } from './paths.js'
import type { OpenApiSchema } from './types.js'
import { refTo } from './types.js'

/** One OpenAPI v3 document. */
export interface OpenApiDocument {
  readonly openapi: '3.0.0'
  readonly info: { readonly title: string; readonly version: string }
  readonly paths: Readonly<Record<string, PathItem>>
  readonly components: {
    readonly schemas?: Readonly<Record<string, OpenApiSchema>>
    readonly securitySchemes: Readonly<Record<string, object>>
  }
}

/** A document as it is sent, with its hash. */
export interface WrittenDocument {
  readonly document: OpenApiDocument
  readonly text: string
  /** Hash of the text. */
  readonly hash: string
}

/** Documents by their name in the index (`apis/apps/v1`), each made on first use. */
export interface OpenApiDocuments {
  readonly names: readonly string[]
  readonly at: (name: string) => WrittenDocument | undefined
}

const known = new WeakMap<object, OpenApiDocuments>()

/** Returns the OpenAPI v3 documents of a server. Clusters of one release share them until one adds a kind. */
export function openApiDocuments(context: RegistryContext): OpenApiDocuments {
  const { tables, release } = context.scheme
  let documents = known.get(tables)
  if (documents === undefined) {
    const builtIn = builtInDocuments.get(release.gitVersion) ?? new Map<string, WrittenDocument>()
    builtInDocuments.set(release.gitVersion, builtIn)
    const isBuiltIn = (name: string): boolean =>
      !name.startsWith('apis/') || isBuiltInGroup(context.scheme, name.split('/')[1] as string)
    known.set(
      tables,
      (documents = lazily(makersOf(context), (name) => (isBuiltIn(name) ? builtIn : undefined))),
    )
  }
  return documents
}

/** Documents of the built-in groups by release, which do not change with CRDs. */
const builtInDocuments = new Map<string, Map<string, WrittenDocument>>()

type Maker = () => OpenApiDocument

function lazily(
  makers: ReadonlyMap<string, Maker>,
  sharedOf: (name: string) => Map<string, WrittenDocument> | undefined,
): OpenApiDocuments {
  const own = new Map<string, WrittenDocument>()
  return {
    names: [...makers.keys()].sort(),
    at: (name) => {
      const maker = makers.get(name)
      if (maker === undefined) return undefined
      const made = sharedOf(name) ?? own
      let written = made.get(name)
      if (written === undefined) {
        const document = maker()
        const text = exactJson(document)
        made.set(name, (written = { document, text, hash: sha256Hex(text) }))
      }
      return written
    },
  }
}

/**
 * Returns a function for each document. They must not hold the context, because other clusters share them.
 */
function makersOf({ scheme, resources }: RegistryContext): ReadonlyMap<string, Maker> {
  const version = `1.${scheme.release.minor}`
  const write = (paths: OpenApiDocument['paths'], schemas: DocumentSchemas): OpenApiDocument =>
    documentOf(version, paths, schemas)
  const metaSchemas = (): DocumentSchemas => new DocumentSchemas(scheme, { group: '', version: 'v1' })
  const makers = new Map<string, Maker>(singles(metaSchemas, write))
  for (const group of discoveredGroups(scheme, resources)) {
    const isBuiltIn = isBuiltInGroup(scheme, group.name)
    if (isBuiltIn && group.name !== '')
      makers.set(`apis/${group.name}`, groupMaker(group, metaSchemas, write))
    for (const { version: one, resources: all } of group.versions) {
      const place = { group: group.name, version: one }
      makers.set(group.name === '' ? `api/${one}` : `apis/${group.name}/${one}`, () => {
        const names = new DocumentSchemas(scheme, place)
        return write(pathsOf(all, { ...place, names, isBuiltIn }), names)
      })
    }
  }
  return makers
}

type Write = (paths: OpenApiDocument['paths'], schemas: DocumentSchemas) => OpenApiDocument

const TYPES = ['application/json', 'application/vnd.kubernetes.protobuf', 'application/yaml']

function groupMaker({ name }: DiscoveredGroup, schemas: () => DocumentSchemas, write: Write): Maker {
  return () => {
    const names = schemas()
    const prefix = operationPrefix({ group: name, version: '' })
    const content = contentOf(TYPES, refTo(names.meta('APIGroup')))
    return write(
      {
        [`/apis/${name}/`]: {
          get: {
            tags: [groupTag(name)],
            operationId: `get${prefix}APIGroup`,
            responses: responses(['200'], content),
          },
        },
      },
      names,
    )
  }
}

interface Single {
  /** The name in the index and in the path. */
  readonly name: string
  readonly tag: string
  readonly operationId: string
  readonly types: readonly string[]
  readonly schemaOf: (names: DocumentSchemas) => OpenApiSchema
}

const text = (): OpenApiSchema => ({ type: 'string' })

const SINGLES: readonly Single[] = [
  {
    name: '.well-known/openid-configuration',
    tag: 'WellKnown',
    operationId: 'getServiceAccountIssuerOpenIDConfiguration',
    types: ['application/json'],
    schemaOf: text,
  },
  {
    name: 'openid/v1/jwks',
    tag: 'openid',
    operationId: 'getServiceAccountIssuerOpenIDKeyset',
    types: ['application/jwk-set+json'],
    schemaOf: text,
  },
  {
    name: 'api',
    tag: 'core',
    operationId: 'getCoreAPIVersions',
    types: TYPES,
    schemaOf: (names) => refTo(names.meta('APIVersions')),
  },
  {
    name: 'apis',
    tag: 'apis',
    operationId: 'getAPIVersions',
    types: TYPES,
    schemaOf: (names) => refTo(names.meta('APIGroupList')),
  },
  {
    name: 'version',
    tag: 'version',
    operationId: 'getCodeVersion',
    types: ['application/json'],
    schemaOf: (names) => refTo(names.versionInfo()),
  },
]

/** Documents with a single path. */
function singles(schemas: () => DocumentSchemas, write: Write): readonly (readonly [string, Maker])[] {
  return SINGLES.map(({ name, tag, operationId, types, schemaOf }) => [
    name,
    () => {
      const names = schemas()
      const content = contentOf(types, schemaOf(names))
      return write(
        { [`/${name}/`]: { get: { tags: [tag], operationId, responses: responses(['200'], content) } } },
        names,
      )
    },
  ])
}

function documentOf(
  version: string,
  paths: OpenApiDocument['paths'],
  schemas: DocumentSchemas,
): OpenApiDocument {
  const all = schemas.all()
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: version },
    paths,
    components: {
      ...(Object.keys(all).length === 0 ? {} : { schemas: all }),
      securitySchemes: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } },
    },
  }
}
