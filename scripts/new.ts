/**
 * `npm run new -- kind NAME --group FOLDER [--since MINOR] [--cluster-scoped]`: writes the skeleton of a kind
 * whose types and field table are in `src/api/FOLDER/generated.ts`: its definition, its line in the group's
 * table of facts, and its test. The types of resources are generated anew.
 *
 * `npm run new -- lesson NAME`: writes NAME.yaml, a lesson that works, for a teacher to change.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { nearest } from '../src/lang/text/nearest.js'
import { pluralGuess } from '../src/api/not-served.js'

const USAGE =
  'npm run new -- kind NAME --group FOLDER [--since MINOR] [--cluster-scoped], or npm run new -- lesson NAME'

export interface NewKind {
  readonly kind: string
  /** Folder of src/api. */
  readonly group: string
  /** First minor that serves it. Default: all. */
  readonly since: number | undefined
  readonly namespaced: boolean
}

/** Returns the text of a file below a root; '' if there is none. */
type Read = (path: string) => string

/** @throws Error that says what is missing */
export function kindFiles(
  { kind, group, since, namespaced }: NewKind,
  read: Read,
): Readonly<Record<string, string>> {
  const folder = `src/api/${group}`
  const generated = read(`${folder}/generated.ts`)
  const message = messageIn(generated, kind, `${folder}/generated.ts`)
  const table = read(`${folder}/definitions.ts`)
  const [apiGroup, version] = groupVersionOf(table, read, folder)
  const dashed = kind.replaceAll(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '-').toLowerCase()
  const name = `${dashed.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Definition`
  if (table.includes(`${name},`) || table.includes(`${name})`) || read(`${folder}/${dashed}.ts`) !== '')
    throw new Error(`${folder} has ${kind} already: see ${folder}/${dashed}.ts`)
  const schema = /export const (\w+Schema)\b/.exec(generated)?.[1] ?? ''
  const isImported = new RegExp(String.raw`import \{([^}]*)\} from '\.\./kind/served-as\.js'`)
  const facts = since === undefined ? '' : `, { since: ${since} }`
  const list = /(export const \w+Definitions: readonly KindDefinition\[\] = \[)/
  if (!list.test(table)) throw new Error(`${folder}/definitions.ts has no list of definitions`)
  const withImport =
    isImported.exec(table)?.[1]?.includes('served,') || /\bserved \}/.test(table)
      ? table
      : `import { served } from '../kind/served-as.js'\n${table}`
  return {
    [`${folder}/${dashed}.ts`]: definitionText({
      kind,
      namespaced,
      message,
      schema,
      apiGroup,
      version,
      name,
    }),
    [`${folder}/definitions.ts`]:
      `import { ${name} } from './${dashed}.js'\n` +
      withImport.replace(list, `$1\n  served(${name}${facts}),`),
    [`test/api/${group}/${dashed}.test.ts`]: testText(
      kind,
      apiGroup === '' ? version : `${apiGroup}/${version}`,
      pluralGuess(kind),
    ),
  }
}

/** Returns the interface of the kind, which must be generated. */
function messageIn(generated: string, kind: string, file: string): string {
  const names = Array.from(generated.matchAll(/^export interface (\w+) \{/gm), ([, found = '']) => found)
  if (names.includes(kind))
    return (
      /^export interface \w+ \{[\s\S]*?^\}/m.exec(
        generated.slice(generated.indexOf(`interface ${kind} {`) - 7),
      )?.[0] ?? ''
    )
  const meant = nearest(kind, names)
  throw new Error(
    `${file} has no ${kind}${meant === undefined ? '' : ` (did you mean ${meant}?)`}: generate it with ` +
      'npx tsx scripts/generate-api.ts DIRECTORY first',
  )
}

/** The group and version of the kinds that a group has already. */
function groupVersionOf(table: string, read: Read, folder: string): readonly [string, string] {
  for (const [, file = ''] of table.matchAll(/from '\.\/([\w-]+)\.js'/g)) {
    const found = /^ +group: '([^']*)',\n +version: '([^']*)',/m.exec(read(`${folder}/${file}.ts`))
    if (found !== null) return [found[1] ?? '', found[2] ?? '']
  }
  throw new Error(
    `no kind in ${folder} names its group and version: write the first one of the group by hand`,
  )
}

interface Definition {
  readonly kind: string
  readonly namespaced: boolean
  readonly message: string
  readonly schema: string
  readonly apiGroup: string
  readonly version: string
  readonly name: string
}

function definitionText({ kind, namespaced, message, schema, apiGroup, version, name }: Definition): string {
  const [hasStatus, hasSpec] = ['status', 'spec'].map((part) =>
    new RegExp(`^  readonly ${part}\\??:`, 'm').test(message),
  )
  const plural = pluralGuess(kind)
  const strategy = [
    hasStatus && `prepareForCreate: (draft) => { draft.status = emptyMessage(${schema}, '${kind}Status') },`,
    hasStatus && 'prepareForUpdate: (draft, old) => { draft.status = borrow(old.status) },',
    hasStatus && hasSpec && 'prepareForStatusUpdate: (draft, old) => { draft.spec = borrow(old.spec) },',
    hasSpec && 'generationChanged: specChanged,',
  ].filter((line) => line !== false)
  const helpers = [
    'defineKind',
    'plainColumns',
    ...(hasStatus ? ['borrow', 'emptyMessage', 'statusOf'] : []),
    ...(hasSpec ? ['specChanged'] : []),
  ]
  return `import { ${helpers.toSorted().join(', ')} } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import ${hasStatus ? '' : 'type '}{ ${hasStatus ? `${schema}, type ` : ''}${kind} } from './generated.js'

/** ${apiGroup === '' ? version : `${apiGroup}/${version}`} ${kind}. */
export const ${name}: KindDefinition<${kind}> = defineKind<${kind}>({
  group: '${apiGroup}',
  version: '${version}',
  kind: '${kind}',
  resource: '${plural}',
  namespaced: ${String(namespaced)},
  storagePrefix: '/registry/${plural}',${hasStatus ? `\n  subresources: [statusOf('${apiGroup}', '${version}', '${kind}')],` : ''}
  strategy: { ${strategy.join('\n')} },
  columns: plainColumns(),
})
`
}

const testText = (kind: string, apiVersion: string, plural: string): string => `import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { arbitraries } from 'simcluster/testing'

const cluster = new SimCluster({ nodes: 0 })
const { valid, broken } = arbitraries(fc).objects('${apiVersion}', '${kind}', { cluster })

test('a valid ${kind} is created, and applying it again changes nothing', () => {
  fc.assert(
    fc.property(valid, (object) => {
      const copy = cluster.fork()
      copy.apply(object)
      const { resourceVersion } = copy.list('${plural}').metadata
      copy.apply(object)
      expect(copy.list('${plural}').metadata.resourceVersion).toBe(resourceVersion)
    }),
    { numRuns: 20 },
  )
})

test('a ${kind} that breaks a rule is refused', () => {
  fc.assert(
    fc.property(broken, ({ object, rule }) => {
      // unknown fields are refused only by a strict request
      fc.pre(!rule.message.includes('unknown field'))
      expect(() => cluster.fork().apply(object)).toThrow()
    }),
    { numRuns: 20 },
  )
})
`

/** A lesson that works, with a comment for each field. */
export const lessonText = (
  name: string,
): string => `# npm start -- lessons preview ${name}.yaml shows it as a learner sees it, and what is wrong with it.
id: ${name}
level: easy # or medium, hard
minutes: 5
exams: [ckad] # cka, ckad, cks, or leave it out
cluster: { nodes: 2 } # options of new SimCluster
ko:
  title: 아무도 연결하지 못하는 서비스 # does not give the cause away
  symptom: 포드는 실행 중인데 서비스 web으로 연결되지 않습니다.
  hints: ['kubectl get endpointslices', '서비스의 셀렉터와 포드의 레이블을 비교하세요.'] # each says more
  explanation: 셀렉터가 어떤 포드도 선택하지 않아 엔드포인트가 없었습니다.
en:
  title: A Service that nobody reaches
  symptom: The pods run, but nobody reaches the Service web.
  hints: ['kubectl get endpointslices', 'Compare the selector of the Service with the labels of the pods.']
  explanation: The selector matched no pod, so the Service had no endpoints.
start: | # breaks the cluster: lines for the shell of the control plane
  kubectl create deployment web --image=nginx --replicas=2
  kubectl expose deployment web --port=80
  kubectl patch service web -p '{"spec":{"selector":{"app":"wbe"}}}'
  sleep 30
shows: { run: kubectl get endpointslices, prints: 'web-.*<unset>' } # only while the fault is there
goals: # a line for the shell, and a pattern of what it prints when the goal is reached
  - ko: 서비스 web에 엔드포인트가 두 개 있습니다.
    en: The Service web has two endpoints.
    run: >- # two lines make one
      kubectl get endpointslices -l kubernetes.io/service-name=web
      -o jsonpath='{.items[*].endpoints[*].addresses}'
    prints: '^\\S+ \\S+$'
mayChange: [services/web] # a repair changes nothing else, not even for a moment
solution: |
  kubectl patch service web -p '{"spec":{"selector":{"app":"web"}}}'
  sleep 5
wrongRepairs: # look right, and are not: none may solve the lesson
  - kubectl label pods --all app=wbe --overwrite; sleep 5
  - kubectl scale deployment web --replicas=4; sleep 30
  - kubectl rollout restart deployment web; sleep 60
`

function newLesson(name: string, root: string): void {
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw new Error(`${name}: write a name of lower case letters, digits and hyphens`)
  const path = join(root, `${name}.yaml`)
  if (existsSync(path)) throw new Error(`${name}.yaml is there already`)
  writeFileSync(path, lessonText(name))
  console.log(`${name}.yaml: see it by npm start -- lessons preview ${name}.yaml`)
}

function main(): void {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      group: { type: 'string' },
      since: { type: 'string' },
      'cluster-scoped': { type: 'boolean', default: false },
    },
  })
  const [what, kind] = positionals
  if (what === 'lesson' && kind !== undefined) {
    newLesson(kind, process.cwd())
    return
  }
  if (what !== 'kind' || kind === undefined || values.group === undefined) throw new Error(`usage: ${USAGE}`)
  const root = fileURLToPath(new URL('..', import.meta.url))
  const since = values.since === undefined ? undefined : Number(values.since.replace(/^v?1\./, ''))
  const files = kindFiles(
    { kind, group: values.group, since, namespaced: !values['cluster-scoped'] },
    (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : ''),
  )
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
    console.log(path)
  }
  execFileSync('npx', ['oxfmt', ...Object.keys(files)], { cwd: root })
  execFileSync('npm', ['run', '-s', 'generate:kinds'], { cwd: root, stdio: 'inherit' })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
