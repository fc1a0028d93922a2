/** The house from the roof down. Folders on one line are siblings and do not know each other. */
export const levels: readonly (readonly string[])[] = [
  ['cli'],
  ['course'],
  ['host', 'explore'],
  ['server', 'client-node', 'real', 'testing'],
  ['cluster'],
  ['kubectl', 'images', 'view'],
  ['scheduler', 'kubelet', 'controllers', 'network'],
  ['rbac', 'pki', 'netpol'],
  ['apiserver'],
  ['client'],
  ['api', 'etcd', 'shell'],
  ['sim'],
  ['lang', 'disk'],
]

/** What components and kubectl may import: they reach the apiserver through the `Client` interface only. */
const client = ['client', 'api', 'sim', 'lang']

/**
 * For the folders that may not see all that is below them: the folders (or parts of folders) that they may.
 */
export const visible: Readonly<Record<string, readonly string[]>> = {
  kubectl: [...client, 'rbac', 'pki', 'netpol'],
  scheduler: client,
  kubelet: [...client, 'shell'],
  controllers: client,
  network: [...client, 'netpol'],
  view: ['client', 'api', 'rbac', 'pki', 'netpol', 'network', 'lang'],
  shell: ['sim', 'lang'],
}

/**
 * The folders that may touch the store: its owner, the composition root that builds it, and the edge that
 * serves it.
 */
export const storeUsers: readonly string[] = ['apiserver/', 'cluster/', 'server/etcd/', 'host/etcd/']

/** Files of this name are pure: they and the neighbours they import know nothing but `api` and `lang`. */
const pureFile = /(^|\/)evaluate\.ts$/

const entry = '(entry)'

/**
 * The layer of a file whose path is relative to `src`: its first folder, or `(entry)` for a file in `src`
 * itself.
 */
export function layerOf(file: string): string {
  const slash = file.indexOf('/')
  return slash < 0 ? entry : file.slice(0, slash)
}

/** Whether the file must be a pure evaluator. */
export function isPure(file: string): boolean {
  return pureFile.test(file)
}

/** Whether the file belongs to the core, which also runs in browsers and is deterministic. */
export function isCore(file: string): boolean {
  if (file.startsWith('explore/clients/')) return false // promises, and real time until clients are quiet
  return !['server', 'client-node', 'real', 'host', 'course', 'cli', 'disk'].includes(layerOf(file))
}

/** Whether the file may look at the real clock: a search ends when its time is up. */
export function hasRealClock(file: string): boolean {
  return file === 'explore/search/budget.ts'
}

function levelOf(layer: string): number {
  return layer === entry ? -1 : levels.findIndex((level) => level.includes(layer))
}

function isBelow(folder: string, target: string): boolean {
  return target.startsWith(`${folder}/`)
}

/**
 * Says what is wrong with an import from one file of `src` to another (both relative to `src`), or nothing.
 * An import inside one layer is always right here; circles and purity are looked at elsewhere.
 */
export function judgeImport(from: string, to: string): string | undefined {
  const source = layerOf(from)
  const target = layerOf(to)
  if (source === target) return undefined
  if (source === entry)
    return target === 'server' ? 'the entry is core and must not import server' : judgeStore(from, target)
  const above = levelOf(source)
  const below = levelOf(target)
  if (above < 0) return `src/${source} is not in the table of scripts/lint/layers.ts`
  if (target !== entry && below < 0) return `src/${target} is not in the table of scripts/lint/layers.ts`
  if (below < above) return `upward import: ${source} must not know ${target === entry ? to : target}`
  if (below === above) return `sideways import: ${source} and ${target} are siblings`
  const allowed = visible[source]
  if (allowed && !allowed.some((folder) => isBelow(folder, to)))
    return `${source} sees only ${allowed.join(', ')}, not ${to}`
  return judgeStore(from, target)
}

function judgeStore(from: string, target: string): string | undefined {
  if (target !== 'etcd' || storeUsers.some((folder) => from.startsWith(folder))) return undefined
  return `only apiserver (and cluster, which builds it) may import etcd, not ${layerOf(from)}`
}

/** Says what is wrong with an import of a file that a pure evaluator needs, or nothing. */
export function judgePureImport(from: string, to: string): string | undefined {
  const target = layerOf(to)
  if (['api', 'lang'].includes(target) || target === layerOf(from)) return undefined
  return `a pure evaluator knows only api and lang, not ${to}`
}
