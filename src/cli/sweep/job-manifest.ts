import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { printYaml } from '../../lang/yaml/print.js'
import { UsageError } from '../command.js'

/** What the Job of a sweep is made from. */
export interface JobWish {
  /** Path of the module. */
  readonly file: string
  readonly export: string
  readonly seeds: string
  /** The number of shards. */
  readonly shards: number
  /** An image that has the module and simcluster in its working directory. Default: one with Node alone. */
  readonly image: string | undefined
  /** The version of simcluster that pods install. */
  readonly version: string
}

/** What an Indexed Job is made from whose pods run one command of the program, each with its index. */
export interface IndexedJob {
  readonly name: string
  /** The command of the program, and its words, which have `$(JOB_COMPLETION_INDEX)`. */
  readonly command: string
  readonly words: readonly string[]
  readonly shards: number
  /** An image that has simcluster and the file. Default: one with Node alone. */
  readonly image: string | undefined
  /** The file that pods get, unless the image has it. */
  readonly file: Readonly<Record<'data' | 'binaryData', Readonly<Record<string, string>>>>
  /** What pods install, unless the image has it. */
  readonly packages: readonly string[]
}

const NODE_IMAGE = 'node:22'
/** Where the ConfigMap is, and where the pod works. */
const MOUNT = '/sweep'
const WORK = '/work'
/** A ConfigMap takes 1 MiB. */
export const MOST_BYTES = 1_000_000
/** How often an index starts again whose pod was lost or could not start. */
const RETRIES = 3

/** `soak.mjs` becomes `sweep-soak`, as a name of objects. */
export function jobName(command: string, file: string): string {
  const name = basename(file)
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return name === '' ? command : `${command}-${name}`.slice(0, 50).replace(/-+$/, '')
}

/** Returns the text of the module, which must be alone: a ConfigMap has one file. @throws UsageError */
function loneModule(file: string): string {
  const text = readFileSync(file, 'utf8')
  const [, neighbour] = /(?:from|import)\s*\(?\s*['"](\.[^'"]*)['"]/.exec(text) ?? []
  const rest = 'bundle them into one, or name an --image that has them in its working directory'
  if (neighbour !== undefined) throw new UsageError(`${file} imports ${neighbour}, another file: ${rest}`)
  if (Buffer.byteLength(text) > MOST_BYTES)
    throw new UsageError(`${file} is too large for a ConfigMap; name an --image that has it`)
  return text
}

/** The packages that a module imports, besides simcluster and Node's own. */
function packagesOf(text: string): readonly string[] {
  const imported = [...text.matchAll(/(?:from|import)\s*\(?\s*(['"])((?:(?!\1).)+)\1/g)]
  const names = imported
    .map(([, , specifier = '']) => /^(?:@[^/]*\/)?[^/]*/.exec(specifier)?.[0] ?? '')
    .filter((name) => !/^(?:\.|$|node:|simcluster$)/.test(name))
  const odd = names.find((name) => !PACKAGE.test(name))
  if (odd !== undefined)
    throw new UsageError(`${JSON.stringify(odd)} is imported, which is no name of a package`)
  return [...new Set(names)].toSorted()
}

/** A name that npm takes, which a shell takes as it is. */
const PACKAGE = /^(?:@[a-z\d][-\w.]*\/)?[a-z\d][-\w.]*$/i

/** A word of a shell, whatever it has. */
const quotedWord = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`

/**
 * Returns an Indexed Job whose pods play one shard each, and print its report as their last line. A shard
 * that finds a fault fails its index at once, since it would find it again; a pod that is lost or breaks
 * otherwise starts again.
 */
export function jobManifest({ file, export: exported, seeds, shards, image, version }: JobWish): string {
  const name = jobName('sweep', file)
  const text = image === undefined ? loneModule(file) : ''
  const job = indexedJob({
    name,
    command: 'sweep',
    words: [
      ...(image === undefined ? [basename(file)] : [file]),
      ...(exported === 'default' ? [] : [`--export=${exported}`]),
      `--seeds=${seeds}`,
      `--shard=$(JOB_COMPLETION_INDEX)/${shards}`,
      '--report=-',
    ],
    shards,
    image,
    file: { data: { [basename(file)]: text }, binaryData: {} },
    packages: [`simcluster@${version}`, ...packagesOf(text)],
  })
  return (
    jobHead(name, `--tail=1 --max-log-requests=${shards}`, 'sweep merge reports.txt --report out.json') + job
  )
}

/** Returns an Indexed Job as YAML, and a ConfigMap with its file, unless the image has that. */
export function indexedJob({ name, command, words, shards, image, file, packages }: IndexedJob): string {
  const install =
    `cp ${MOUNT}/* ${WORK} && cd ${WORK} && npm install --silent --no-audit --no-fund ` +
    `${packages.map(quotedWord).join(' ')} >&2 && exec npx simcluster ${command} "$@"`
  const container = {
    name: command,
    image: image ?? NODE_IMAGE,
    command: image === undefined ? ['sh', '-c', install, command] : ['npx', 'simcluster', command],
    args: words,
    resources: { requests: { cpu: '1', memory: '512Mi' } },
    ...(image === undefined
      ? {
          volumeMounts: [
            { name: 'module', mountPath: MOUNT },
            { name: 'work', mountPath: WORK },
          ],
        }
      : {}),
  }
  const volumes = [
    { name: 'module', configMap: { name } },
    { name: 'work', emptyDir: {} },
  ]
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels: { app: name } },
    spec: {
      completionMode: 'Indexed',
      completions: shards,
      parallelism: shards,
      backoffLimitPerIndex: RETRIES,
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
          { action: 'FailIndex', onExitCodes: { containerName: command, operator: 'In', values: [1] } },
        ],
      },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          restartPolicy: 'Never',
          containers: [container],
          ...(image === undefined ? { volumes } : {}),
        },
      },
    },
  }
  const { data, binaryData } = file
  const map = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels: { app: name } },
    ...(Object.keys(data).length > 0 ? { data } : { binaryData }),
  }
  const objects = image === undefined ? [map, job] : [job]
  const documents = objects.map((object) => printYaml(object))
  return documents.join('---\n')
}

/** The commands that play a Job and put its reports together, as comments. */
export const jobHead = (
  name: string,
  logs: string,
  merge: string,
  flags = '',
): string => `# kubectl apply ${flags}-f THIS && \\
# kubectl wait --for=jsonpath='{.status.conditions[0].type}' --timeout=24h job/${name} && \\
# kubectl logs -l app=${name} ${logs} > reports.txt && \\
# npx simcluster ${merge}
`
