/**
 * Writes src/api/<group>/generated.ts (TypeScript interfaces and field tables) from OpenAPI v3 documents as a kube-apiserver
 * serves them under /openapi/v3: `npx tsx scripts/generate-api.ts <directory with core_v1.json, apps_v1.json, ...>`.
 * What OpenAPI does not tell (which Go fields are pointers, which are always written) comes from api-facts/go-fields.json.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderGroup } from './generate-api-render.js'
import type { GoFacts, Group, OpenApiSchema } from './generate-api-types.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** Package -> folder of src/api and the imports whose messages its tables may name, most specific first. */
const groups: readonly Group[] = [
  { package: 'io.k8s.apimachinery.pkg.apis.meta.v1', folder: 'meta', short: 'meta.v1', imports: [] },
  { package: 'io.k8s.api.core.v1', folder: 'core', short: 'core.v1', imports: ['meta'] },
  { package: 'io.k8s.api.apps.v1', folder: 'apps', short: 'apps.v1', imports: ['core', 'meta'] },
  { package: 'io.k8s.api.policy.v1', folder: 'policy', short: 'policy.v1', imports: ['meta'] },
  { package: 'io.k8s.api.coordination.v1', folder: 'coordination', short: 'coordination.v1', imports: ['meta'] },
  { package: 'io.k8s.api.autoscaling.v1', folder: 'autoscaling', short: 'autoscaling.v1', imports: ['meta'] },
  { package: 'io.k8s.api.events.v1', folder: 'events', short: 'events.v1', imports: ['core', 'meta'] },
  { package: 'io.k8s.api.scheduling.v1', folder: 'scheduling', short: 'scheduling.v1', imports: ['meta'] },
  { package: 'io.k8s.api.authentication.v1', folder: 'authentication', short: 'authentication.v1', imports: ['meta'] },
  { package: 'io.k8s.api.authorization.v1', folder: 'authorization', short: 'authorization.v1', imports: ['meta'] },
]

/** Discovery answers and watch frames: nothing a client sends or etcd keeps. */
const skipped = /^(APIGroup|APIGroupList|APIResource|APIResourceList|APIVersions|GroupVersionForDiscovery|ServerAddressByClientCIDR|Patch|WatchEvent)$/

function readSchemas(directory: string): Map<string, OpenApiSchema> {
  const schemas = new Map<string, OpenApiSchema>()
  const files = readdirSync(directory).filter((file) => /^[a-z0-9.]+_v\d+\.json$/.test(file)).sort()
  for (const file of files) {
    const document = JSON.parse(readFileSync(join(directory, file), 'utf8')) as {
      components?: { schemas?: Record<string, OpenApiSchema> }
    }
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) schemas.set(name, schema)
  }
  return schemas
}

/** Messages of one package, without generated lists (a list kind is `items` and ListMeta, nothing of its own). */
function messagesOf(group: Group, schemas: ReadonlyMap<string, OpenApiSchema>): Map<string, OpenApiSchema> {
  const found = [...schemas].flatMap(([full, schema]): [string, OpenApiSchema][] => {
    const name = full.slice(group.package.length + 1)
    if (!full.startsWith(`${group.package}.`) || name.includes('.') || skipped.test(name)) return []
    const isList = name.endsWith('List') && schema.properties?.['items'] !== undefined
    return schema.properties === undefined || isList ? [] : [[name, schema]]
  })
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function main(directory: string | undefined): void {
  if (directory === undefined) throw new Error('usage: tsx scripts/generate-api.ts <directory with OpenAPI v3 documents>')
  const schemas = readSchemas(directory)
  const facts = JSON.parse(readFileSync(join(root, 'scripts/api-facts/go-fields.json'), 'utf8')) as GoFacts
  for (const group of groups) {
    const folder = join(root, 'src/api', group.folder)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'generated.ts'), renderGroup(group, groups, messagesOf(group, schemas), facts))
  }
}

main(process.argv[2])
