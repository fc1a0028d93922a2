import type { UserInfo } from '../../client/client.js'
import type { Component } from '../../client/component.js'

/** The identity of `admin.conf`: a cluster administrator. */
export const ADMIN: UserInfo = {
  name: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
}

/** Who a user of the library says they are. */
export interface Identity {
  readonly user: string
  readonly groups?: readonly string[]
  readonly uid?: string
}

/** The authenticated user behind an {@link Identity}. */
export function userOf({ user, groups = [], uid }: Identity): UserInfo {
  const all = groups.includes('system:authenticated') ? groups : [...groups, 'system:authenticated']
  return { name: user, groups: all, ...(uid === undefined ? {} : { uid }) }
}

/** A process of several components that share their informers. */
export interface SharedProcess {
  readonly name: string
  /** Who lists and watches. */
  readonly reader: UserInfo
}

const CONTROLLER_MANAGER: SharedProcess = {
  name: 'kube-controller-manager',
  reader: { name: 'system:kube-controller-manager', groups: ['system:authenticated'] },
}

/**
 * The process whose informers a component shares: those of kube-controller-manager's controllers run under
 * the identity of the process, not of the controller. Source:
 * cmd/kube-controller-manager/app/controllermanager.go CreateControllerContext.
 */
export function processOf({ name, identity }: Component): SharedProcess | undefined {
  const isController =
    name.startsWith(`${CONTROLLER_MANAGER.name}/`) && identity.name.startsWith('system:serviceaccount:')
  return isController ? CONTROLLER_MANAGER : undefined
}
