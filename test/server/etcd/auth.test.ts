import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { compareSync } from 'bcryptjs'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { AuthState } from '../../../src/etcd/auth-store.js'
import { EtcdStore } from '../../../src/etcd/index.js'
import { ClusterSnapshot, SimCluster } from '../../../src/index.js'
import { decode, encode } from '../../../src/server/etcd/grpc/codec.js'
import type { MessageName } from '../../../src/server/etcd/grpc/messages.js'
import { serveEtcd } from '../../../src/server/index.js'
import { etcdInstalled, RealEtcd } from '../../etcd/real-etcd.js'
import { RawClient } from './raw-client.js'

const clock = { now: (): number => 1_700_000_000_000 }
const installed =
  etcdInstalled() && ['etcdctl', 'etcdutl'].every((program) => existsSync(`/usr/bin/${program}`))

test(
  'the real etcd, etcdctl and etcdutl are there (in CI they must be; elsewhere these tests are skipped ' +
    'without them)',
  () => {
    expect(installed || process.env.CI === undefined).toBe(true)
  },
)

/** A store with users and roles of every kind; passwords are no hashes here. */
function peopled(): EtcdStore {
  const store = new EtcdStore({ clock })
  const { auth } = store
  auth.addUser('root', '$2a$04$root')
  auth.addUser('ann', '$2a$04$ann')
  auth.addUser('κλειδί', undefined)
  auth.addUser('empty', '')
  auth.addRole('readers')
  auth.addRole('binary')
  auth.grantPermission('readers', { permType: 'READ', key: 'k', rangeEnd: 'l' })
  auth.grantPermission('readers', { permType: 'READWRITE', key: 'a', rangeEnd: '' })
  auth.grantPermission('binary', { permType: 'WRITE', key: '\xff\x00', rangeEnd: '\0' })
  auth.grantRole('root', 'root')
  auth.grantRole('ann', 'readers')
  auth.grantRole('ann', 'binary')
  auth.enable()
  return store
}

test('users and roles are a part of the store: of its forks, its JSON, its snapshot files', () => {
  const store = peopled()
  const { state } = store.auth
  const fork = store.fork()
  expect(fork.auth.state).toEqual(state)
  fork.auth.deleteUser('ann')
  expect(store.auth.state).toEqual(state)
  expect(EtcdStore.fromJSON(JSON.parse(JSON.stringify(store)), { clock }).auth.state).toEqual(state)
  const file = store.snapshot()
  const back = EtcdStore.fromSnapshot(file, { clock })
  expect(back.auth.state).toEqual(state)
  expect(back.snapshot()).toEqual(file)
  expect(new EtcdStore({ clock }).toJSON()).not.toHaveProperty('auth')
})

test('they go with a cluster', () => {
  const cluster = new SimCluster({ nodes: 0 })
  cluster.internals.etcd.auth.addUser('root', 'hash')
  const { state } = cluster.internals.etcd.auth
  const copies = [
    cluster.fork(),
    SimCluster.restore(cluster.snapshot()),
    SimCluster.restore(ClusterSnapshot.fromFile(cluster.snapshot().toFile())),
    SimCluster.fromEtcdSnapshot(cluster.internals.etcd.snapshot()),
  ]
  for (const copy of copies) expect(copy.internals.etcd.auth.state).toEqual(state)
  cluster.internals.etcd.auth.addRole('later')
  for (const copy of copies) expect(copy.internals.etcd.auth.state).toEqual(state)
})

test("a certificate's common name is the user where no token is", async () => {
  const cluster = new SimCluster({ nodes: 0 })
  await using etcd = await serveEtcd(cluster, { time: 'virtual' })
  const credentials = mkdtempSync(join(tmpdir(), 'simcluster-auth-'))
  onTestFinished(() => rmSync(credentials, { recursive: true }))
  etcd.writeCredentials(credentials)
  const [ca, cert, key] = ['ca.crt', 'client.crt', 'client.key'].map((name) =>
    readFileSync(join(credentials, name)),
  )
  const client = await RawClient.to(etcd.url, { ca, cert, key })
  onTestFinished(() => client.close())
  const { auth } = cluster.internals.etcd
  auth.addUser('root', 'hash')
  auth.grantRole('root', 'root')
  auth.enable()
  const get = (): ReturnType<RawClient['call']> =>
    client.call('/etcdserverpb.KV/Range', encode('RangeRequest', { key: 'a' }))
  const list = (): ReturnType<RawClient['call']> =>
    client.call('/etcdserverpb.Auth/UserList', encode('Empty', {}))
  expect(await get()).toMatchObject({ code: 7, message: 'etcdserver: permission denied' })
  expect(await list()).toMatchObject({ code: 9, message: 'etcdserver: user name not found' })
  auth.addUser('kube-etcd-healthcheck-client', undefined)
  expect(await list()).toMatchObject({ code: 7 })
  auth.addRole('readers')
  auth.grantPermission('readers', { permType: 'READ', key: 'a', rangeEnd: '' })
  auth.grantRole('kube-etcd-healthcheck-client', 'readers')
  expect(await get()).toMatchObject({ code: 0 })
})

const name = fc.constantFrom('root', 'ann', 'ben', 'nobody', '')
const role = fc.constantFrom('root', 'r', 's', 'none', '')
const key = fc.constantFrom('', 'a', 'b', 'c', 'd')
const rangeEnd = fc.constantFrom('', '', '\0', 'b', 'c', 'z')
const permType = fc.constantFrom('READ', 'WRITE', 'READWRITE', 7)
const password = fc.constantFrom('pw', 'other')

/** A range that is none is allowed or not by how etcd's tree of permissions has grown. */
const ranges = fc
  .record({ key, rangeEnd: fc.constantFrom(undefined, 'b', 'c', 'd', '\0') })
  .filter((one) => one.rangeEnd === undefined || one.rangeEnd === '\0' || one.key < one.rangeEnd)

interface Call {
  readonly path: string
  readonly request: MessageName
  readonly message: object
  /** By whose token; nobody's with none. */
  readonly as?: string | undefined
  readonly hashes?: boolean
}

const call = <T extends object>(
  path: string,
  request: MessageName,
  message: fc.Arbitrary<T>,
): fc.Arbitrary<Call> =>
  fc.record({
    path: fc.constant(`/etcdserverpb.${path}`),
    request: fc.constant(request),
    message,
    as: fc.constantFrom('root', 'root', 'root', 'ann', 'ben', 'stranger', undefined),
  })

const calls = fc.oneof(
  { weight: 3, arbitrary: call('Auth/UserGrantRole', 'UserRoleRequest', fc.record({ name, role })) },
  call('Auth/UserRevokeRole', 'UserRoleRequest', fc.record({ name, role })),
  { weight: 2, arbitrary: call('Auth/RoleAdd', 'NameRequest', fc.record({ name: role })) },
  {
    weight: 6,
    arbitrary: call(
      'Auth/RoleGrantPermission',
      'RoleGrantPermissionRequest',
      fc.record({
        name: role,
        perm: fc.option(fc.record({ permType, key, rangeEnd }), { nil: undefined, freq: 9 }),
      }),
    ),
  },
  call('Auth/RoleRevokePermission', 'RoleRevokePermissionRequest', fc.record({ role, key, rangeEnd })),
  { weight: 2, arbitrary: call('Auth/RoleGet', 'NameRequest', fc.record({ name: role })) },
  { weight: 2, arbitrary: call('Auth/UserGet', 'NameRequest', fc.record({ name })) },
  call('Auth/UserList', 'Empty', fc.constant({})),
  call('Auth/RoleList', 'Empty', fc.constant({})),
  call('Auth/AuthStatus', 'Empty', fc.constant({})),
  call('Auth/RoleDelete', 'NameRequest', fc.record({ name: fc.constantFrom('s', 'root', 'none') })),
  { weight: 6, arbitrary: call('KV/Range', 'RangeRequest', ranges) },
  { weight: 4, arbitrary: call('KV/Put', 'PutRequest', fc.record({ key, prevKv: fc.boolean() })) },
  {
    weight: 3,
    arbitrary: call(
      'KV/DeleteRange',
      'DeleteRangeRequest',
      fc.tuple(ranges, fc.boolean()).map(([range, prevKv]) => ({ ...range, prevKv })),
    ),
  },
  call('Maintenance/HashKV', 'HashKVRequest', fc.constant({})),
  call('Maintenance/Defragment', 'Empty', fc.constant({})),
  call(
    'KV/Txn',
    'TxnRequest',
    fc.record({
      compare: fc.array(fc.record({ key }), { maxLength: 1 }),
      success: fc.array(fc.record({ requestPut: fc.record({ key }) }), { maxLength: 1 }),
    }),
  ),
)
const hashing = fc.oneof(
  call(
    'Auth/UserAdd',
    'UserAddRequest',
    fc.record({
      name,
      password,
      options: fc.option(fc.record({ noPassword: fc.boolean() }), { nil: undefined }),
    }),
  ),
  call('Auth/UserChangePassword', 'UserChangePasswordRequest', fc.record({ name, password })),
  call('Auth/UserDelete', 'NameRequest', fc.record({ name: fc.constantFrom('ben', 'root', 'nobody') })),
)

/** One server and the tokens that it has given. */
class Side {
  readonly #client: RawClient
  /** A stranger has a token that nobody gave. */
  readonly #tokens = new Map<string, string>([['stranger', 'abcdefghijklmnop.9']])

  constructor(client: RawClient) {
    this.#client = client
  }

  async run({ path, request, message, as }: Call): Promise<readonly unknown[]> {
    const token = as === undefined ? undefined : this.#tokens.get(as)
    const {
      code,
      message: text,
      messages,
    } = await this.#client.call(path, encode(request, message), token === undefined ? {} : { token })
    return [code, text, messages.map((each) => each.toString('hex'))]
  }

  async logIn(user: string, word: string): Promise<readonly unknown[]> {
    const { code, message, messages } = await this.#client.call(
      '/etcdserverpb.Auth/Authenticate',
      encode('AuthenticateRequest', { name: user, password: word }),
    )
    if (code === 0)
      this.#tokens.set(user, decode<{ token: string }>('AuthenticateResponse', messages[0] as Buffer).token)
    return [code, message]
  }

  close(): void {
    this.#client.close()
  }
}

describe.skipIf(!installed)('beside the real etcd', () => {
  const folder = mkdtempSync(join(tmpdir(), 'simcluster-users-'))
  const run = async (program: string, ...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)(`/usr/bin/${program}`, args, { cwd: folder, env: { PATH: process.env.PATH } }))
      .stdout

  test(
    'random changes and calls of users are answered the same, and users go from etcd to here and from ' +
      'here to etcd',
    async () => {
      onTestFinished(() => rmSync(folder, { recursive: true }))
      const etcd = await RealEtcd.start(['--bcrypt-cost', '4'])
      onTestFinished(() => etcd.stop())
      const { header, raftIndex } = (await etcd.call('Maintenance', 'Status', {})) as {
        header: { clusterId: string; memberId: string }
        raftIndex: string
      }
      const store = EtcdStore.fromJSON(
        { ...new EtcdStore({ clock }).toJSON(), raftIndex: Number(raftIndex) },
        { clock, clusterId: BigInt(header.clusterId), memberId: BigInt(header.memberId) },
      )
      await using server = await serveEtcd(store, {
        now: clock.now,
        onError: (error) => expect.fail(String(error)),
      })
      const sides = [
        new Side(await RawClient.to(`http://${etcd.address}`)),
        new Side(await RawClient.to(server.url)),
      ] as const
      onTestFinished(() => sides.forEach((side) => side.close()))
      const seen = new Map<unknown, number>()
      const compare = async (
        what: unknown,
        step: (side: Side) => Promise<readonly unknown[]>,
      ): Promise<void> => {
        const [theirs, mine] = [await step(sides[0]), await step(sides[1])]
        seen.set(theirs[0], (seen.get(theirs[0]) ?? 0) + 1)
        expect(mine, JSON.stringify(what)).toEqual(theirs)
      }
      const all = async (each: fc.Arbitrary<Call>, numRuns: number, seed: number): Promise<void> => {
        for (const one of fc.sample(each, { numRuns, seed })) await compare(one, (side) => side.run(one))
      }
      const people = async (seed: number): Promise<void> => {
        await all(hashing, 14, seed)
        for (const user of ['root', 'ann', 'ben', 'nobody'])
          for (const word of ['pw', 'other']) await compare(user, (side) => side.logIn(user, word))
      }
      await all(hashing, 12, 5)
      await all(calls, 150, 1)
      const prepare: readonly Call[] = [
        {
          path: '/etcdserverpb.Auth/UserAdd',
          request: 'UserAddRequest',
          message: { name: 'root', password: 'pw' },
        },
        {
          path: '/etcdserverpb.Auth/UserGrantRole',
          request: 'UserRoleRequest',
          message: { name: 'root', role: 'root' },
        },
        {
          path: '/etcdserverpb.Auth/UserAdd',
          request: 'UserAddRequest',
          message: { name: 'ann', password: 'pw' },
        },
        {
          path: '/etcdserverpb.Auth/UserAdd',
          request: 'UserAddRequest',
          message: { name: 'long', password: 'x'.repeat(73) },
        },
        { path: '/etcdserverpb.Auth/AuthEnable', request: 'Empty', message: {} },
      ]
      for (const one of prepare) await compare(one, (side) => side.run(one))
      for (let round = 0; round < 3; round++) {
        await people(round)
        await all(calls, 200, 10 + round)
      }
      const status = async (): Promise<void> =>
        compare('status', (side) =>
          side.run({ path: '/etcdserverpb.Auth/AuthStatus', request: 'Empty', message: {}, as: 'root' }),
        )
      await compare('root', (side) =>
        side
          .logIn('root', 'pw')
          .then(async (first) => (first[0] === 0 ? first : side.logIn('root', 'other'))),
      )
      await status()
      expect(
        [0, 3, 7, 9].every((code) => (seen.get(code) ?? 0) > 10),
        JSON.stringify([...seen]),
      ).toBe(true)
      console.info(`users: ${[...seen].map(([code, times]) => `${times} x ${String(code)}`).join(', ')}`)

      const root = [`root:${compareSync('pw', store.auth.passwordHash('root')) ? 'pw' : 'other'}`] as const
      await run('etcdctl', '--endpoints', etcd.address, '--user', root[0], 'snapshot', 'save', 'theirs')
      const theirs = EtcdStore.fromSnapshot(readFileSync(join(folder, 'theirs')), { clock }).auth.state
      expect(withoutHashes(theirs)).toEqual(withoutHashes(store.auth.state))
      writeFileSync(join(folder, 'ours'), store.snapshot())
      await run('etcdutl', 'snapshot', 'restore', 'ours', '--data-dir', 'ours.data')
      const restored = await RealEtcd.start(['--data-dir', join(folder, 'ours.data')])
      onTestFinished(() => restored.stop())
      const asRoot = ['--endpoints', restored.address, '--user', root[0]] as const
      expect(await run('etcdctl', ...asRoot, 'user', 'list')).toBe(
        store.auth
          .userNames()
          .map((each) => `${each}\n`)
          .join(''),
      )
      for (const each of store.auth.roleNames()) {
        expect(await run('etcdctl', ...asRoot, 'role', 'get', each)).toBe(
          await run(
            'etcdctl',
            '--endpoints',
            `127.0.0.1:${server.port}`,
            '--user',
            root[0],
            'role',
            'get',
            each,
          ),
        )
      }
      expect(await run('etcdctl', ...asRoot, 'auth', 'status')).toBe(
        `Authentication Status: true\nAuthRevision: ${store.auth.revision}\n`,
      )
    },
    60_000,
  )
})

/** Hashes have a salt: which user has one, and how it begins, is what can be the same. */
function withoutHashes({ users, ...rest }: AuthState): unknown {
  return {
    ...rest,
    users: users.map(({ password: hash, ...user }) => ({ ...user, hash: hash?.slice(0, 4) })),
  }
}
