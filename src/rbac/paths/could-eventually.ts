import { checkEventually } from '../inputs.js'
import { refuseMisspelt } from '../misspelt.js'
import { policyOf } from '../policy.js'
import type { Subject } from '../../api/rbac/generated.js'
import { type AccessAction, requestedAction } from '../evaluate.js'
import { ruleAllows } from '../rules.js'
import { objectsIn, type RbacSource } from '../nodes/source.js'
import { escalationPaths, type EscalationOptions, identityOf } from './escalation-paths.js'
import type { EscalationIdentity, EscalationPath } from './path.js'
import { accountIdentity, SubjectView } from './subject-view.js'

/** A subject that is allowed an action, or can come to be. */
export interface EventualAccess {
  readonly subject: Subject
  /** How it gets there: `gains` is the action. Undefined if it is allowed the action now. */
  readonly path?: EscalationPath
}

const USER = { kind: 'User', apiGroup: 'rbac.authorization.k8s.io' } as const

/** Who everybody is, or who has nothing to gain. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'system:masters',
  'system:serviceaccounts',
  'system:authenticated',
  'system:unauthenticated',
])

/**
 * Finds who is allowed an action, and who could be: all users, groups and service accounts that bindings
 * name, and the other service accounts. `depth`, by default 2, is how many techniques may be chained; see
 * {@link escalationPaths}, also for what is not considered. The groups of everybody are left out, and so are
 * subjects named `system:...`, which are the cluster's own, unless `includeSystem`.
 * @example findEventualAccess(cluster, { verb: 'get', resource: 'secrets' }).map(({ subject }) => subject)
 */
export function findEventualAccess(
  source: RbacSource,
  action: AccessAction,
  options: EscalationOptions & { readonly includeSystem?: boolean } = {},
): readonly EventualAccess[] {
  checkEventually([source, action, options])
  const { depth = 2, includeSystem = false } = options
  const objects = [...objectsIn(source)]
  refuseMisspelt(policyOf(objects), action)
  const view = new SubjectView(objects, identityOf({ user: '' }))
  const allowedTo = (identity: EscalationIdentity): boolean => new SubjectView(objects, identity).may(action)
  return subjectsOf(view, includeSystem).flatMap(({ subject, identity }): readonly EventualAccess[] => {
    if (allowedTo(identity)) return [{ subject }]
    const path = escalationPaths(objects, identity, { depth }).find((each) =>
      each.added === undefined ? allowedTo(each.identity) : isAdded(each.added, action),
    )
    return path === undefined ? [] : [{ subject, path: { ...path, gains: action } }]
  })
}

function isAdded({ rules, namespace }: NonNullable<EscalationPath['added']>, action: AccessAction): boolean {
  const isInScope = namespace === '' || (action.path === undefined && action.namespace === namespace)
  return isInScope && rules.some((rule) => ruleAllows(rule, requestedAction(action)))
}

/** Returns all subjects, each with the identity that requests of it, or of a member, have. */
function subjectsOf(
  view: SubjectView,
  includeSystem: boolean,
): readonly { readonly subject: Subject; readonly identity: EscalationIdentity }[] {
  const isWanted = ({ name }: Subject): boolean =>
    !LEFT_OUT.has(name) && (includeSystem || !name.startsWith('system:'))
  const users = view.subjects('User').filter(isWanted)
  const groups = view.subjects('Group').filter(isWanted)
  const accounts = view
    .accounts()
    .filter(({ namespace }) => includeSystem || namespace !== 'kube-system')
    .map((account) => ({
      subject: { kind: 'ServiceAccount', ...account } as const,
      identity: accountIdentity(account),
    }))
  return [
    ...users.map((subject) => ({
      subject: { ...USER, ...subject },
      identity: identityOf({ user: subject.name }),
    })),
    ...groups.map((subject) => ({
      subject,
      identity: identityOf({ user: `a member of ${subject.name}`, groups: [subject.name] }),
    })),
    ...accounts,
  ]
}
