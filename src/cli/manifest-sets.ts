import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, normalize, relative, sep } from 'node:path'
import { formatApiVersion } from '../api/api-version.js'
import { createScheme } from '../api/scheme.js'
import type { ManifestFile } from '../cluster/check/read-manifests.js'
import { YamlError, parseYamlText } from '../lang/yaml/read.js'
import { UsageError } from './command.js'
import { stdinText } from './files.js'
import { byName } from '../lang/text/order.js'

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
  /** The releases for which a chart was rendered so. Default: all. */
  readonly versions?: readonly string[]
  /** Returns the line of a template that wrote a line of what was rendered from it. */
  readonly lineOf?: (file: string, line: number) => number
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
 * chart is built; each of those is a set of its own. Charts are rendered for each of the releases.
 * @throws UsageError for a path that does not exist, or has nothing to read
 */
export function readPaths(paths: readonly string[], versions: readonly string[]): ReadPaths {
  const plain: ManifestFile[] = []
  const sets: ManifestSet[] = []
  const skipped: SkippedFile[] = []
  for (const given of paths) {
    // `./deploy/` is `deploy`
    const path = given === '-' ? given : normalize(given).replace(/(?<=.)[/\\]$/, '')
    if (path === '-') {
      plain.push({ path: '-', text: stdinText() })
      continue
    }
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined) throw new UsageError(`there is no file or folder ${given}`)
    if (!found.isDirectory()) {
      if (KUSTOMIZATIONS.includes(basename(path))) sets.push(...built(kustomized(dirname(path)), skipped))
      else if (basename(path) === CHART) sets.push(...rendered(dirname(path), versions, skipped))
      else plain.push(fileAt(path))
      continue
    }
    const folder = readFolder(path)
    plain.push(...folder.files)
    skipped.push(...folder.skipped)
    for (const chart of folder.charts) sets.push(...rendered(chart, versions, skipped))
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

function isIn(path: string, folder: string): boolean {
  const below = relative(folder, path)
  return below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below)
}

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
    .toSorted(byName)
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
  return name === undefined ? {} : ((parsedIn(join(folder, name)) ?? {}) as Kustomization)
}

/** Returns what a file of YAML has; undefined if it is none, which the program that reads it tells. */
function parsedIn(path: string): unknown {
  try {
    return parseYamlText(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof YamlError) return undefined
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
      return { error: `${program} ${args[0] ?? ''} failed: ${causeIn(stderr.trim() || message)}` }
    }
  }
  return {}
}

/** What a program says after its last `Error:`, without hints at its flags. */
function causeIn(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('Use --debug'))
  const at = lines.findLastIndex((line) => /^error: /i.test(line))
  const told = at < 0 ? lines.slice(-1) : lines.slice(at)
  return told
    .map((line) => line.trim())
    .join(' ')
    .replace(/^error: /i, '')
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

/** Renders a chart for each release; those for which it is the same are one set. */
function rendered(
  folder: string,
  versions: readonly string[],
  skipped: SkippedFile[],
): readonly ManifestSet[] {
  const path = join(folder, CHART)
  if ((parsedIn(path) as { readonly type?: unknown } | undefined)?.type === 'library') {
    skipped.push({ path, why: 'it is a library chart, which only others render' })
    return []
  }
  const byText = new Map<string, string[]>()
  const byError = new Map<string, string[]>()
  for (const version of versions) {
    const { text, error = '' } = builtBy(path, folder, {
      commands: [
        [
          'helm',
          'template',
          'release',
          folder,
          '--include-crds',
          '--kube-version',
          version,
          '--api-versions',
          apiVersionsOf(version).join(','),
        ],
      ],
      missing: `it is a chart, and needs helm to be rendered: ${piped(`helm template ${folder}`)}`,
    })
    const [map, key] = text === undefined ? [byError, error] : [byText, text]
    map.set(key, [...(map.get(key) ?? []), version])
  }
  for (const [error, failing] of byError) {
    const where = failing.length === versions.length ? '' : ` [${failing.join(', ')}]`
    skipped.push({ path, why: `${error}${where}`, isError: true })
  }
  return [...byText].map(([text, same]): ManifestSet => ({
    name: path,
    versions: same,
    ...templatesIn(folder, text),
  }))
}

/** What helm writes above each document. */
const SOURCE = /^# Source: [^/\n]+\/(.*)$/m

/** What a chart finds in a cluster of a release (`.Capabilities.APIVersions`), besides what helm assumes. */
function apiVersionsOf(version: string): readonly string[] {
  const names = createScheme(version)
    .definitions()
    .flatMap((definition) => [
      formatApiVersion(definition),
      `${formatApiVersion(definition)}/${definition.kind}`,
    ])
  return [...new Set(names)]
}

/** Returns what was rendered as files: one for each template, with its path. */
function templatesIn(folder: string, text: string): Pick<ManifestSet, 'files' | 'lineOf'> {
  const texts = new Map<string, string>()
  for (const document of text.split(/^---$/m)) {
    if (document.trim() === '') continue
    const source = SOURCE.exec(document)?.[1]
    const path = shownPath(join(folder, source ?? CHART))
    texts.set(path, `${texts.get(path) ?? ''}---${document}`)
  }
  return {
    files: [...texts].map(([path, rendering]) => ({ path, text: rendering })),
    lineOf: (file, line) => lineInTemplate(file, texts.get(file)?.split('\n') ?? [], line),
  }
}

/** The line of the template that a rendered line repeats; if it is an action's, that of the one before. */
function lineInTemplate(file: string, lines: readonly string[], line: number): number {
  if (!existsSync(file)) return 1
  const template = readFileSync(file, 'utf8')
    .split('\n')
    .map((each) => each.trim())
  for (let at = line - 1; at >= 0; at--) {
    const wanted = lines[at]?.trim() ?? ''
    // the same words may be there more than once: the one that comes as late as here
    const before = lines.slice(0, at).filter((each) => each.trim() === wanted).length
    const found = template.flatMap((each, index) => (each === wanted ? [index + 1] : []))
    const place = found[before] ?? found.at(-1)
    if (wanted !== '' && wanted !== '---' && place !== undefined) return place
  }
  return 1
}

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
