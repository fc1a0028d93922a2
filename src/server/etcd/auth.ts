import { randomInt } from 'node:crypto'
import type { ServerHttp2Session } from 'node:http2'
import { compareSync, genSaltSync, hashSync } from 'bcryptjs'
import type { AuthStore, KeyAccess, Permission } from '../../etcd/auth-store.js'
import { EtcdError } from '../../etcd/errors.js'
import { Code, GrpcError } from './grpc/grpc-error.js'
import type { CallInfo, Method } from './grpc/methods.js'
import type { EtcdMember } from './member.js'
import { unary } from './grpc/unary.js'

export type { KeyAccess } from '../../etcd/auth-store.js'

/**
 * Ms of the store's time after its last use that a token stays valid. Source: server/auth/simple_token.go.
 */
const TOKEN_TTL_MS = 300_000
const TOKEN_LETTERS = 16
/** `--bcrypt-cost`. */
const BCRYPT_COST = 10
/** Longest password that bcrypt hashes, in bytes. */
const LONGEST_PASSWORD = 72

/** Decides whether a call is allowed. Allows every call while authentication is off. */
export class EtcdAccessControl {
  readonly store: AuthStore
  readonly #tokens = new Map<string, { readonly user: string; readonly until: number }>()
  readonly #now: () => number
  readonly #commonName: (session: ServerHttp2Session) => string | undefined
  #count = 0

  /**
   * `commonName` returns the common name of a client's certificate, which names the user of a call without a
   * token.
   */
  constructor(
    store: AuthStore,
    now: () => number,
    commonName: (session: ServerHttp2Session) => string | undefined,
  ) {
    this.store = store
    this.#now = now
    this.#commonName = commonName
  }

  /**
   * Returns the user of a call, by token or certificate; undefined when it has neither or authentication is
   * off.
   * @throws EtcdError when the token is unknown or has expired
   */
  user(call: CallInfo): string | undefined {
    if (!this.store.enabled) return undefined
    const token = call.header('token') ?? call.header('authorization')
    if (token === undefined) return call.session === undefined ? undefined : this.#commonName(call.session)
    const known = this.#tokens.get(token)
    if (known === undefined || known.until < this.#now()) throw new EtcdError('invalidAuthToken')
    this.#tokens.set(token, { user: known.user, until: this.#now() + TOKEN_TTL_MS })
    return known.user
  }

  /**
   * Calls `run` if the caller may access these keys. `shape` throws for an invalid request; its errors take
   * precedence.
   */
  check<T>(call: CallInfo, keys: () => readonly KeyAccess[], shape: () => void, run: () => T): T {
    if (!this.store.enabled) return run()
    shape()
    this.demand(call, keys())
    return run()
  }

  /** Throws unless the caller may access all of these keys. Without keys, any caller is allowed. */
  demand(call: CallInfo, keys: readonly KeyAccess[]): void {
    if (!this.store.enabled) return
    const user = this.user(call)
    if (keys.length === 0) return
    if (user === undefined) throw new EtcdError('userEmpty')
    if (!keys.every((one) => this.store.allows(user, one))) throw new EtcdError('permissionDenied')
  }

  /** Throws unless the caller has the root role, or `otherwise` returns true for the user. */
  demandRoot(call: CallInfo, otherwise: (user: string) => boolean = () => false): void {
    if (!this.store.enabled) return
    const user = this.user(call) ?? ''
    if (otherwise(user)) return
    if (user === '') throw new EtcdError('userEmpty')
    if (!this.store.isRoot(user)) throw new EtcdError('permissionDenied')
  }

  /**
   * Returns a new token, sixteen letters and a number.
   * @throws EtcdError when the password is wrong
   */
  authenticate(name: string, password: string): string {
    if (!compareSync(password, this.store.passwordHash(name))) throw new EtcdError('authFailed')
    const letters = Array.from({ length: TOKEN_LETTERS }, () =>
      String.fromCharCode((randomInt(2) === 0 ? 65 : 97) + randomInt(26)),
    ).join('')
    const token = `${letters}.${++this.#count}`
    this.#tokens.set(token, { user: name, until: this.#now() + TOKEN_TTL_MS })
    return token
  }

  /** Removes the tokens of a user, or all tokens. */
  forget(user?: string): void {
    for (const [token, known] of this.#tokens)
      if (user === undefined || known.user === user) this.#tokens.delete(token)
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

interface UserRole extends Named {
  readonly role: string
}

/** Returns the bcrypt hash that etcd stores for a password. Source: golang.org/x/crypto/bcrypt. */
function hashed(password: string): string {
  if (Buffer.byteLength(password) > LONGEST_PASSWORD)
    throw new GrpcError(Code.Unknown, `bcrypt: password length exceeds ${LONGEST_PASSWORD} bytes`)
  return hashSync(password, genSaltSync(BCRYPT_COST).replace('$2b$', '$2a$'))
}

/** A handler of a request, which any caller may make, or only the root role. */
type Handler = (request: never, call: CallInfo) => object

/** How the methods of the Auth service begin, and the header of their responses. */
class AuthCalls {
  readonly #member: Pick<EtcdMember, 'store' | 'catchUp'>
  readonly #access: EtcdAccessControl

  constructor(member: Pick<EtcdMember, 'store' | 'catchUp'>, access: EtcdAccessControl) {
    this.#member = member
    this.#access = access
  }

  open(run: Handler): Handler {
    return (request, call) => {
      const { store, catchUp } = this.#member
      catchUp()
      store.countProposal()
      const fields = run(request, call)
      return { header: store.header, ...fields }
    }
  }

  admin<Request>(run: (request: Request) => object | void): Handler {
    return this.open((request, call) => {
      this.#access.demandRoot(call)
      return run(request) ?? {}
    })
  }
}

/** The Auth service. Source: server/etcdserver/api/v3rpc/auth.go, apply_auth.go. */
export function authService(member: EtcdMember, access: EtcdAccessControl): ReadonlyMap<string, Method> {
  const calls = new AuthCalls(member, access)
  return new Map(
    Object.entries({
      ...statusMethods(calls, member, access),
      ...userMethods(calls, access),
      ...roleMethods(calls, access),
    }),
  )
}

type Methods = Readonly<Record<string, Method>>

function statusMethods(calls: AuthCalls, { store, catchUp }: EtcdMember, access: EtcdAccessControl): Methods {
  const auth = access.store
  const status = (): object => ({ enabled: auth.enabled, authRevision: auth.revision })
  const enable = (): object => {
    auth.enable()
    return {}
  }
  const disable = (): void => {
    auth.disable()
    access.forget()
  }
  const authenticate = ({ name, password }: UserAdd): object => {
    catchUp()
    const token = access.authenticate(name, password)
    store.countProposal() // not reached with a wrong password
    return { header: store.header, token }
  }
  return {
    AuthStatus: unary('Empty', 'AuthStatusResponse', calls.admin(status)),
    AuthEnable: unary('Empty', 'HeaderOnlyResponse', calls.open(enable)),
    AuthDisable: unary('Empty', 'HeaderOnlyResponse', calls.admin(disable)),
    Authenticate: unary('AuthenticateRequest', 'AuthenticateResponse', authenticate),
  }
}

function userMethods(calls: AuthCalls, access: EtcdAccessControl): Methods {
  const auth = access.store
  const add = ({ name, password, options }: UserAdd): void =>
    auth.addUser(name, options?.noPassword === true ? undefined : hashed(password))
  const get = ({ name }: Named, call: CallInfo): object => {
    access.demandRoot(call, (user) => user === name)
    return { roles: auth.rolesOf(name) }
  }
  const remove = ({ name }: Named): void => {
    auth.deleteUser(name)
    access.forget(name)
  }
  const change = ({ name, password }: UserAdd): void => {
    auth.changePassword(name, hashed(password))
    access.forget(name)
  }
  const grant = ({ name, role }: UserRole): void => auth.grantRole(name, role)
  const revoke = ({ name, role }: UserRole): void => auth.revokeRole(name, role)
  return {
    UserAdd: unary('UserAddRequest', 'HeaderOnlyResponse', calls.admin(add)),
    UserGet: unary('NameRequest', 'UserGetResponse', calls.open(get)),
    UserList: unary(
      'Empty',
      'UserListResponse',
      calls.admin(() => ({ users: auth.userNames() })),
    ),
    UserDelete: unary('NameRequest', 'HeaderOnlyResponse', calls.admin(remove)),
    UserChangePassword: unary('UserChangePasswordRequest', 'HeaderOnlyResponse', calls.admin(change)),
    UserGrantRole: unary('UserRoleRequest', 'HeaderOnlyResponse', calls.admin(grant)),
    UserRevokeRole: unary('UserRoleRequest', 'HeaderOnlyResponse', calls.admin(revoke)),
  }
}

function roleMethods(calls: AuthCalls, access: EtcdAccessControl): Methods {
  const auth = access.store
  const add = ({ name }: Named): void => auth.addRole(name)
  const get = ({ name }: Named, call: CallInfo): object => {
    access.demandRoot(call, (user) => auth.hasRole(user, name))
    return { perm: auth.permissionsOf(name) }
  }
  const remove = ({ name }: Named): void => auth.deleteRole(name)
  const grant = ({ name, perm }: Named & { readonly perm?: Permission }): void =>
    auth.grantPermission(name, perm)
  const revoke = ({ role, ...range }: Permission & { readonly role: string }): void =>
    auth.revokePermission(role, range)
  return {
    RoleAdd: unary('NameRequest', 'HeaderOnlyResponse', calls.admin(add)),
    RoleGet: unary('NameRequest', 'RoleGetResponse', calls.open(get)),
    RoleList: unary(
      'Empty',
      'RoleListResponse',
      calls.admin(() => ({ roles: auth.roleNames() })),
    ),
    RoleDelete: unary('NameRequest', 'HeaderOnlyResponse', calls.admin(remove)),
    RoleGrantPermission: unary('RoleGrantPermissionRequest', 'HeaderOnlyResponse', calls.admin(grant)),
    RoleRevokePermission: unary('RoleRevokePermissionRequest', 'HeaderOnlyResponse', calls.admin(revoke)),
  }
}
