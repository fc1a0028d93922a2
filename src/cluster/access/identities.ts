import type { UserInfo } from '../../client/client.js'
import type { Component } from '../../client/component.js'

/** The identity of `admin.conf`: a cluster administrator. */
export const ADMIN: UserInfo = {
  name: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
}

/**
 * What the machines read for kube-proxy, the network plugin and a kubelet's mounts. They keep their rights
 * whatever the cluster's roles say: a cluster whose network may not read is not simulated.
 */
export const NODE_PROGRAMS: UserInfo = {
  name: 'system:kube-proxy',
  groups: ['system:masters', 'system:authenticated'],
}

/** The identity that a caller claims: a user's name, or more than that. */
export type Identity = string | ClaimedIdentity

/** A user with groups. `system:authenticated` is always one of them. */
export interface ClaimedIdentity {
  readonly user: string
  readonly groups?: readonly string[]
  readonly uid?: string
}

/** Returns the authenticated user for an {@link Identity}. */
export function userOf(identity: Identity): UserInfo {
  const {
    user,
    groups = [],
    uid,
  }: ClaimedIdentity = typeof identity === 'string' ? { user: identity } : identity
  const all = groups.includes('system:authenticated') ? groups : [...groups, 'system:authenticated']
  return { name: user, groups: all, ...(uid === undefined ? {} : { uid }) }
}

/** A process of several components that share their informers. */
export interface SharedProcess {
  readonly name: string
  /** The user that lists and watches. */
  readonly reader: UserInfo
}

const CONTROLLER_MANAGER: SharedProcess = {
  name: 'kube-controller-manager',
  reader: { name: 'system:kube-controller-manager', groups: ['system:authenticated'] },
}

/**
 * Returns the process whose informers a component shares. kube-controller-manager's informers use the
 * identity of the process, not those of the controllers. Source:
 * cmd/kube-controller-manager/app/controllermanager.go CreateControllerContext.
 */
export function processOf({ name, identity }: Component): SharedProcess | undefined {
  const isController =
    name.startsWith(`${CONTROLLER_MANAGER.name}/`) && identity.name.startsWith('system:serviceaccount:')
  return isController ? CONTROLLER_MANAGER : undefined
}
