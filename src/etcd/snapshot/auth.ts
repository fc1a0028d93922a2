import { NO_AUTH } from '../auth-store.js'
import type { AuthRole, AuthState, AuthUser, Permission, PermissionType } from '../auth-store.js'
import { keyBytes, keyOf } from '../mvcc/keys.js'
import { bytesField, countField, countOf, decodeMessage, encodeMessage, repeatedBytes } from './messages.js'
import { compareBytes } from './pages.js'
import type { BoltEntry } from './pages.js'
import type { BoltBucket } from './bolt-writer.js'
import { SnapshotError } from './snapshot-error.js'

const PERMISSIONS: readonly PermissionType[] = ['READ', 'WRITE', 'READWRITE']
const ENABLED = 1
const NOTHING = new Uint8Array(0)

const utf8 = new TextEncoder()
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/**
 * Returns the buckets of users and roles. Source: server/storage/schema auth.go, auth_users.go,
 * auth_roles.go.
 */
export function authBuckets({ enabled, revision, users, roles }: AuthState): readonly BoltBucket[] {
  const counted = new Uint8Array(8)
  new DataView(counted.buffer).setBigUint64(0, BigInt(revision))
  return [
    {
      name: 'auth',
      entries: [
        ...(enabled ? [{ key: keyBytes('authEnabled'), value: Uint8Array.of(ENABLED) }] : []),
        { key: keyBytes('authRevision'), value: counted },
      ],
    },
    { name: 'authRoles', entries: inOrder(roles.map(roleEntry)) },
    { name: 'authUsers', entries: inOrder(users.map(userEntry)) },
  ]
}

const inOrder = (entries: readonly BoltEntry[]): readonly BoltEntry[] =>
  entries.toSorted((a, b) => compareBytes(a.key, b.key))

/** Encodes a user. Source: api/authpb/auth.proto User. */
function userEntry({ name, password, roles }: AuthUser): BoltEntry {
  const key = utf8.encode(name)
  return {
    key,
    value: encodeMessage([
      [1, key],
      ...(password === undefined || password === '' ? [] : [[2, utf8.encode(password)] as const]),
      ...roles.map((role) => [3, utf8.encode(role)] as const),
      [4, password === undefined ? encodeMessage([[1, 1]]) : NOTHING],
    ]),
  }
}

/** Encodes a role. Source: api/authpb/auth.proto Role. */
function roleEntry({ name, permissions }: AuthRole): BoltEntry {
  const key = utf8.encode(name)
  return {
    key,
    value: encodeMessage([
      [1, key],
      ...permissions.map((permission) => [2, permissionBytes(permission)] as const),
    ]),
  }
}

function permissionBytes({ permType, key, rangeEnd }: Permission): Uint8Array {
  const type = typeof permType === 'number' ? permType : PERMISSIONS.indexOf(permType)
  return encodeMessage([
    ...(type === 0 ? [] : [[1, type] as const]),
    ...(key === '' ? [] : [[2, keyBytes(key)] as const]),
    ...(rangeEnd === '' ? [] : [[3, keyBytes(rangeEnd)] as const]),
  ])
}

/**
 * Reads the users and roles of a snapshot.
 * @throws SnapshotError if they are malformed
 */
export function readAuth(buckets: ReadonlyMap<string, readonly BoltEntry[]>): AuthState {
  const notes = new Map((buckets.get('auth') ?? []).map(({ key, value }) => [keyOf(key), value]))
  const counted = notes.get('authRevision')
  if (counted !== undefined && counted.length !== 8) throw new SnapshotError('authRevision is not a number')
  const revision =
    counted === undefined
      ? NO_AUTH.revision
      : countOf(new DataView(counted.buffer, counted.byteOffset, 8).getBigUint64(0), 'authRevision')
  return {
    enabled: notes.get('authEnabled')?.[0] === ENABLED,
    revision: Math.max(revision, NO_AUTH.revision),
    users: (buckets.get('authUsers') ?? []).map(readUser),
    roles: (buckets.get('authRoles') ?? []).map(readRole),
  }
}

function readUser({ key, value }: BoltEntry): AuthUser {
  const name = text(key)
  const what = `user ${name}`
  const fields = decodeMessage(value, what)
  const hasNone = countField(decodeMessage(bytesField(fields, 4, what), what), 1, what) !== 0
  return {
    name,
    ...(hasNone ? {} : { password: text(bytesField(fields, 2, what)) }),
    roles: repeatedBytes(value, 3, what).map(text),
  }
}

function readRole({ key, value }: BoltEntry): AuthRole {
  const name = text(key)
  const what = `role ${name}`
  decodeMessage(value, what)
  return { name, permissions: repeatedBytes(value, 2, what).map((bytes) => readPermission(bytes, what)) }
}

function readPermission(bytes: Uint8Array, what: string): Permission {
  const fields = decodeMessage(bytes, `a permission of ${what}`)
  const type = countField(fields, 1, what)
  return {
    permType: PERMISSIONS[type] ?? type,
    key: keyOf(bytesField(fields, 2, what)),
    rangeEnd: keyOf(bytesField(fields, 3, what)),
  }
}
