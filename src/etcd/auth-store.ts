import { EtcdError } from './errors.js'
import { upperBound } from './mvcc/keys.js'
import { byName, byText } from '../lang/text/order.js'

/** The access that a permission grants. */
export type PermissionType = 'READ' | 'WRITE' | 'READWRITE' | number

/** A range of keys that a role may use. */
export interface Permission {
  readonly permType: PermissionType
  readonly key: string
  /** Empty: a single key. One zero byte: everything from the key on. */
  readonly rangeEnd: string
}

/** Keys that a request reads or writes. */
export interface KeyAccess {
  readonly needs: 'READ' | 'WRITE'
  readonly key: string
  readonly rangeEnd: string
}

/** A user of etcd's own authentication. */
export interface AuthUser {
  readonly name: string
  /** The bcrypt hash. Absent: no password matches. */
  readonly password?: string
  /** Sorted. */
  readonly roles: readonly string[]
}

/** A role and its permissions by key. */
export interface AuthRole {
  readonly name: string
  readonly permissions: readonly Permission[]
}

/** Users, roles and whether authentication is enabled, as plain data. Users and roles are sorted by name. */
export interface AuthState {
  readonly enabled: boolean
  /** Incremented by each change; 1 for a fresh store. */
  readonly revision: number
  readonly users: readonly AuthUser[]
  readonly roles: readonly AuthRole[]
}

/** The state of a store in which authentication was never configured. */
export const NO_AUTH: AuthState = { enabled: false, revision: 1, users: [], roles: [] }

const ROOT = 'root'

/**
 * Users, roles and permissions. They are stored next to the keys and enforced by the server on top of the
 * store. The caller hashes and compares passwords. Methods throw EtcdError with etcd's texts. Source:
 * server/auth/store.go.
 */
export class AuthStore {
  #state: AuthState

  constructor(state: AuthState = NO_AUTH) {
    this.#state = state
  }

  get state(): AuthState {
    return this.#state
  }

  get enabled(): boolean {
    return this.#state.enabled
  }

  get revision(): number {
    return this.#state.revision
  }

  enable(): void {
    if (this.enabled) return
    const root = this.#find(ROOT)
    if (root === undefined) throw new EtcdError('rootUserNotExist')
    if (!root.roles.includes(ROOT)) throw new EtcdError('rootRoleNotExist')
    this.#state = { ...this.#state, enabled: true }
  }

  disable(): void {
    if (this.enabled) this.#change({ enabled: false })
  }

  /** Returns the hash that the user's password must match. Throws if no password would. */
  passwordHash(name: string): string {
    if (!this.enabled) throw new EtcdError('authNotEnabled')
    const user = this.#find(name)
    if (user === undefined) throw new EtcdError('authFailed')
    if (user.password === undefined) throw new EtcdError('noPasswordUser')
    return user.password
  }

  /** `password` is a hash, or undefined for a user without a password. */
  addUser(name: string, password: string | undefined): void {
    if (name === '') throw new EtcdError('userEmpty')
    if (this.#find(name) !== undefined) throw new EtcdError('userExists')
    this.#putUser({ name, ...(password === undefined ? {} : { password }), roles: [] })
  }

  rolesOf(name: string): readonly string[] {
    return this.#user(name).roles
  }

  userNames(): string[] {
    return this.#state.users.map(({ name }) => name)
  }

  deleteUser(name: string): void {
    this.#keepRoot(name === ROOT)
    this.#user(name)
    this.#change({ users: this.#state.users.filter((user) => user.name !== name) })
  }

  /** `password` is a hash. A user created without a password stays without one. */
  changePassword(name: string, password: string): void {
    const user = this.#user(name)
    this.#putUser(user.password === undefined ? user : { ...user, password })
  }

  grantRole(name: string, role: string): void {
    const user = this.#user(name)
    if (role !== ROOT) this.#role(role)
    if (!user.roles.includes(role)) this.#putUser({ ...user, roles: [...user.roles, role].sort() })
  }

  revokeRole(name: string, role: string): void {
    this.#keepRoot(name === ROOT && role === ROOT)
    const user = this.#user(name)
    if (!user.roles.includes(role)) throw new EtcdError('roleNotGranted')
    this.#putUser(withoutRole(user, role))
  }

  addRole(name: string): void {
    if (name === '') throw new EtcdError('roleEmpty')
    if (this.#state.roles.some((role) => role.name === name)) throw new EtcdError('roleExists')
    this.#putRole({ name, permissions: [] })
  }

  permissionsOf(name: string): readonly Permission[] {
    return this.#role(name).permissions
  }

  roleNames(): string[] {
    return this.#state.roles.map(({ name }) => name)
  }

  deleteRole(name: string): void {
    this.#keepRoot(name === ROOT)
    this.#role(name)
    const { users, roles } = this.#state
    this.#change({
      roles: roles.filter((role) => role.name !== name),
      users: users.map((user) => (user.roles.includes(name) ? withoutRole(user, name) : user)),
    })
  }

  grantPermission(name: string, permission: Permission | undefined): void {
    if (permission === undefined) throw new EtcdError('permissionNotGiven')
    if (!isValidRange(permission)) throw new EtcdError('invalidAuthMgmt')
    const { permissions } = this.#role(name)
    const { permType, key, rangeEnd } = permission
    // as in etcd: only the first permission that starts with the key is considered, so other ranges from that
    // key are duplicated
    const at = permissions.findIndex((one) => one.key >= key)
    const first = permissions[at]
    const granted =
      first !== undefined && isSameRange(first, permission)
        ? permissions.with(at, { ...first, permType })
        : [...permissions, { permType, key, rangeEnd }].sort((a, b) =>
            a.key < b.key ? -1 : a.key > b.key ? 1 : 0,
          )
    this.#putRole({ name, permissions: granted })
  }

  revokePermission(name: string, range: Pick<Permission, 'key' | 'rangeEnd'>): void {
    const { permissions } = this.#role(name)
    const left = permissions.filter((one) => !isSameRange(one, range))
    if (left.length === permissions.length) throw new EtcdError('permissionNotGranted')
    this.#putRole({ name, permissions: left })
  }

  /** Returns whether the user has the root role. Throws if there is no such user. */
  isRoot(name: string): boolean {
    return this.#user(name).roles.includes(ROOT)
  }

  hasRole(name: string, role: string): boolean {
    return this.#find(name)?.roles.includes(role) === true
  }

  /** Returns whether the user's roles together permit the whole access. */
  allows(name: string, { needs, key, rangeEnd }: KeyAccess): boolean {
    const user = this.#find(name)
    if (user === undefined) return false
    if (user.roles.includes(ROOT)) return true
    const held = this.#state.roles
      .filter((role) => user.roles.includes(role.name))
      .flatMap(({ permissions }) => permissions)
      .filter(({ permType }) => permType === needs || permType === 'READWRITE')
      .map((one) => ({ start: one.key, end: upperBound(one.key, one.rangeEnd, 'single') }))
      .sort((a, b) => byText(a.start, b.start))
    return covers(held, key, upperBound(key, rangeEnd, 'single'))
  }

  #find(name: string): AuthUser | undefined {
    return this.#state.users.find((user) => user.name === name)
  }

  #user(name: string): AuthUser {
    const user = this.#find(name)
    if (user === undefined) throw new EtcdError('userNotFound')
    return user
  }

  #role(name: string): AuthRole {
    const role = this.#state.roles.find((one) => one.name === name)
    if (role === undefined) throw new EtcdError('roleNotFound')
    return role
  }

  #putUser(user: AuthUser): void {
    this.#change({ users: withNamed(this.#state.users, user) })
  }

  #putRole(role: AuthRole): void {
    this.#change({ roles: withNamed(this.#state.roles, role) })
  }

  #change(fields: Partial<AuthState>): void {
    this.#state = { ...this.#state, ...fields, revision: this.#state.revision + 1 }
  }

  #keepRoot(isRoot: boolean): void {
    if (this.enabled && isRoot) throw new EtcdError('invalidAuthMgmt')
  }
}

/** Returns the list with the element of that name replaced. */
function withNamed<T extends { readonly name: string }>(all: readonly T[], one: T): readonly T[] {
  return [...all.filter(({ name }) => name !== one.name), one].sort(byName)
}

const withoutRole = (user: AuthUser, role: string): AuthUser => ({
  ...user,
  roles: user.roles.filter((one) => one !== role),
})

const isSameRange = (
  a: Pick<Permission, 'key' | 'rangeEnd'>,
  b: Pick<Permission, 'key' | 'rangeEnd'>,
): boolean => a.key === b.key && a.rangeEnd === b.rangeEnd

interface Interval {
  readonly start: string
  readonly end: string
}

/**
 * Returns whether intervals, sorted by start, cover a range without a gap. For a range that ends before it
 * starts: whether they cover its start. Source: pkg/adt/interval_tree.go Contains.
 */
function covers(held: readonly Interval[], start: string, end: string): boolean {
  let from: string | undefined
  let to = ''
  for (const one of held) {
    const isBefore = start < one.start && end <= one.start
    if (isBefore || start >= one.end) continue
    if (from === undefined) from = one.start
    else if (to < one.start) return false
    if (one.end > to) to = one.end
  }
  return from !== undefined && from <= start && to >= end
}

/**
 * Returns whether a permission's range is valid. Source: server/auth/range_perm_cache.go
 * isValidPermissionRange.
 */
function isValidRange({ key, rangeEnd }: Permission): boolean {
  if (key === '') return false
  return rangeEnd === '' || rangeEnd === '\0' || key < rangeEnd
}
