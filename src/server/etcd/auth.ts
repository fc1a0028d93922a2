import { randomInt } from 'node:crypto'
import { AuthStore, authErrors } from './auth-store.js'
import type { KeyAccess, Permission } from './auth-store.js'
import type { CallInfo, Method } from './grpc.js'
import type { EtcdMember } from './member.js'
import { refuseEmptyKey, unary } from './unary.js'

export type { KeyAccess } from './auth-store.js'

/** How long a token is good for after its last use, in ms of the store's time. Source: server/auth/simple_token.go. */
const TOKEN_TTL_MS = 300_000
const TOKEN_LETTERS = 16

/** Lets calls in or not: everybody in, while authentication is off. */
export class AccessControl {
  readonly store: AuthStore = new AuthStore()
  readonly #tokens = new Map<string, { readonly user: string; readonly until: number }>()
  readonly #now: () => number
  #count = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** Who calls, by the token; undefined when nobody says or authentication is off. Throws when the token is not known. */
  user(call: CallInfo): string | undefined {
    if (!this.store.enabled) return undefined
    const token = call.header('token') ?? call.header('authorization')
    if (token === undefined) return undefined
    const known = this.#tokens.get(token)
    if (known === undefined || known.until < this.#now()) throw authErrors.badToken()
    this.#tokens.set(token, { user: known.user, until: this.#now() + TOKEN_TTL_MS })
    return known.user
  }

  /** Runs what touches these keys, if the caller may; `key` is told to be missing first. */
  check<T>(call: CallInfo, keys: () => readonly KeyAccess[], key: string | undefined, run: () => T): T {
    if (!this.store.enabled) return run()
    refuseEmptyKey(key)
    this.demand(call, keys())
    return run()
  }

  /** Throws unless the caller may touch all of these keys. */
  demand(call: CallInfo, keys: readonly KeyAccess[]): void {
    if (!this.store.enabled) return
    const user = this.user(call)
    if (user === undefined) throw authErrors.userEmpty()
    if (!keys.every((one) => this.store.allows(user, one))) throw authErrors.denied()
  }

  /** Throws unless the caller is an administrator, or `otherwise` lets the user through. */
  demandRoot(call: CallInfo, otherwise: (user: string) => boolean = () => false): void {
    if (!this.store.enabled) return
    const user = this.user(call)
    if (user === undefined) throw authErrors.userEmpty()
    if (!this.store.isRoot(user) && !otherwise(user)) throw authErrors.denied()
  }

  /** A token for who knows the password: sixteen letters and a number. */
  authenticate(name: string, password: string): string {
    this.store.checkPassword(name, password)
    const letters = Array.from({ length: TOKEN_LETTERS }, () => String.fromCharCode((randomInt(2) === 0 ? 65 : 97) + randomInt(26))).join('')
    const token = `${letters}.${++this.#count}`
    this.#tokens.set(token, { user: name, until: this.#now() + TOKEN_TTL_MS })
    return token
  }

  /** Forgets the tokens of a user, or all. */
  forget(user?: string): void {
    for (const [token, known] of this.#tokens) if (user === undefined || known.user === user) this.#tokens.delete(token)
  }
}

interface UserAdd {
  readonly name: string
  readonly password: string
  readonly hashedPassword: string
  readonly options?: { readonly noPassword: boolean }
}

interface Named {
  readonly name: string
}

/** The Auth service. Source: server/etcdserver/api/v3rpc/auth.go, apply_auth.go. */
export function authService({ store, catchUp }: EtcdMember, access: AccessControl): ReadonlyMap<string, Method> {
  const auth = access.store
  const open = (run: (request: never, call: CallInfo) => object): ((request: never, call: CallInfo) => object) => (request, call) => {
    catchUp()
    const fields = run(request, call)
    return { header: store.header, ...fields }
  }
  const admin = <Request>(run: (request: Request) => object | void): ((request: Request, call: CallInfo) => object) =>
    open((request, call) => {
      access.demandRoot(call)
      return run(request) ?? {}
    }) as (request: Request, call: CallInfo) => object
  return new Map<string, Method>([
    ['AuthStatus', unary('Empty', 'AuthStatusResponse', admin(() => ({ enabled: auth.enabled, authRevision: auth.revision })))],
    ['AuthEnable', unary('Empty', 'HeaderOnlyResponse', open(() => {
      auth.enable()
      return {}
    }))],
    ['AuthDisable', unary('Empty', 'HeaderOnlyResponse', admin(() => {
      auth.disable()
      access.forget()
    }))],
    ['Authenticate', unary('AuthenticateRequest', 'AuthenticateResponse', open((request: UserAdd) => ({
      token: access.authenticate(request.name, request.password),
    })))],
    ['UserAdd', unary('UserAddRequest', 'HeaderOnlyResponse', admin(({ name, password, options }: UserAdd) => {
      auth.addUser(name, options?.noPassword === true ? undefined : password)
    }))],
    ['UserGet', unary('NameRequest', 'UserGetResponse', open(({ name }: Named, call) => {
      access.demandRoot(call, (user) => user === name)
      return { roles: auth.rolesOf(name) }
    }))],
    ['UserList', unary('Empty', 'UserListResponse', admin(() => ({ users: auth.userNames() })))],
    ['UserDelete', unary('NameRequest', 'HeaderOnlyResponse', admin(({ name }: Named) => {
      auth.deleteUser(name)
      access.forget(name)
    }))],
    ['UserChangePassword', unary('UserChangePasswordRequest', 'HeaderOnlyResponse', admin(({ name, password }: UserAdd) => {
      auth.changePassword(name, password)
      access.forget(name)
    }))],
    ['UserGrantRole', unary('UserRoleRequest', 'HeaderOnlyResponse', admin(({ name, role }: Named & { readonly role: string }) => auth.grantRole(name, role)))],
    ['UserRevokeRole', unary('UserRoleRequest', 'HeaderOnlyResponse', admin(({ name, role }: Named & { readonly role: string }) => auth.revokeRole(name, role)))],
    ['RoleAdd', unary('NameRequest', 'HeaderOnlyResponse', admin(({ name }: Named) => auth.addRole(name)))],
    ['RoleGet', unary('NameRequest', 'RoleGetResponse', open(({ name }: Named, call) => {
      access.demandRoot(call, (user) => auth.hasRole(user, name))
      return { perm: auth.permissionsOf(name) }
    }))],
    ['RoleList', unary('Empty', 'RoleListResponse', admin(() => ({ roles: auth.roleNames() })))],
    ['RoleDelete', unary('NameRequest', 'HeaderOnlyResponse', admin(({ name }: Named) => auth.deleteRole(name)))],
    ['RoleGrantPermission', unary('RoleGrantPermissionRequest', 'HeaderOnlyResponse', admin(
      ({ name, perm }: Named & { readonly perm?: Permission }) => auth.grantPermission(name, perm),
    ))],
    ['RoleRevokePermission', unary('RoleRevokePermissionRequest', 'HeaderOnlyResponse', admin(
      ({ role, ...range }: Permission & { readonly role: string }) => auth.revokePermission(role, range),
    ))],
  ])
}
