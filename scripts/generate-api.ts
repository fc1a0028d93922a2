/**
 * Writes src/api/<group>/generated.ts (interfaces of what the API returns, and field tables) and inputs.ts
 * (interfaces of what clients send) from OpenAPI v3 documents as a kube-apiserver serves them under
 * /openapi/v3: `npx tsx scripts/generate-api.ts <directory with core_v1.json, apps_v1.json, ...>
 * [folder...]`, then `npm run format`. Without folders all are written. What OpenAPI does not tell (which Go
 * fields are pointers, which are always written, which have defaults) comes from api-facts/<group>.json.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderGroup } from './generate-api-render.js'
import type { GoFacts, Group, OpenApiSchema } from './generate-api-types.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** A group of the built-in API: `batch.v1` is its name in Go's short form and in api-facts. */
const api = (short: string, folder: string, imports: readonly string[]): Group => ({
  package: `io.k8s.api.${short}`,
  folder,
  short,
  imports,
})

/** Package -> folder of src/api and the imports whose messages its tables may name, most specific first. */
const groups: readonly Group[] = [
  { package: 'io.k8s.apimachinery.pkg.apis.meta.v1', folder: 'meta', short: 'meta.v1', imports: [] },
  api('core.v1', 'core', ['meta']),
  api('apps.v1', 'apps', ['core', 'meta']),
  api('batch.v1', 'batch', ['core', 'meta']),
  api('policy.v1', 'policy', ['meta']),
  api('coordination.v1', 'coordination', ['meta']),
  api('autoscaling.v1', 'autoscaling', ['meta']),
  api('autoscaling.v2', 'autoscaling-v2', ['meta']),
  api('events.v1', 'events', ['core', 'meta']),
  api('scheduling.v1', 'scheduling', ['meta']),
  api('authentication.v1', 'authentication', ['meta']),
  api('authorization.v1', 'authorization', ['meta']),
  api('networking.v1', 'networking', ['core', 'meta']),
  api('discovery.v1', 'discovery', ['core', 'meta']),
  api('rbac.v1', 'rbac', ['meta']),
  api('certificates.v1', 'certificates', ['meta']),
  api('storage.v1', 'storage', ['core', 'meta']),
  api('node.v1', 'node', ['core', 'meta']),
  api('flowcontrol.v1', 'flowcontrol', ['meta']),
  api('resource.v1', 'resource', ['core', 'meta']),
  api('admissionregistration.v1', 'admissionregistration', ['meta']),
  {
    package: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
    folder: 'apiextensions',
    short: 'apiextensions.v1',
    imports: ['meta'],
  },
  {
    package: 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1',
    folder: 'apiregistration',
    short: 'apiregistration.v1',
    imports: ['meta'],
  },
]

/** Folders whose kinds clients do not write by type: reviews, and versions beside those that are typed. */
const withoutInputs = new Set(['authentication', 'authorization', 'autoscaling', 'events'])

/** Discovery answers and watch frames: nothing a client sends or etcd keeps. */
const skipped =
  /^(APIGroup|APIGroupList|APIResource|APIResourceList|APIVersions|GroupVersionForDiscovery|ServerAddressByClientCIDR|Patch|WatchEvent)$/

function readSchemas(directory: string): Map<string, OpenApiSchema> {
  const schemas = new Map<string, OpenApiSchema>()
  const files = readdirSync(directory)
    .filter((file) => /^[a-z0-9.]+_v\d+\.json$/.test(file))
    .sort()
  for (const file of files) {
    const document = JSON.parse(readFileSync(join(directory, file), 'utf8')) as {
      components?: { schemas?: Record<string, OpenApiSchema> }
    }
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) schemas.set(name, schema)
  }
  return schemas
}

/** What the facts say of one group; a group without a file is as OpenAPI says. */
function factsOf({ short }: Group): GoFacts {
  const file = join(root, `scripts/api-facts/${short}.json`)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as GoFacts) : {}
}

/**
 * Messages of one package, without generated lists (a list kind is `items` and ListMeta, nothing of its own).
 */
function messagesOf(group: Group, schemas: ReadonlyMap<string, OpenApiSchema>): Map<string, OpenApiSchema> {
  const found = [...schemas].flatMap(([full, schema]): [string, OpenApiSchema][] => {
    const name = full.slice(group.package.length + 1)
    if (!full.startsWith(`${group.package}.`) || name.includes('.') || skipped.test(name)) return []
    const isList = name.endsWith('List') && schema.properties?.['items'] !== undefined
    return schema.properties === undefined || isList ? [] : [[name, schema]]
  })
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function main(directory: string | undefined, folders: readonly string[]): void {
  if (directory === undefined)
    throw new Error('usage: tsx scripts/generate-api.ts <directory with OpenAPI v3 documents> [folder...]')
  const schemas = readSchemas(directory)
  for (const group of groups.filter(({ folder }) => folders.length === 0 || folders.includes(folder))) {
    const folder = join(root, 'src/api', group.folder)
    mkdirSync(folder, { recursive: true })
    const { generated, inputs } = renderGroup(
      group,
      groups,
      messagesOf(group, schemas),
      factsOf(group),
      schemas,
    )
    writeFileSync(join(folder, 'generated.ts'), generated)
    if (!withoutInputs.has(group.folder)) writeFileSync(join(folder, 'inputs.ts'), inputs)
  }
}

main(process.argv[2], process.argv.slice(3))
