import { upperBound } from '../../etcd/keys.js'
import { Code, GrpcError } from './grpc-error.js'

/** What a permission lets its holder do. */
export type PermissionType = 'READ' | 'WRITE' | 'READWRITE' | number

/** A range of keys that a role may use. */
export interface Permission {
  readonly permType: PermissionType
  readonly key: string
  /** Empty: the one key. One zero byte: everything from the key on. */
  readonly rangeEnd: string
}

/** Keys that a request reads or writes. */
export interface KeyAccess {
  readonly needs: 'READ' | 'WRITE'
  readonly key: string
  readonly rangeEnd: string
}

interface User {
  /** Absent: no password ever fits. */
  readonly password: string | undefined
  readonly roles: readonly string[]
}

const ROOT = 'root'

const precondition = (text: string): GrpcError => new GrpcError(Code.FailedPrecondition, `etcdserver: ${text}`)
const invalid = (text: string): GrpcError => new GrpcError(Code.InvalidArgument, `etcdserver: ${text}`)

/** etcd's refusals of {@link AuthStore}. */
export const authErrors = {
  userEmpty: (): GrpcError => invalid('user name is empty'),
  denied: (): GrpcError => new GrpcError(Code.PermissionDenied, 'etcdserver: permission denied'),
  badToken: (): GrpcError => new GrpcError(Code.Unauthenticated, 'etcdserver: invalid auth token'),
  failed: (): GrpcError => invalid('authentication failed, invalid user ID or password'),
} as const

/**
 * Users, roles and what they may do. Kept by the server, in memory: snapshot files and forks of the store do not have them.
 * Source: server/auth/store.go.
 */
export class AuthStore {
  readonly #users = new Map<string, User>()
  readonly #roles = new Map<string, readonly Permission[]>()
  #enabled = false
  #revision = 1

  get enabled(): boolean {
    return this.#enabled
  }

  get revision(): number {
    return this.#revision
  }

  enable(): void {
    if (this.#enabled) return
    const root = this.#users.get(ROOT)
    if (root === undefined) throw precondition('root user does not exist')
    if (!root.roles.includes(ROOT)) throw precondition('root user does not have root role')
    this.#enabled = true
  }

  disable(): void {
    if (!this.#enabled) return
    this.#enabled = false
    this.#revision++
  }

  /** Whose name and password these are; throws what etcd says when they are nobody's. */
  checkPassword(name: string, password: string): void {
    if (!this.#enabled) throw precondition('authentication is not enabled')
    const user = this.#users.get(name)
    if (user === undefined) throw authErrors.failed()
    if (user.password === undefined) throw new GrpcError(Code.Unknown, 'auth: authentication failed, password was given for no password user')
    if (user.password !== password) throw authErrors.failed()
  }

  addUser(name: string, password: string | undefined): void {
    if (name === '') throw authErrors.userEmpty()
    if (this.#users.has(name)) throw precondition('user name already exists')
    this.#set(this.#users, name, { password, roles: [] })
  }

  rolesOf(name: string): readonly string[] {
    return this.#user(name).roles
  }

  userNames(): string[] {
    return [...this.#users.keys()].sort()
  }

  deleteUser(name: string): void {
    this.#keepRoot(name === ROOT)
    this.#user(name)
    this.#users.delete(name)
    this.#revision++
  }

  changePassword(name: string, password: string): void {
    this.#set(this.#users, name, { ...this.#user(name), password })
  }

  grantRole(name: string, role: string): void {
    const user = this.#user(name)
    if (role !== ROOT) this.#role(role)
    if (!user.roles.includes(role)) this.#set(this.#users, name, { ...user, roles: [...user.roles, role].sort() })
  }

  revokeRole(name: string, role: string): void {
    this.#keepRoot(name === ROOT && role === ROOT)
    const user = this.#user(name)
    if (!user.roles.includes(role)) throw precondition('role is not granted to the user')
    this.#set(this.#users, name, { ...user, roles: user.roles.filter((one) => one !== role) })
  }

  addRole(name: string): void {
    if (name === '') throw invalid('role name is empty')
    if (this.#roles.has(name)) throw precondition('role name already exists')
    this.#set(this.#roles, name, [])
  }

  permissionsOf(role: string): readonly Permission[] {
    return this.#role(role)
  }

  roleNames(): string[] {
    return [...this.#roles.keys()].sort()
  }

  deleteRole(role: string): void {
    this.#keepRoot(role === ROOT)
    this.#role(role)
    this.#roles.delete(role)
    for (const [name, user] of this.#users) {
      if (user.roles.includes(role)) this.#users.set(name, { ...user, roles: user.roles.filter((one) => one !== role) })
    }
    this.#revision++
  }

  grantPermission(role: string, permission: Permission | undefined): void {
    if (permission === undefined) throw invalid('permission not given')
    if (!isValidRange(permission)) throw invalid('invalid auth management')
    const others = this.#role(role).filter((one) => !isSameRange(one, permission))
    this.#set(this.#roles, role, [...others, permission].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)))
  }

  revokePermission(role: string, range: Pick<Permission, 'key' | 'rangeEnd'>): void {
    const held = this.#role(role)
    const left = held.filter((one) => !isSameRange(one, range))
    if (left.length === held.length) throw precondition('permission is not granted to the role')
    this.#set(this.#roles, role, left)
  }

  isRoot(name: string): boolean {
    return this.#users.get(name)?.roles.includes(ROOT) === true
  }

  hasRole(name: string, role: string): boolean {
    return this.#users.get(name)?.roles.includes(role) === true
  }

  /** Whether the user's roles together allow all of that. */
  allows(name: string, { needs, key, rangeEnd }: KeyAccess): boolean {
    const user = this.#users.get(name)
    if (user === undefined) return false
    if (user.roles.includes(ROOT)) return true
    const held = user.roles.flatMap((role) => this.#roles.get(role) ?? [])
      .filter(({ permType }) => permType === needs || permType === 'READWRITE')
      .map((one) => ({ start: one.key, end: upperBound(one.key, one.rangeEnd, 'single') }))
      .sort((a, b) => (a.start < b.start ? -1 : 1))
    const end = upperBound(key, rangeEnd, 'single')
    let covered = key
    for (const one of held) if (one.start <= covered && one.end > covered) covered = one.end
    return covered >= end && covered !== key
  }

  #user(name: string): User {
    const user = this.#users.get(name)
    if (user === undefined) throw precondition('user name not found')
    return user
  }

  #role(name: string): readonly Permission[] {
    const role = this.#roles.get(name)
    if (role === undefined) throw precondition('role name not found')
    return role
  }

  #set<Value>(all: Map<string, Value>, name: string, value: Value): void {
    all.set(name, value)
    this.#revision++
  }

  #keepRoot(isRoot: boolean): void {
    if (this.#enabled && isRoot) throw invalid('invalid auth management')
  }
}

const isSameRange = (a: Pick<Permission, 'key' | 'rangeEnd'>, b: Pick<Permission, 'key' | 'rangeEnd'>): boolean =>
  a.key === b.key && a.rangeEnd === b.rangeEnd

/** Source: server/auth/range_perm_cache.go isValidPermissionRange. */
function isValidRange({ key, rangeEnd }: Permission): boolean {
  if (key === '') return false
  return rangeEnd === '' || rangeEnd === '\0' || key < rangeEnd
}
