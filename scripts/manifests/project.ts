import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Manifests that a project publishes in its repository, and what was seen when they were tried. */
export interface Project {
  readonly name: string
  /** `owner/name` on GitHub. */
  readonly repository: string
  /** A tag or a commit. */
  readonly version: string
  /** Files and folders of the repository that are manifests as they lie. */
  readonly files?: readonly string[]
  /** A kustomization to build: a folder. */
  readonly kustomize?: string
  /** A chart: a folder or an archive. */
  readonly helm?: string
  /** Charts that the chart names and that cannot be had here; they are off by default. */
  readonly without?: readonly string[]
  /** Folders of the same repository with charts that the chart names by another address. */
  readonly includes?: readonly string[]
  /** `--set` of the chart. */
  readonly values?: readonly string[]
  /** Where its objects without a namespace belong. Default: `default`. */
  readonly namespace?: string
  /**
   * What a real cluster says too, or what is said only because the project's own programs do not run: whole
   * warnings of manifests, parts of what helm prints of charts.
   */
  readonly alsoSaid?: readonly string[]
  /** How many objects they are; absent if it could not be fetched when the list was made. */
  readonly objects?: number
  /** How many remarks a real cluster makes too: objects too large for client-side apply, for example. */
  readonly expected?: number
}

const isManifest = (path: string): boolean =>
  /\.(?:ya?ml|json)$/.test(path) && !/(?:^|\/)kustomization\.ya?ml$/.test(path)

/** The manifests of a file, or of a folder and those below it, as one text. */
export function textsIn(path: string): readonly string[] {
  if (statSync(path).isFile()) return [readFileSync(path, 'utf8')]
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter(isManifest)
    .sort()
    .map((name) => join(path, name))
    .filter((file) => lstatSync(file).isFile())
    .map((file) => readFileSync(file, 'utf8'))
}

/** What of the repository is needed: the folder beside a chart has the charts that it includes. */
function neededPaths({ files, kustomize, helm = '' }: Project): readonly string[] {
  if (files !== undefined) return files
  if (kustomize !== undefined) return [kustomize.split('/')[0] ?? kustomize]
  return [dirname(helm) === '.' ? helm : dirname(helm)]
}

/** The needed files of that version of the project's repository, below `folder`; fetched once. */
function checkOut(project: Project, folder: string): string {
  const { name, repository, version } = project
  const into = join(folder, name, version)
  if (existsSync(join(into, '.done'))) return into
  mkdirSync(into, { recursive: true })
  const git = (...args: readonly string[]): unknown =>
    execFileSync('git', ['-C', into, ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
  git('init', '--quiet')
  git('remote', 'add', 'origin', `https://github.com/${repository}`)
  git('fetch', '--quiet', '--depth', '1', '--filter=blob:none', 'origin', version)
  git('checkout', '--quiet', 'FETCH_HEAD', '--', ...neededPaths(project))
  writeFileSync(join(into, '.done'), '')
  return into
}

/**
 * Fetches the project's repository from GitHub below `folder`, and returns its manifests. Charts need `helm`,
 * kustomizations `kubectl`.
 */
export function manifestsOf(project: Project, folder: string): readonly string[] {
  const root = checkOut(project, join(folder, 'repositories'))
  const print = (program: string, args: readonly string[]): readonly string[] => [
    execFileSync(program, args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 }),
  ]
  const { helm, kustomize, namespace = 'default' } = project
  if (kustomize !== undefined) return print('kubectl', ['kustomize', kustomize])
  if (helm !== undefined) {
    buildDependencies(root, { ...project, helm })
    const place = ['--include-crds', '--namespace', namespace]
    return print('helm', ['template', 'release', helm, ...place, ...setFlags(project)])
  }
  return (project.files ?? []).flatMap((path) => textsIn(join(root, path)))
}

/** The `--set` flags of a project's chart. */
export const setFlags = ({ values = [] }: Project): readonly string[] =>
  values.flatMap((value) => ['--set', value])

/** A project that publishes a chart. */
export interface ChartProject extends Project {
  readonly helm: string
}

/** Fetches the chart below `folder`, with what it includes, and returns its path. */
export function chartAt(chart: ChartProject, folder: string): string {
  const root = checkOut(chart, join(folder, 'repositories'))
  buildDependencies(root, chart)
  return join(root, chart.helm)
}

function buildDependencies(root: string, { helm, without = [], includes = [] }: ChartProject): void {
  for (const path of includes)
    cpSync(join(root, path), join(root, helm, 'charts', basename(path)), { recursive: true })
  const file = join(root, helm, 'Chart.yaml')
  for (const name of without) {
    const text = readFileSync(file, 'utf8')
    const dependency = new RegExp(String.raw`^ *- name: ${name}\n(?: {2,}\w.*\n?)*`, 'm')
    writeFileSync(file, text.replace(dependency, ''))
  }
  // charts of the first API version name what they include in a file of its own
  const about = ['Chart.yaml', 'requirements.yaml'].map((name) => join(root, helm, name))
  if (about.some((path) => existsSync(path) && readFileSync(path, 'utf8').includes('file://')))
    execFileSync('helm', ['dependency', 'build', helm], { cwd: root, stdio: 'ignore' })
}
