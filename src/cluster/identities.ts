import type { UserInfo } from '../apiserver/client/client.js'
import type { Component } from '../apiserver/client/component.js'

/** The identity of `admin.conf`: a cluster administrator. */
export const ADMIN: UserInfo = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }

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

const CONTROLLER_MANAGER: UserInfo = { name: 'system:kube-controller-manager', groups: ['system:authenticated'] }

/**
 * Who lists and watches for a component: the controllers of kube-controller-manager share its informers, which run under the identity of the
 * process, not of the controller. Source: cmd/kube-controller-manager/app/controllermanager.go CreateControllerContext.
 */
export function readerOf({ name, identity }: Component): UserInfo {
  const isController = name.startsWith('kube-controller-manager/') && identity.name.startsWith('system:serviceaccount:')
  return isController ? CONTROLLER_MANAGER : identity
}
