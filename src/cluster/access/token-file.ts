import { parseTokenFile } from '../../apiserver/authentication/token-file.js'
import type { StaticUser } from '../../apiserver/authentication/static-tokens.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import type { Pki } from '../../pki/index.js'
import type { Slice } from '../../sim/module.js'
import type { Simulation } from '../../sim/simulation.js'

/**
 * The file of `--token-auth-file` as the apiserver read it at its last start; later changes take effect at
 * the next.
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

  /** Reads the file, as when the apiserver starts. */
  load(): void {
    if (this.#read !== undefined) this.#read.value.text = this.#text()
  }

  /** Returns the users in the file; none if it is malformed. */
  users(): readonly StaticUser[] {
    const text = this.#read?.value.text ?? ''
    if (this.#parsed?.text !== text) this.#parsed = { text, users: usersOf(text, this.#path ?? '') }
    return this.#parsed.users
  }

  /** Returns the text; a missing file counts as empty. */
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
