import { randomInt } from 'node:crypto'
import type { ServerHttp2Session } from 'node:http2'
import { compareSync, genSaltSync, hashSync } from 'bcryptjs'
import type { AuthStore, KeyAccess, Permission } from '../../etcd/auth-store.js'
import { EtcdError } from '../../etcd/errors.js'
import { Code, GrpcError } from './grpc-error.js'
import type { CallInfo, Method } from './methods.js'
import type { EtcdMember } from './member.js'
import { unary } from './unary.js'

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
export class AccessControl {
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

/** Returns the bcrypt hash that etcd stores for a password. Source: golang.org/x/crypto/bcrypt. */
function hashed(password: string): string {
  if (Buffer.byteLength(password) > LONGEST_PASSWORD)
    throw new GrpcError(Code.Unknown, `bcrypt: password length exceeds ${LONGEST_PASSWORD} bytes`)
  return hashSync(password, genSaltSync(BCRYPT_COST).replace('$2b$', '$2a$'))
}

/** The Auth service. Source: server/etcdserver/api/v3rpc/auth.go, apply_auth.go. */
export function authService(
  { store, catchUp }: EtcdMember,
  access: AccessControl,
): ReadonlyMap<string, Method> {
  const auth = access.store
  const open =
    (run: (request: never, call: CallInfo) => object): ((request: never, call: CallInfo) => object) =>
    (request, call) => {
      catchUp()
      store.countProposal()
      const fields = run(request, call)
      return { header: store.header, ...fields }
    }
  const admin = <Request>(
    run: (request: Request) => object | void,
  ): ((request: Request, call: CallInfo) => object) =>
    open((request, call) => {
      access.demandRoot(call)
      return run(request) ?? {}
    }) as (request: Request, call: CallInfo) => object
  return new Map<string, Method>([
    [
      'AuthStatus',
      unary(
        'Empty',
        'AuthStatusResponse',
        admin(() => ({ enabled: auth.enabled, authRevision: auth.revision })),
      ),
    ],
    [
      'AuthEnable',
      unary(
        'Empty',
        'HeaderOnlyResponse',
        open(() => {
          auth.enable()
          return {}
        }),
      ),
    ],
    [
      'AuthDisable',
      unary(
        'Empty',
        'HeaderOnlyResponse',
        admin(() => {
          auth.disable()
          access.forget()
        }),
      ),
    ],
    [
      'Authenticate',
      unary('AuthenticateRequest', 'AuthenticateResponse', ({ name, password }: UserAdd) => {
        catchUp()
        const token = access.authenticate(name, password)
        store.countProposal() // not reached with a wrong password
        return { header: store.header, token }
      }),
    ],
    [
      'UserAdd',
      unary(
        'UserAddRequest',
        'HeaderOnlyResponse',
        admin(({ name, password, options }: UserAdd) => {
          auth.addUser(name, options?.noPassword === true ? undefined : hashed(password))
        }),
      ),
    ],
    [
      'UserGet',
      unary(
        'NameRequest',
        'UserGetResponse',
        open(({ name }: Named, call) => {
          access.demandRoot(call, (user) => user === name)
          return { roles: auth.rolesOf(name) }
        }),
      ),
    ],
    [
      'UserList',
      unary(
        'Empty',
        'UserListResponse',
        admin(() => ({ users: auth.userNames() })),
      ),
    ],
    [
      'UserDelete',
      unary(
        'NameRequest',
        'HeaderOnlyResponse',
        admin(({ name }: Named) => {
          auth.deleteUser(name)
          access.forget(name)
        }),
      ),
    ],
    [
      'UserChangePassword',
      unary(
        'UserChangePasswordRequest',
        'HeaderOnlyResponse',
        admin(({ name, password }: UserAdd) => {
          auth.changePassword(name, hashed(password))
          access.forget(name)
        }),
      ),
    ],
    [
      'UserGrantRole',
      unary(
        'UserRoleRequest',
        'HeaderOnlyResponse',
        admin(({ name, role }: Named & { readonly role: string }) => auth.grantRole(name, role)),
      ),
    ],
    [
      'UserRevokeRole',
      unary(
        'UserRoleRequest',
        'HeaderOnlyResponse',
        admin(({ name, role }: Named & { readonly role: string }) => auth.revokeRole(name, role)),
      ),
    ],
    [
      'RoleAdd',
      unary(
        'NameRequest',
        'HeaderOnlyResponse',
        admin(({ name }: Named) => auth.addRole(name)),
      ),
    ],
    [
      'RoleGet',
      unary(
        'NameRequest',
        'RoleGetResponse',
        open(({ name }: Named, call) => {
          access.demandRoot(call, (user) => auth.hasRole(user, name))
          return { perm: auth.permissionsOf(name) }
        }),
      ),
    ],
    [
      'RoleList',
      unary(
        'Empty',
        'RoleListResponse',
        admin(() => ({ roles: auth.roleNames() })),
      ),
    ],
    [
      'RoleDelete',
      unary(
        'NameRequest',
        'HeaderOnlyResponse',
        admin(({ name }: Named) => auth.deleteRole(name)),
      ),
    ],
    [
      'RoleGrantPermission',
      unary(
        'RoleGrantPermissionRequest',
        'HeaderOnlyResponse',
        admin(({ name, perm }: Named & { readonly perm?: Permission }) => auth.grantPermission(name, perm)),
      ),
    ],
    [
      'RoleRevokePermission',
      unary(
        'RoleRevokePermissionRequest',
        'HeaderOnlyResponse',
        admin(({ role, ...range }: Permission & { readonly role: string }) =>
          auth.revokePermission(role, range),
        ),
      ),
    ],
  ])
}
