import { textOfBytes } from '../api/byte-text.js'
import type { KubectlEnvironment, KubectlOptions } from './environment.js'
import { KubectlError } from './errors.js'
import type { Output } from './output.js'

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

  /** Reads the values of `-f` in order. Throws KubectlError for a path that does not exist. */
  read(paths: readonly string[], recursive: boolean): readonly SourceText[] {
    return paths.flatMap((path) => {
      if (path === '-') return [{ source: 'STDIN', text: this.#options.stdin ?? '' }]
      const text = this.text(path)
      if (text !== undefined) return [{ source: path, text }]
      const inside = this.#folder(path, recursive)
      if (inside.length === 0 && this.below(path).length > 0)
        throw new KubectlError(`error reading [${path}]: recognized file extensions are [.json .yaml .yml]`)
      if (inside.length === 0) throw new KubectlError(`the path ${JSON.stringify(path)} does not exist`)
      return inside
    })
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
    return Object.hasOwn(files, path)
      ? textOf(files[path] as string | Uint8Array)
      : this.#env.readFile?.(path)
  }

  /** Writes a file, for the rest of the call and for its result. */
  write(path: string, text: string): void {
    this.#out.file(path, text)
  }

  /** The files directly in a folder, sorted by name. */
  inFolder(path: string): readonly SourceText[] {
    const prefix = path.endsWith('/') ? path : `${path}/`
    return Object.entries(this.#options.files ?? {})
      .filter(([name]) => name.startsWith(prefix) && !name.slice(prefix.length).includes('/'))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([source, text]) => ({ source, text: textOf(text) }))
  }

  /** All files below a folder, sorted by path. */
  below(path: string): readonly SourceText[] {
    const prefix = path.endsWith('/') ? path : `${path}/`
    return Object.entries(this.#options.files ?? {})
      .filter(([name]) => name.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([source, text]) => ({ source, text: textOf(text) }))
  }

  #folder(path: string, recursive: boolean): readonly SourceText[] {
    const prefix = path.endsWith('/') ? path : `${path}/`
    return Object.entries(this.#options.files ?? {})
      .filter(
        ([name]) =>
          name.startsWith(prefix) &&
          MANIFEST.test(name) &&
          (recursive || !name.slice(prefix.length).includes('/')),
      )
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([source, text]) => ({ source, text: textOf(text) }))
  }
}
