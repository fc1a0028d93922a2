import { parseTokenFile } from '../../apiserver/authentication/token-file.js'
import type { StaticUser } from '../../apiserver/authentication/token-file.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import type { Pki } from '../../pki/index.js'
import type { Slice } from '../../sim/modules/module.js'
import type { Simulation } from '../../sim/simulation.js'
import type { ConfigMap } from '../../api/core/generated.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import { LAST_USED } from '../../apiserver/authentication/service-account-tokens.js'
import type { Client } from '../../client/client.js'
import { isApiError } from '../../client/api-error.js'
import type { LateDependencies } from '../../apiserver/server-dependencies.js'

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

/**
 * The first minor version that records when tokens in Secrets are used (LegacyServiceAccountTokenTracking,
 * beta).
 */
const TRACKED_SINCE = 27

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

const made = new Map<string, readonly ConfigMap[]>()

/**
 * Returns the ConfigMap that says since when the apiserver tracks usage. The same day gives the same array.
 * Source: pkg/controlplane/controller/legacytokentracking.
 */
export function legacyTokenObjects(minor: number, now: number): readonly ConfigMap[] {
  const since = minor < TRACKED_SINCE ? '' : dayOf(now)
  let objects = made.get(since)
  if (objects === undefined) {
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-apiserver-legacy-service-account-token-tracking', namespace: 'kube-system' },
      data: { since },
    }
    made.clear() // keeps the last one only, since most clusters start on the same day
    made.set(since, (objects = since === '' ? [] : deepFreeze([map as ConfigMap])))
  }
  return objects
}

/**
 * Returns a function that records the day of last use on the Secret of a token, once a day; undefined for
 * releases without it. Source: pkg/serviceaccount/legacy.go.
 */
export function legacyTokenTracker(
  minor: number,
  client: () => Client,
  now: () => number,
): LateDependencies['legacyTokenUsed'] {
  if (minor < TRACKED_SINCE) return undefined
  return ({ namespace, secret, lastUsed }) => {
    const today = dayOf(now())
    if (lastUsed === today) return
    try {
      client().patch(
        'secrets',
        { namespace, name: secret },
        { type: 'merge', body: { metadata: { labels: { [LAST_USED]: today } } } },
      )
    } catch (error) {
      if (!isApiError(error)) throw error // the request continues without the record
    }
  }
}
