import { textOfBytes } from '../api/byte-text.js'
import type { KubectlEnvironment, KubectlOptions } from './environment.js'
import { KubectlError } from './errors.js'
import type { Output } from './output.js'

/** One text that `-f` named. */
export interface SourceText {
  /** Path, or `STDIN`. */
  readonly source: string
  readonly text: string
}

const textOf = (content: string | Uint8Array): string =>
  typeof content === 'string' ? content : textOfBytes(content)

const MANIFEST = /\.(?:json|yaml|yml)$/

/** Reads what `-f` names: files and folders of the call, files of the environment, standard input. */
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

  /** The texts of `-f` values in order. Throws KubectlError for a path that does not exist. */
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

  /** The text of one file, undefined if there is none. */
  text(path: string): string | undefined {
    const { files = {} } = this.#options
    const written = this.#out.files
    if (Object.hasOwn(written, path)) return written[path]
    return Object.hasOwn(files, path)
      ? textOf(files[path] as string | Uint8Array)
      : this.#env.readFile?.(path)
  }

  /** Writes a file: it is there for the rest of the call, and in its result. */
  write(path: string, text: string): void {
    this.#out.file(path, text)
  }

  /** The files that lie in a folder, not those in folders of it, in the order of their names. */
  inFolder(path: string): readonly SourceText[] {
    const prefix = path.endsWith('/') ? path : `${path}/`
    return Object.entries(this.#options.files ?? {})
      .filter(([name]) => name.startsWith(prefix) && !name.slice(prefix.length).includes('/'))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([source, text]) => ({ source, text: textOf(text) }))
  }

  /** All files below a folder, in the order of their paths. */
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
