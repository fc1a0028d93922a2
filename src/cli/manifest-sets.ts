import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, normalize, relative, sep } from 'node:path'
import type { ManifestFile } from '../cluster/check/read-manifests.js'
import { YamlError, parseYamlText } from '../lang/yaml/read.js'
import { UsageError } from './command.js'
import { stdinText } from './files.js'

/** What was left out, and why. */
export interface SkippedFile {
  readonly path: string
  readonly why: string
  /** Whether it had to be read, and could not be. */
  readonly isError?: boolean
}

/** Manifests that belong on one cluster: plain files, what a kustomization builds, what a chart renders. */
export interface ManifestSet {
  readonly name: string
  readonly files: readonly ManifestFile[]
}

/** What was read from paths. */
export interface ReadPaths {
  readonly sets: readonly ManifestSet[]
  readonly skipped: readonly SkippedFile[]
}

/** Bytes of a file of manifests, and of what a program prints. */
const MOST_BYTES = 256 * 1024 * 1024
/** Ms that a program has to build manifests. */
const MOST_MS = 60_000

const KUSTOMIZATIONS = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']
const CHART = 'Chart.yaml'
const IGNORED = new Set(['node_modules', '.git', '.github', '.terraform'])

/**
 * Reads the manifests of files, folders and `-`, which is standard input. A folder with a kustomization or a
 * chart is built; each of those is a set of its own.
 * @throws UsageError for a path that does not exist, or has nothing to read
 */
export function readPaths(paths: readonly string[]): ReadPaths {
  const plain: ManifestFile[] = []
  const sets: ManifestSet[] = []
  const skipped: SkippedFile[] = []
  for (const path of paths) {
    if (path === '-') {
      plain.push({ path: '-', text: stdinText() })
      continue
    }
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined) throw new UsageError(`there is no file or folder ${path}`)
    if (!found.isDirectory()) {
      if (KUSTOMIZATIONS.includes(basename(path))) sets.push(...built(kustomized(dirname(path)), skipped))
      else if (basename(path) === CHART) sets.push(...built(rendered(dirname(path)), skipped))
      else plain.push(fileAt(path))
      continue
    }
    const folder = readFolder(path)
    plain.push(...folder.files)
    skipped.push(...folder.skipped)
    for (const chart of folder.charts) sets.push(...built(rendered(chart), skipped))
    for (const root of folder.kustomizations) sets.push(...built(kustomized(root), skipped))
  }
  if (plain.length > 0) sets.unshift({ name: paths.join(' '), files: plain })
  return { sets, skipped }
}

function fileAt(path: string): ManifestFile {
  const found = statSync(path)
  // a device may have no end
  if (!found.isFile() && !found.isFIFO()) throw new UsageError(`${path} is no regular file`)
  if (found.size > MOST_BYTES) throw new UsageError(`${path} has more than ${MOST_BYTES} bytes`)
  return { path: shownPath(path), text: readFileSync(path, 'utf8') }
}

interface Folder {
  readonly files: readonly ManifestFile[]
  readonly charts: readonly string[]
  readonly kustomizations: readonly string[]
  readonly skipped: readonly SkippedFile[]
}

const isIn = (path: string, folder: string): boolean => path === folder || path.startsWith(folder + sep)

function readFolder(root: string): Folder {
  const skipped: SkippedFile[] = []
  const names = walk(root, '', skipped)
  const folderOf = (name: string): string => join(root, dirname(name))
  const charts = names
    .filter((name) => basename(name) === CHART)
    .map(folderOf)
    .filter((chart, _, all) => !all.some((other) => other !== chart && isIn(chart, other)))
  const all = names.filter((name) => KUSTOMIZATIONS.includes(basename(name))).map(folderOf)
  const used = new Set(all.flatMap(pathsIn))
  const kustomizations = all.filter((folder) => !used.has(normalize(folder)) && !isComponent(folder))
  const beside = new Set(all.map((folder) => normalize(folder)))
  const files = names
    .filter((name) => /\.(?:ya?ml|json)$/.test(name) && !KUSTOMIZATIONS.includes(basename(name)))
    .map((name) => join(root, name))
    .filter((path) => !charts.some((chart) => isIn(path, chart)) && !used.has(normalize(path)))
    .flatMap((path) => {
      const why = beside.has(dirname(path))
        ? 'it is beside a kustomization that does not name it'
        : notAManifest(path)
      if (why === undefined) return [fileAt(path)]
      skipped.push({ path, why })
      return []
    })
  return { files, charts, kustomizations, skipped }
}

/** The files below a folder, in order of their names; links out of it are not followed. */
function walk(root: string, below: string, skipped: SkippedFile[]): readonly string[] {
  return readdirSync(join(root, below), { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry): readonly string[] => {
      const name = join(below, entry.name)
      if (entry.isDirectory()) {
        if (!IGNORED.has(entry.name)) return walk(root, name, skipped)
        if (entry.name !== '.git')
          skipped.push({ path: join(root, name), why: 'it has no manifests by convention' })
        return []
      }
      if (!entry.isSymbolicLink()) return [name]
      const target = realpathIn(join(root, name))
      if (target === undefined || !isIn(target, realpathSync(root))) {
        skipped.push({ path: join(root, name), why: 'it is a link out of the folder; name that file itself' })
        return []
      }
      return statSync(target).isFile() ? [name] : []
    })
}

function realpathIn(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

/** Why a file of a folder is left out; undefined if it is read. */
function notAManifest(path: string): string | undefined {
  const name = basename(path)
  if (/^values([.-].*)?\.ya?ml$/.test(name)) {
    return `it looks like the values of a chart; render that: helm template . -f ${name} | simcluster check -`
  }
  if (/^(?:package(?:-lock)?|tsconfig.*|composer)\.json$/.test(name)) return 'it is no manifest'
  return undefined
}

interface Kustomization {
  readonly kind?: string
}

function kustomizationIn(folder: string): Kustomization {
  const name = KUSTOMIZATIONS.find((each) => existsSync(join(folder, each)))
  if (name === undefined) return {}
  try {
    return (parseYamlText(readFileSync(join(folder, name), 'utf8')) ?? {}) as Kustomization
  } catch (error) {
    if (error instanceof YamlError) return {}
    throw error
  }
}

const isComponent = (folder: string): boolean => kustomizationIn(folder).kind === 'Component'

/** All texts in a value: a kustomization names files in many fields. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

const pathsIn = (folder: string): readonly string[] =>
  textsIn(kustomizationIn(folder))
    // `key=file` of a generator
    .map((text) => text.replace(/^[\w.-]+=/, ''))
    .filter((text) => text !== '' && !/[\n:]/.test(text) && existsSync(join(folder, text)))
    .map((text) => normalize(join(folder, text)).replace(/[/\\]$/, ''))

/** What a program has built, or why it has not. */
interface Built {
  readonly path: string
  readonly text?: string
  readonly sources: string
  readonly error?: string
}

function built({ path, text, sources, error }: Built, skipped: SkippedFile[]): readonly ManifestSet[] {
  if (text === undefined) {
    skipped.push({ path, why: error ?? '', isError: true })
    return []
  }
  return [{ name: path, files: [{ path: shownPath(path), text, builtFrom: sourcesOf(sources) }] }]
}

/** Runs the first of some programs that is installed. */
function runFirst(commands: readonly (readonly [program: string, ...args: string[]])[]): {
  text?: string
  error?: string
} {
  for (const [program, ...args] of commands) {
    const options: ExecFileSyncOptionsWithStringEncoding = {
      encoding: 'utf8',
      maxBuffer: MOST_BYTES,
      timeout: MOST_MS,
      stdio: ['ignore', 'pipe', 'pipe'],
    }
    try {
      return { text: execFileSync(program, args, options) }
    } catch (error) {
      const { code, stderr = '', message } = error as { code?: string; stderr?: string; message: string }
      if (code === 'ENOENT') continue
      return {
        error: `${program} ${args[0] ?? ''} failed: ${(stderr.trim() || message).split('\n').at(-1) ?? ''}`,
      }
    }
  }
  return {}
}

/** What `simcluster check` reads instead, where a program is missing. */
const piped = (command: string): string => `install it, or pipe: ${command} | simcluster check -`

function kustomized(folder: string): Built {
  const name = KUSTOMIZATIONS.find((each) => existsSync(join(folder, each))) ?? 'kustomization.yaml'
  return builtBy(join(folder, name), folder, {
    commands: [
      ['kustomize', 'build', folder],
      ['kubectl', 'kustomize', folder],
    ],
    missing: `it needs kustomize or kubectl to be built: ${piped(`kubectl kustomize ${folder}`)}`,
  })
}

const rendered = (folder: string): Built =>
  builtBy(join(folder, CHART), folder, {
    commands: [['helm', 'template', 'release', folder, '--include-crds']],
    missing: `it is a chart, and needs helm to be rendered: ${piped(`helm template ${folder}`)}`,
  })

interface Building {
  readonly commands: Parameters<typeof runFirst>[0]
  /** What to say if none of the programs is installed. */
  readonly missing: string
}

function builtBy(path: string, sources: string, { commands, missing }: Building): Built {
  const { text, error = missing } = runFirst(commands)
  return text === undefined ? { path, sources, error } : { path, sources, text }
}

/** The folder of a kustomization or chart, and those that it names, wherever they are. */
function foldersOf(folder: string, known: Set<string> = new Set()): ReadonlySet<string> {
  if (known.has(folder)) return known
  known.add(folder)
  for (const path of pathsIn(folder)) if (statSync(path).isDirectory()) foldersOf(path, known)
  return known
}

/** The files of which something was built, for the places of its findings. */
const sourcesOf = (folder: string): readonly ManifestFile[] =>
  [...foldersOf(normalize(folder))]
    .flatMap((each) => walk(each, '', []).map((name) => join(each, name)))
    .filter((file) => /\.(?:ya?ml|json)$/.test(file) && !KUSTOMIZATIONS.includes(basename(file)))
    .map(fileAt)

/** A path as reports name it: below the working directory without `./`. */
export function shownPath(path: string): string {
  const below = path === '-' ? path : relative('.', path)
  return below === '' || below.startsWith('..') ? path : below
}
