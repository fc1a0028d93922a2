/**
 * Writes src/client/built-in-kinds.ts, the types of all built-in kinds by resource, from their definitions:
 * `npm run generate:kinds`. A kind is typed if objects of it are stored and its group has input types.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { formatApiVersion } from '../src/api/api-version.js'
import type { KindDefinition } from '../src/api/kind/definition.js'
import { newestMinor } from '../src/api/releases.js'
import { schemaGroupOf } from '../src/api/schemas.js'
import { createScheme } from '../src/api/scheme.js'

const root = fileURLToPath(new URL('..', import.meta.url))
export const KINDS_FILE = 'src/client/built-in-kinds.ts'

const textOf = (file: string): string => {
  const path = `${root}/src/api/${file}`
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

/** Returns the folder of src/api that has the field tables of a kind, if it has input types, too. */
function folderOf({ group, version, kind }: KindDefinition): string | undefined {
  const tables = new RegExp(String.raw`defineGroup\(\s*'${schemaGroupOf(group, version)?.package}'`)
  return readdirSync(`${root}/src/api`).find(
    (folder) =>
      tables.test(textOf(`${folder}/generated.ts`)) &&
      textOf(`${folder}/inputs.ts`).includes(`interface ${kind}Input `),
  )
}

interface TypedKind {
  readonly definition: KindDefinition
  readonly folder: string
}

function typedKinds(): readonly TypedKind[] {
  const found = createScheme(`v1.${newestMinor}`)
    .definitions()
    .filter(({ verbs, stored }) => stored === undefined && verbs.includes('create') && verbs.includes('list'))
    .flatMap((definition) => {
      const folder = folderOf(definition)
      return folder === undefined ? [] : [{ definition, folder }]
    })
  return found.toSorted((a, b) => (a.definition.resource < b.definition.resource ? -1 : 1))
}

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1)

const membersOf = (entries: readonly (readonly [string, string])[]): string =>
  entries.map(([name, type]) => `  ${name}: ${type}\n`).join('')

/** The other names of the kinds; one that two kinds have belongs to the first of them. */
function aliasesOf(kinds: readonly TypedKind[]): readonly (readonly [string, string])[] {
  const names = new Map<string, string>()
  for (const { definition } of kinds)
    for (const name of [definition.singular, ...definition.shortNames])
      if (name !== definition.resource && !names.has(name)) names.set(name, `'${definition.resource}'`)
  return [...names].toSorted(byName)
}

function importsOf(kinds: readonly TypedKind[], file: string, suffix: string): string {
  const folders = [...new Set(kinds.map(({ folder }) => folder))].toSorted()
  return folders
    .map((folder) => {
      const names = kinds.filter((one) => one.folder === folder).map((one) => one.definition.kind + suffix)
      return `import type { ${names.toSorted().join(', ')} } from '../api/${folder}/${file}.js'\n`
    })
    .join('')
}

/** Manifests by `apiVersion`, then `kind`. */
function manifestsOf(kinds: readonly TypedKind[]): string {
  const versions = [...new Set(kinds.map(({ definition }) => formatApiVersion(definition)))].toSorted()
  return versions
    .map((version) => {
      const own = kinds
        .map(({ definition }) => definition)
        .filter((definition) => formatApiVersion(definition) === version)
        .map(({ kind }) => `${kind}: ${kind}Input`)
      return `  ${version.includes('/') ? `'${version}'` : version}: { ${own.toSorted().join('; ')} }\n`
    })
    .join('')
}

/** Returns the file before it is formatted. */
export function renderKinds(): string {
  const kinds = typedKinds()
  const typed = (suffix: string): string =>
    membersOf(kinds.map(({ definition: { resource, kind } }) => [resource, kind + suffix]))
  const clusterScoped = kinds.filter(({ definition }) => !definition.namespaced)
  return `// Written by scripts/generate-kinds.ts from the definitions of src/api. Do not edit by hand.
${importsOf(kinds, 'generated', '')}${importsOf(kinds, 'inputs', 'Input')}
/** TypeScript type of the objects that each built-in resource returns. */
export interface ResourceTypes {
${typed('')}}

/** TypeScript type of the input of each built-in resource. */
export interface ResourceInputs {
${typed('Input')}}

/** TypeScript type of the manifest of each built-in kind, by \`apiVersion\` and \`kind\`. */
export interface ManifestInputs {
${manifestsOf(kinds)}}

/** Built-in resources that are cluster-scoped. */
export type ClusterScopedResource =
${clusterScoped.map(({ definition: { resource } }) => `  | '${resource}'\n`).join('')}
/** The other names of built-in resources, as kubectl knows them: singular and short. */
export interface ResourceAliases {
${membersOf(aliasesOf(kinds))}}
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(`${root}/${KINDS_FILE}`, renderKinds())
