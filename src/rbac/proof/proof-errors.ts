/**
 * Replays a proof without sharing any code with what produced it, so that a bug would have to be made twice
 * to stay hidden. Slow and simple on purpose.
 */
import { checkProven } from '../inputs.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { PolicyRule, RoleRef, Subject } from '../../api/rbac/generated.js'
import { objectsIn, type RbacSource } from '../nodes/source.js'

/** The query, in the form that `authorize` takes. */
interface ProofQuery {
  readonly user: string
  readonly groups?: readonly string[]
  readonly verb: string
  readonly apiGroup?: string
  readonly resource?: string
  readonly subresource?: string
  readonly name?: string
  readonly namespace?: string
  readonly path?: string
}

interface Named {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

interface Claim {
  readonly binding: Named
  readonly role: Named
  readonly subject?: Subject
  readonly index?: number
  readonly rule?: PolicyRule
}

/** A verdict in its JSON form. */
interface ClaimedVerdict {
  readonly allowed: boolean
  readonly proof: {
    readonly kind: string
    readonly group?: string
    readonly tried?: readonly (Claim & { readonly failed: string; readonly faults: readonly string[] })[]
    readonly nearMisses?: readonly (Claim & { readonly because: string })[]
  }
}

type Stored = KubeObject & {
  readonly roleRef?: RoleRef
  readonly subjects?: readonly Subject[] | null
  readonly rules?: readonly PolicyRule[] | null
}

/**
 * Checks a verdict of `authorize` against the same objects and query. Returns what is wrong with it; empty if
 * the proof holds. An allow must name an existing rule that is bound to the user in scope; a deny must list
 * every binding that names the user, with the part that fails first.
 * @example expect(proofErrors(cluster, query, authorize(cluster, query))).toEqual([])
 */
export function proofErrors(
  source: RbacSource,
  query: ProofQuery,
  verdict: ClaimedVerdict,
): readonly string[] {
  checkProven([source, query, verdict])
  const checker = new Checker([...objectsIn(source)] as readonly Stored[], query)
  if (verdict.allowed !== (verdict.proof.kind !== 'denied'))
    return [`a response of ${String(verdict.allowed)} with a proof of ${verdict.proof.kind}`]
  switch (verdict.proof.kind) {
    case 'privileged':
      return checker.privileged(verdict.proof.group)
    case 'rule':
      return checker.allowed(verdict.proof as unknown as Claim)
    case 'denied':
      return checker.denied(verdict.proof)
    default:
      return [`unknown proof ${verdict.proof.kind}`]
  }
}

class Checker {
  readonly #objects = new Map<string, Stored>()
  readonly #query: ProofQuery

  constructor(objects: readonly Stored[], query: ProofQuery) {
    this.#query = query
    for (const object of objects) {
      const { apiVersion = 'rbac.authorization.k8s.io/v1', kind = '', metadata } = object
      if (!apiVersion.startsWith('rbac.authorization.k8s.io/')) continue
      this.#objects.set(
        idOf({
          kind,
          name: metadata.name ?? '',
          ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
        }),
        object,
      )
    }
  }

  privileged(group: string | undefined): readonly string[] {
    return group === 'system:masters' && this.#query.groups?.some((each) => each === group)
      ? []
      : [`the user is not of the group ${group ?? ''}`]
  }

  allowed(claim: Claim): readonly string[] {
    const faults = this.#grant(claim)
    const binding = this.#objects.get(idOf(claim.binding))
    if (binding !== undefined && !this.#reaches(binding))
      faults.push(`${idOf(claim.binding)} is of another namespace`)
    const rule = this.#objects.get(idOf(claim.role))?.rules?.[claim.index ?? -1]
    if (rule === undefined) return [...faults, `${idOf(claim.role)} has no rule ${String(claim.index)}`]
    if (!isSame(rule, claim.rule))
      faults.push(`rule ${String(claim.index)} of ${idOf(claim.role)} reads otherwise`)
    const fault = this.#firstFault(rule)
    return fault === ''
      ? faults
      : [...faults, `rule ${String(claim.index)} of ${idOf(claim.role)} does not allow it: ${fault}`]
  }

  denied({ tried = [], nearMisses = [] }: ClaimedVerdict['proof']): readonly string[] {
    const faults =
      this.#query.groups?.includes('system:masters') === true ? ['the user is of system:masters'] : []
    const reported = new Set(tried.map(({ binding }) => idOf(binding)))
    if (reported.size !== tried.length) faults.push('a binding is reported twice')
    for (const [id, object] of this.#objects)
      if (this.#namesUser(object) && !reported.has(id)) faults.push(`${id} is not reported`)
    for (const claim of tried) {
      faults.push(...this.#grant(claim))
      const failed = this.#failureOf(claim)
      if (failed !== JSON.stringify([claim.failed, claim.faults]))
        faults.push(`${idOf(claim.binding)} fails by ${failed}`)
    }
    return [...faults, ...this.#nearMisses(nearMisses)]
  }

  /** Checks the path from the user through the binding to the role. Returns what is wrong. */
  #grant({ binding: name, subject, role }: Claim): string[] {
    const binding = this.#objects.get(idOf(name))
    if (binding === undefined) return [`there is no ${idOf(name)}`]
    const first = (binding.subjects ?? []).find((each) => this.#isUser(each, binding))
    const faults: string[] = []
    if (first === undefined || !isSame(first, subject))
      faults.push(`${idOf(name)} does not name the user by ${JSON.stringify(subject)}`)
    if (roleOf(binding) !== idOf(role))
      faults.push(`${idOf(name)} is of ${roleOf(binding)}, not ${idOf(role)}`)
    return faults
  }

  #failureOf({ binding: name }: Claim): string {
    const binding = this.#objects.get(idOf(name))
    if (binding === undefined || !this.#reaches(binding)) return JSON.stringify(['namespace', []])
    const role = this.#objects.get(roleOf(binding))
    if (role === undefined) return JSON.stringify(['role', []])
    return JSON.stringify(['rules', (role.rules ?? []).map((rule) => this.#firstFault(rule))])
  }

  /** Checks that all near misses are listed, up to ten. */
  #nearMisses(claims: readonly (Claim & { readonly because: string })[]): readonly string[] {
    const expected = [...this.#objects].flatMap(([id, object]) => {
      const index = (this.#objects.get(roleOf(object))?.rules ?? []).findIndex(
        (rule) => this.#firstFault(rule) === '',
      )
      if (index < 0 || (this.#query.path !== undefined && object.kind === 'RoleBinding')) return []
      const [reaches, isUsers] = [this.#reaches(object), this.#namesUser(object)]
      return reaches === isUsers
        ? []
        : [`${isUsers ? 'wrongNamespace' : 'wrongSubject'} ${id} ${roleOf(object)} ${index}`]
    })
    const reported = claims.map(
      ({ because, binding, role, index }) => `${because} ${idOf(binding)} ${idOf(role)} ${String(index)}`,
    )
    const faults = reported.filter((each) => !expected.includes(each)).map((each) => `no near miss: ${each}`)
    const due = Math.min(10, expected.length)
    return new Set(reported).size === due ? faults : [...faults, `${reported.length} near misses of ${due}`]
  }

  #namesUser(object: Stored): boolean {
    return isBinding(object) && (object.subjects ?? []).some((subject) => this.#isUser(subject, object))
  }

  #isUser({ kind, name, namespace }: Subject, { metadata }: Stored): boolean {
    const { user, groups = [] } = this.#query
    if (kind === 'User') return name === user
    if (kind === 'Group') return groups.some((group) => group === name)
    const home = namespace || metadata.namespace
    return (
      kind === 'ServiceAccount' &&
      home !== undefined &&
      home !== '' &&
      user === ['system', 'serviceaccount', home, name].join(':')
    )
  }

  /** Returns whether the binding applies in the scope of the query. */
  #reaches({ kind, metadata }: Stored): boolean {
    if (kind === 'ClusterRoleBinding') return true
    const { path, namespace = '' } = this.#query
    return (
      kind === 'RoleBinding' && path === undefined && namespace !== '' && metadata.namespace === namespace
    )
  }

  /**
   * Returns the first part of the rule that does not match, in the order verb, group, resource, name; '' if
   * the rule allows the query.
   */
  #firstFault({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string {
    const { verb, apiGroup = '', resource = '', subresource = '', name = '', path } = this.#query
    const fits = (list: readonly string[] | null | undefined, ...values: readonly string[]): boolean =>
      (list ?? []).some((each) => each === '*' || values.includes(each))
    if (!fits(verbs, verb)) return 'verb'
    if (path !== undefined) {
      const covers = (url: string): boolean => {
        let end = url.length
        while (end > 0 && url[end - 1] === '*') end -= 1
        return end === url.length ? url === path : path.slice(0, end) === url.slice(0, end)
      }
      return (nonResourceURLs ?? []).some((url) => url === path || covers(url)) ? '' : 'nonResourceURL'
    }
    if (!fits(apiGroups, apiGroup)) return 'apiGroup'
    const whole = subresource === '' ? [resource] : [`${resource}/${subresource}`, `*/${subresource}`]
    if (!fits(resources, ...whole)) return 'resource'
    return (resourceNames ?? []).length > 0 && !(resourceNames ?? []).some((each) => each === name)
      ? 'resourceName'
      : ''
  }
}

function isBinding({ kind }: Stored): boolean {
  return kind === 'ClusterRoleBinding' || kind === 'RoleBinding'
}

/** Formats a name: `Role office/reader`, `ClusterRole view`. */
function idOf({ kind, namespace, name }: Named): string {
  return kind === 'Role' || kind === 'RoleBinding' ? `${kind} ${namespace ?? ''}/${name}` : `${kind} ${name}`
}

function roleOf({ roleRef, metadata }: Stored): string {
  return roleRef === undefined
    ? ''
    : idOf({
        kind: roleRef.kind,
        name: roleRef.name,
        ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      })
}

/** Returns whether two values are equal as JSON, regardless of the order of keys. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return one === other
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys].every((key) =>
    isSame((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
  )
}
