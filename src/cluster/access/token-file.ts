import { parseTokenFile, type StaticUser } from '../../apiserver/authentication/token-file.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import type { Pki } from '../../pki/index.js'
import type { Slice } from '../../sim/module.js'
import type { Simulation } from '../../sim/simulation.js'

/**
 * The file of `--token-auth-file` as the apiserver read it at its last start: later changes do not count
 * until it starts again.
 */
export class TokenFile {
  readonly #path: string | undefined
  readonly #pki: Pki
  readonly #read: Slice<{ text: string }> | undefined
  #parsed: { readonly text: string; readonly users: readonly StaticUser[] } | undefined

  constructor(simulation: Simulation<ClusterEvents>, pki: Pki, path: string | undefined) {
    this.#path = path
    this.#pki = pki
    this.#read =
      path === undefined
        ? undefined
        : simulation.slice('cluster', 'token file', () => ({ text: this.#text() }))
  }

  /** Reads the file, as at a start of the apiserver. */
  load(): void {
    if (this.#read !== undefined) this.#read.value.text = this.#text()
  }

  /** Who is in it; nobody when it makes no sense. */
  users(): readonly StaticUser[] {
    const text = this.#read?.value.text ?? ''
    if (this.#parsed?.text !== text) this.#parsed = { text, users: usersOf(text, this.#path ?? '') }
    return this.#parsed.users
  }

  /** A file that is not there is as good as an empty one. */
  #text(): string {
    try {
      return this.#pki.read(this.#path ?? '')
    } catch {
      return ''
    }
  }
}

function usersOf(text: string, path: string): readonly StaticUser[] {
  try {
    return parseTokenFile(text, path)
  } catch {
    return []
  }
}
