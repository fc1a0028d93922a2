import { SimCluster } from 'simcluster'
import type { KubeObject } from 'simcluster'

/** What a pass over the manifests has said that a clean load does not. */
export interface Remark {
  /** `apply`, `apply again`, `diff`, ... */
  readonly pass: string
  readonly text: string
  /** Whether a real cluster says it too. */
  readonly isExpected: boolean
}

/** How the manifests of one folder went. */
export interface Played {
  readonly objects: number
  readonly remarks: readonly Remark[]
}

/**
 * What a real cluster refuses too, where only the manifests are loaded: client-side apply of an object that
 * does not fit into an annotation; what the project's own webhook must judge, whose program does not run
 * here; and kinds of another project.
 */
const TOO_LONG = /metadata\.annotations: Too long: may not be more than 262144 bytes/
const EXPECTED: readonly RegExp[] = [TOO_LONG, /failed calling webhook/, /no matches for kind "/]

/** Where a message begins: one of them may have several lines. */
const MESSAGES = /\n(?=Error from server|The \w+ "|Warning: |error: |resource mapping not found)/

const BY_SERVER = 'apply --server-side --force-conflicts'

/** The kind of a document, if it has one: in block style at the margin, else the first that comes. */
const kindOf = (document: string): string | undefined =>
  (/^kind:\s*["']?(\w+)/m.exec(document) ?? /^\s*\{[^]*?\bkind["']?\s*:\s*["']?(\w+)/.exec(document))?.[1]

/** Namespaces and definitions come first and webhooks last, as helm installs them. */
const rankOf = (kind: string): number => {
  if (kind === 'Namespace') return 0
  if (kind === 'CustomResourceDefinition') return 1
  return kind.endsWith('WebhookConfiguration') ? 3 : 2
}

/** The documents in the order in which they are applied: a list for each rank that there is. */
function ranked(texts: readonly string[]): readonly (readonly string[])[] {
  const ranks: string[][] = [[], [], [], []]
  for (const document of texts.flatMap((text) => text.split(/^---(?:[ \t].*)?$/m))) {
    const kind = kindOf(document)
    if (kind !== undefined) ranks[rankOf(kind)]?.push(document)
  }
  return ranks.filter(({ length }) => length > 0)
}

/** A file for each rank. */
const filesOf = (ranks: readonly (readonly string[])[]): Record<string, string> =>
  Object.fromEntries(ranks.map((documents, at) => [`${at}.yaml`, documents.join('\n---\n')]))

/** Namespaces that the documents name and do not bring. */
function namespacesFor(texts: readonly string[], own: string): readonly string[] {
  const found = (pattern: RegExp): readonly string[] =>
    texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name))
  const brought = new Set(
    found(/^kind:\s*Namespace\s*\nmetadata:(?:\n[ ]+.*)*?\n  name:\s*["']?([a-z0-9-]+)/gm),
  )
  const named = new Set([own, ...found(/^\s+namespace:\s*["']?([a-z0-9-]+)["']?\s*$/gm)])
  return [...named].filter((name) => !brought.has(name))
}

/** The objects that `diff` would change; not those that it would create, since `apply` has told of them. */
const differencesOf = (lines: readonly string[]): readonly string[] =>
  lines
    .join('\n')
    .split(/^(?=diff )/m)
    .filter((part) => part !== '' && !part.includes('\n@@ -0,0 '))
    .map((part) => part.split('\n').slice(0, 12).join('\n'))

/** One cluster on which the manifests are loaded. */
class Load {
  readonly cluster: SimCluster = new SimCluster({ nodes: 2 })
  readonly remarks: Remark[] = []
  readonly #files: Record<string, string>
  readonly #namespace: string

  constructor(texts: readonly string[], namespace: string) {
    this.#files = filesOf(ranked(texts))
    this.#namespace = namespace
    for (const name of namespacesFor(texts, namespace))
      this.cluster.kubectl(`create namespace ${name} --save-config`)
    this.cluster.settle()
  }

  /** The files in the order in which they are applied. */
  get names(): readonly string[] {
    return Object.keys(this.#files)
  }

  /** Runs a command on the files; returns its lines of output. What it writes to stderr is remarked. */
  run(pass: string, command: string, names: readonly string[] = this.names): readonly string[] {
    return names.flatMap((name) => {
      const { stdout, stderr } = this.cluster
        .in(this.#namespace)
        .kubectl(`${command} -f ${name}`, { files: this.#files })
      this.cluster.settle()
      // what does not fit into an annotation is applied by the server, as the projects' pages say
      if (pass === 'apply' && TOO_LONG.test(stderr)) this.run('by the server', BY_SERVER, [name])
      for (const text of stderr.split(MESSAGES).filter((line) => line.trim() !== '')) this.remark(pass, text)
      return stdout.split('\n').filter((line) => line !== '')
    })
  }

  remark(pass: string, text: string): void {
    const isExpected = EXPECTED.some((pattern) => pattern.test(text))
    this.remarks.push({ pass, text: text.trim(), isExpected })
  }

  /** Remarks the lines that do not end as they should. */
  expectEnd(pass: string, lines: readonly string[], end: RegExp): void {
    for (const line of lines) if (!end.test(line)) this.remark(pass, line)
  }

  /** The objects as they are now, without what tells only that they were written. */
  objects(): readonly KubeObject[] {
    return this.run('get', 'get --ignore-not-found -o json')
      .join('\n')
      .split(/\n(?=\{$)/m)
      .filter((text) => text !== '')
      .flatMap((text) => {
        const parsed = JSON.parse(text) as KubeObject & { readonly items?: readonly KubeObject[] }
        return parsed.items ?? [parsed]
      })
  }

  /**
   * Applies the files once more, and remarks each object that has changed. Client-side apply sends the patch
   * of an atomic list whenever the server has set defaults in it, and says `configured`, as it does for a
   * real cluster; and a Job with a time to live is gone.
   */
  again(pass: string, command: string): void {
    const before = this.objects().map(withoutVersion)
    const end = /^job\.batch\/\S+ created$| (?:unchanged|configured|serverside-applied)$/
    this.expectEnd(pass, this.run(pass, command), end)
    const after = new Set(this.objects().map(withoutVersion))
    for (const object of before) if (!after.has(object)) this.remark(pass, `has changed: ${object}`)
  }
}

/** An applied status is ignored only after the comparison, so that the times of managers may change. */
const withoutVersion = ({ kind, metadata, ...rest }: KubeObject): string =>
  JSON.stringify({ kind, name: metadata.name, generation: metadata.generation, ...rest }).slice(0, 2000)

function playClientSide(texts: readonly string[], namespace: string): Load {
  const load = new Load(texts, namespace)
  load.expectEnd('apply', load.run('apply', 'apply'), / (?:created|configured)$/)
  load.again('apply again', 'apply')
  for (const line of differencesOf(load.run('diff', 'diff'))) load.remark('diff', line)
  load.run('delete', 'delete --ignore-not-found', load.names.toReversed())
  for (const { kind, metadata } of load.objects())
    load.remark('delete', `is still there: ${kind} ${metadata.name}`)
  return load
}

function playServerSide(texts: readonly string[], namespace: string): Load {
  const load = new Load(texts, namespace)
  const pass = 'server-side'
  load.expectEnd(pass, load.run(pass, 'apply --server-side'), / serverside-applied$/)
  load.again('server-side again', 'apply --server-side')
  return load
}

/**
 * Loads manifests: applied, again (unchanged), diffed (empty), deleted; on a fresh cluster applied by the
 * server twice (the second time changes nothing). A remark that is not expected is a defect of simcluster.
 *
 * @param texts Streams of YAML documents.
 * @param namespace Where objects without a namespace belong.
 */
export function playManifests(texts: readonly string[], namespace = 'default'): Played {
  const objects = ranked(texts).flat().length
  const loads = [playClientSide(texts, namespace), playServerSide(texts, namespace)]
  return { objects, remarks: loads.flatMap(({ remarks }) => remarks) }
}
