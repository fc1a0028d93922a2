import type { Subject } from '../api/rbac/generated.js'

/** Who asks. */
export interface User {
  readonly name: string
  readonly groups?: readonly string[]
}

/** Members may do everything, ahead of RBAC. */
export const privilegedGroup = 'system:masters'

/** Whether the user is of the group that may do everything. */
export function isPrivileged({ groups }: User): boolean {
  return groups !== undefined && groups.includes(privilegedGroup)
}

/** The user name of a service account. */
export function accountUser(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`
}

/** Whether a binding's subject is this user; accounts without a namespace are of the binding's. */
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

/** `Group "dev"`, `ServiceAccount "name/namespace"`, as reasons name a subject. Source: describeSubject. */
export function subjectText({ kind, name, namespace }: Subject, bindingNamespace: string): string {
  return kind === 'ServiceAccount'
    ? `${kind} "${name}/${namespace || bindingNamespace}"`
    : `${kind} ${JSON.stringify(name)}`
}
