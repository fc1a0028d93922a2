import { quote } from '../lang/go/quote.js'
import type { Subject } from '../api/rbac/generated.js'

/** The user who makes a request. */
export interface User {
  readonly name: string
  readonly groups?: readonly string[]
}

/** Members are allowed everything, before RBAC is consulted. */
export const privilegedGroup = 'system:masters'

/** Returns whether the user belongs to the group that is allowed everything. */
export function isPrivileged({ groups }: User): boolean {
  return groups !== undefined && groups.includes(privilegedGroup)
}

/** Returns the user name of a service account. */
export function accountUser(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`
}

/** Returns whether a binding's subject is this user. An account without a namespace is in the binding's. */
export function subjectApplies(subject: Subject, user: User, bindingNamespace: string): boolean {
  switch (subject.kind) {
    case 'User':
      return user.name === subject.name
    case 'Group':
      return user.groups?.includes(subject.name) === true
    case 'ServiceAccount': {
      const namespace = subject.namespace || bindingNamespace
      return namespace !== '' && user.name === accountUser(namespace, subject.name)
    }
    default:
      return false
  }
}

/**
 * Formats a subject as reasons do: `Group "dev"`, `ServiceAccount "name/namespace"`. Source: describeSubject.
 */
export function subjectText({ kind, name, namespace }: Subject, bindingNamespace: string): string {
  return kind === 'ServiceAccount'
    ? `${kind} "${name}/${namespace || bindingNamespace}"`
    : `${kind} ${quote(name)}`
}
