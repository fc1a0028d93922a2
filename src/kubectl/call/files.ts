import { Glob, GlobFault } from '../../lang/text/glob.js'
import { quote } from '../../lang/go/quote.js'
import { textOfBytes } from '../../lang/bytes/byte-text.js'
import type { KubectlEnvironment, KubectlOptions } from './environment.js'
import { KubectlError } from './errors.js'
import type { Output } from './output.js'
import { byKey } from '../../lang/text/order.js'

/** One text that `-f` refers to. */
export interface SourceText {
  /** Path, or `STDIN`. */
  readonly source: string
  readonly text: string
}

const textOf = (content: string | Uint8Array): string =>
  typeof content === 'string' ? content : textOfBytes(content)

const MANIFEST = /\.(?:json|yaml|yml)$/

/** Reads the sources of `-f`: files and folders of the call, files of the environment, standard input. */
export class FileSource {
  readonly #env: KubectlEnvironment
  readonly #options: KubectlOptions
  readonly #out: Output

  constructor(env: KubectlEnvironment, options: KubectlOptions, out: Output) {
    this.#env = env
    this.#out = out
    this.#options = options
  }

  /** Standard input. */
  get stdin(): string {
    return this.#options.stdin ?? ''
  }

  /**
   * Reads the values of `-f` in order: files, folders, patterns. Throws KubectlError for a path that does not
   * exist, and ConnectionError for a URL. Source: cli-runtime pkg/resource/builder.go FilenameParam.
   */
  read(paths: readonly string[], recursive: boolean): readonly SourceText[] {
    return paths.flatMap((path) => {
      if (path === '-') return [{ source: 'STDIN', text: this.#options.stdin ?? '' }]
      if (/^https?:\/\//.test(path)) return this.#download(path)
      return this.#expanded(path).flatMap((one) => this.#readPath(one, recursive))
    })
  }

  #readPath(path: string, recursive: boolean): readonly SourceText[] {
    const text = this.text(path)
    if (text !== undefined) return [{ source: path, text }]
    const inside = this.#folder(path, recursive)
    if (inside.length === 0 && this.below(path).length > 0)
      throw new KubectlError(`error reading [${path}]: recognized file extensions are [.json .yaml .yml]`)
    if (inside.length === 0) throw new KubectlError(`the path ${quote(path)} does not exist`)
    return inside
  }

  /** Nothing but the cluster listens on this network, and it serves no manifests. */
  #download(url: string): never {
    const wrong = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(url)?.[0]
    if (wrong !== undefined)
      throw new KubectlError(
        `the URL passed to filename ${quote(url)} is not valid: parse ${quote(url)}: ` +
          `invalid URL escape ${quote(wrong)}`,
      )
    const [server = url] = /^https?:\/\/[^/?#]*/.exec(url) ?? []
    const refusal = this.#env.connect?.({ isOwn: false, server }).refusal
    throw refusal ?? new KubectlError(`unable to read URL ${quote(url)}: there is no network here`)
  }

  /** The paths that a pattern matches; a path that exists stands for itself. */
  #expanded(path: string): readonly string[] {
    if (!/[*?[]/.test(path) || this.text(path) !== undefined || this.below(path).length > 0) return [path]
    const isMatch = pathGlob(path)
    const known = Object.keys(this.#options.files ?? {}).flatMap((name) =>
      name.split('/').map((_, at, parts) => parts.slice(0, at + 1).join('/')),
    )
    const found = [...new Set(known)].filter(isMatch).sort()
    return found.length === 0 ? [path] : found
  }

  /** Whether the values of `-f` are one file, which may stand for one object. */
  isSingle([path = '-', ...more]: readonly string[]): boolean {
    return more.length === 0 && path !== '-' && this.text(path) !== undefined
  }

  /** The text of a file, undefined if there is none. */
  text(path: string): string | undefined {
    const { files = {} } = this.#options
    const written = this.#out.files
    if (Object.hasOwn(written, path)) return written[path]
    const name = Object.hasOwn(files, path) ? path : cleaned(path)
    return Object.hasOwn(files, name)
      ? textOf(files[name] as string | Uint8Array)
      : this.#env.readFile?.(path)
  }

  /** Writes a file, for the rest of the call and for its result. */
  write(path: string, text: string): void {
    this.#out.file(path, text)
  }

  /** The files directly in a folder, sorted by name. */
  inFolder(path: string): readonly SourceText[] {
    const { length } = prefixOf(path)
    return this.below(path).filter(({ source }) => !source.slice(length).includes('/'))
  }

  /** All files below a folder, sorted by path. */
  below(path: string): readonly SourceText[] {
    const prefix = prefixOf(path)
    return Object.entries(this.#options.files ?? {})
      .filter(([name]) => (prefix === '' ? /^[^/~]/.test(name) : name.startsWith(prefix)))
      .sort(byKey)
      .map(([source, text]) => ({ source, text: textOf(text) }))
  }

  #folder(path: string, recursive: boolean): readonly SourceText[] {
    return (recursive ? this.below(path) : this.inFolder(path)).filter(({ source }) => MANIFEST.test(source))
  }
}

/** Path of a folder's files before their names; '' for the current folder. */
function prefixOf(path: string): string {
  const folder = cleaned(path)
  return folder === '.' ? '' : `${folder.replace(/\/$/, '')}/`
}

/** The shortest form of a path, without `.` and `..`. Source: path/filepath Clean. */
function cleaned(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    const before = parts.at(-1)
    if (part === '..' && before !== undefined && before !== '..') parts.pop()
    else if (part !== '..' || !path.startsWith('/')) parts.push(part)
  }
  const root = path.startsWith('/') ? '/' : ''
  return root + parts.join('/') || '.'
}

/** Whether a path matches a pattern. Throws KubectlError for a bad one. Source: path/filepath Match. */
function pathGlob(pattern: string): (path: string) => boolean {
  const globs = pattern.split('/').map((part) => {
    try {
      return new Glob(part, { negations: '^', open: 'fault' })
    } catch (error) {
      if (!(error instanceof GlobFault)) throw error
      throw new KubectlError(`pattern ${quote(pattern)} is not valid: ${error.message}`)
    }
  })
  return (path) => {
    const parts = path.split('/')
    return parts.length === globs.length && globs.every((glob, at) => glob.test(parts[at] ?? ''))
  }
}
