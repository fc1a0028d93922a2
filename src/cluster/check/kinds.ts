import { formatApiVersion, parseApiVersion } from '../../api/api-version.js'
import { pluralGuess, whyNotServed } from '../../api/not-served.js'
import { servedIn } from '../../api/definitions.js'
import { createScheme, type Scheme } from '../../api/scheme.js'
import type { KubeObject } from '../../api/kind/definition.js'

/** How the apiserver serves a kind. */
export interface ServedKind {
  /** `/apis/apps/v1` */
  readonly root: string
  readonly group: string
  readonly resource: string
  readonly namespaced: boolean
  readonly isCustom: boolean
}

interface CustomDefinition {
  readonly spec?: {
    readonly group?: string
    readonly scope?: string
    readonly version?: string
    readonly versions?: readonly { readonly name: string; readonly served?: boolean }[]
    readonly names?: { readonly kind?: string; readonly plural?: string }
  }
}

/** Why a kind is not served. */
export interface Unserved {
  readonly rule: 'removed-api' | 'unknown-kind'
  /** Whether it may be a custom kind whose definition is elsewhere. */
  readonly isForeign: boolean
  readonly message: string
  /** The API version to write instead, if there is one of the same kind. */
  readonly instead: string | undefined
}

const rootOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`

const noMatches = (apiVersion: string, kind: string, why: string): string =>
  `no matches for kind "${kind}" in version "${apiVersion}": ${why}`

/** The kinds that a release serves, and those that CustomResourceDefinitions among manifests define. */
export class Kinds {
  readonly scheme: Scheme
  readonly #custom = new Map<string, ServedKind>()
  readonly #groups = new Set<string>()

  constructor(version: string, objects: readonly KubeObject[]) {
    this.scheme = createScheme(version)
    for (const object of objects) if (object.kind === 'CustomResourceDefinition') this.#define(object)
  }

  #define(object: KubeObject): void {
    const { group = '', scope, version, versions, names = {} } = (object as CustomDefinition).spec ?? {}
    this.#groups.add(group)
    const all = versions ?? (version === undefined ? [] : [{ name: version }])
    for (const { name, served = true } of all)
      if (served)
        this.#custom.set(`${group}/${name} ${names.kind ?? ''}`, {
          root: `/apis/${group}/${name}`,
          group,
          resource: names.plural ?? '',
          namespaced: scope !== 'Cluster',
          isCustom: true,
        })
  }

  /** Returns how the kind of an object is served; undefined if it is not. */
  of({ apiVersion = '', kind = '' }: KubeObject): ServedKind | undefined {
    const definition = this.scheme.ofObject(apiVersion, kind)
    if (definition !== undefined) {
      const { resource, namespaced, group } = definition
      return { root: rootOf(apiVersion), group, resource, namespaced, isCustom: false }
    }
    return this.#custom.get(`${apiVersion} ${kind}`)
  }

  /** Returns why the kind of an object is not served, and what to write instead. */
  whyNot({ apiVersion = '', kind = '' }: KubeObject): Unserved {
    const { group } = parseApiVersion(apiVersion)
    const known = this.scheme
      .definitions()
      .filter((each) => each.kind === kind && each.verbs.includes('patch'))
      .toSorted((a, b) => Number(b.group === group) - Number(a.group === group))[0]
    const span = servedIn(apiVersion, pluralGuess(kind))
    const wasRemoved = span?.until !== undefined && span.until <= this.scheme.release.minor
    const isOurs =
      span !== undefined ||
      !group.includes('.') ||
      this.scheme.definitions().some((each) => each.group === group) ||
      (known !== undefined && group.endsWith('.k8s.io'))
    const message = isOurs
      ? noMatches(apiVersion, kind, whyNotServed(this.scheme, apiVersion, kind))
      : this.#foreignText(apiVersion, kind, group)
    return {
      rule: wasRemoved ? 'removed-api' : 'unknown-kind',
      isForeign: !isOurs && !this.#groups.has(group),
      message,
      instead: known === undefined || !isOurs ? undefined : formatApiVersion(known),
    }
  }

  #foreignText(apiVersion: string, kind: string, group: string): string {
    const versions = [...this.#custom.keys()].filter((key) => key.startsWith(`${group}/`))
    return versions.length === 0
      ? `${kind} of ${apiVersion} is not checked: its CustomResourceDefinition is not among the manifests; ` +
          'name its file, too'
      : noMatches(apiVersion, kind, `the CustomResourceDefinitions of ${group} serve ${versions.join(', ')}`)
  }
}
