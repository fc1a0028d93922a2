import { createCipheriv, createDecipheriv } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import {
  openBox,
  openCbc,
  openGcm,
  sealBox,
  sealCbc,
  sealGcm,
} from '../../../src/apiserver/storage/encryption/ciphers.js'
import { parseEncryption } from '../../../src/apiserver/storage/encryption/configuration.js'

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))
const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length })
const message = fc.uint8Array({ maxLength: 200 })
const aesKey = fc.constantFrom(16, 24, 32).chain(bytes)

test('AES-CBC is that of OpenSSL', () => {
  fc.assert(
    fc.property(message, bytes(16), aesKey, (clear, iv, key) => {
      const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, iv)
      const expected = Buffer.concat([cipher.update(clear), cipher.final()])
      const sealed = sealCbc(clear, iv, key)
      expect(Buffer.from(sealed)).toEqual(expected)
      expect(openCbc(sealed, iv, key).subarray(0, clear.length)).toEqual(clear)
    }),
  )
})

test('AES-GCM is that of OpenSSL, and opens nothing that was changed', () => {
  fc.assert(
    fc.property(message, bytes(12), aesKey, message, fc.nat(), (clear, nonce, key, context, at) => {
      const sealed = sealGcm(clear, nonce, key, context)
      const name = `aes-${key.length * 8}-gcm` as 'aes-256-gcm'
      const decipher = createDecipheriv(name, key, nonce).setAAD(context)
      decipher.setAuthTag(sealed.subarray(-16))
      const hidden = sealed.subarray(0, -16)
      expect(Buffer.concat([decipher.update(hidden), decipher.final()])).toEqual(Buffer.from(clear))
      expect(openGcm(sealed, nonce, key, context)).toEqual(clear)
      const changed = Uint8Array.from(sealed, (byte, index) =>
        index === at % sealed.length ? byte ^ 1 : byte,
      )
      expect(openGcm(changed, nonce, key, context)).toBeUndefined()
      expect(openGcm(sealed, nonce, key, Uint8Array.of(...context, 0))).toBeUndefined()
    }),
  )
})

// Source: NaCl, tests/secretbox.c
const NACL = {
  key: '1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389',
  nonce: '69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37',
  clear:
    'be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01' +
    '233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd' +
    '4924ca1c60902e52f0a089bc76897040e082f937763848645e0705',
  box: 'f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce',
}

test('secretbox is that of NaCl', () => {
  const box = sealBox(bytesOf(NACL.clear), bytesOf(NACL.nonce), bytesOf(NACL.key))
  expect(Buffer.from(box).toString('hex').slice(0, NACL.box.length)).toBe(NACL.box)
  expect(openBox(box, bytesOf(NACL.nonce), bytesOf(NACL.key))).toEqual(bytesOf(NACL.clear))
})

test('secretbox opens what it has sealed, and nothing that was changed', () => {
  fc.assert(
    fc.property(message, bytes(24), bytes(32), fc.nat(), (clear, nonce, key, at) => {
      const box = sealBox(clear, nonce, key)
      expect(openBox(box, nonce, key)).toEqual(clear)
      const changed = Uint8Array.from(box, (byte, index) => (index === at % box.length ? byte ^ 1 : byte))
      expect(openBox(changed, nonce, key)).toBeUndefined()
    }),
  )
})

const secret = (fill: string, length = 32): string => Buffer.from(fill.repeat(length)).toString('base64')
const keys = (kind: string, name: string, fill: string): string =>
  `${kind}: {keys: [{name: ${name}, secret: ${secret(fill)}}]}`
const configuration = (providers: readonly string[], resources = '[secrets]'): string =>
  'apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n' +
  `- resources: ${resources}\n  providers:\n${providers.map((each) => `  - ${each}\n`).join('')}`
const CBC = keys('aescbc', 'key1', 'a')
const IDENTITY = 'identity: {}'

const newCluster = (...providers: readonly string[]): SimCluster =>
  new SimCluster({ nodes: 0, access: { encryption: configuration(providers) } })
const make = (cluster: SimCluster, name: string): unknown =>
  cluster.create('secrets', { metadata: { name }, stringData: { password: 'hunter2' } })
const stored = (cluster: SimCluster, name: string, resource = 'secrets'): string => {
  const value = cluster.internals.etcd.get(`/registry/${resource}/default/${name}`)?.value
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : JSON.stringify(value)
}
const restarted = (cluster: SimCluster, ...providers: readonly string[]): SimCluster =>
  cluster.fork({ access: { encryption: providers.length === 0 ? '' : configuration(providers) } })
const clear = (cluster: SimCluster, name: string): unknown => cluster.get('secrets', name).data?.['password']

describe('encryption at rest', () => {
  test.each([
    ['aescbc', CBC],
    ['aesgcm', keys('aesgcm', 'key1', 'g')],
    ['secretbox', keys('secretbox', 'key1', 's')],
  ])('hides with %s what etcd has, and shows it to clients', (kind, provider) => {
    const cluster = newCluster(provider, IDENTITY)
    make(cluster, 'one')
    expect(stored(cluster, 'one')).toMatch(new RegExp(`^k8s:enc:${kind}:v1:key1:`))
    expect(stored(cluster, 'one')).not.toMatch(/password|aHVudGVyMg/)
    expect(clear(cluster, 'one')).toBe('aHVudGVyMg==')
    const fork = cluster.fork()
    expect(clear(fork, 'one')).toBe('aHVudGVyMg==')
    expect(fork.list('secrets').items.map(({ metadata }) => metadata.name)).toContain('one')
    expect(clear(SimCluster.fromJSON(cluster.toJSON()), 'one')).toBe('aHVudGVyMg==')
    cluster.create('configmaps', { metadata: { name: 'open' }, data: { a: 'b' } })
    expect(stored(cluster, 'open', 'configmaps')).toContain('"a":"b"')
  })

  test('draws other nonces for each write, and the same for each seed', () => {
    const [a, b] = [newCluster(CBC, IDENTITY), newCluster(CBC, IDENTITY)]
    for (const cluster of [a, b]) for (const name of ['one', 'two']) make(cluster, name)
    expect(stored(a, 'one')).toBe(stored(b, 'one'))
    expect(stored(a, 'one').slice(0, 40)).not.toBe(stored(a, 'two').slice(0, 40))
  })

  test('leaves what is there until it is written again, even unchanged', () => {
    const before = new SimCluster({ nodes: 0 })
    make(before, 'old')
    const cluster = restarted(before, CBC, IDENTITY)
    expect(stored(cluster, 'old')).toContain('password')
    expect(clear(cluster, 'old')).toBe('aHVudGVyMg==')
    cluster.update('secrets', cluster.get('secrets', 'old'))
    expect(stored(cluster, 'old')).toMatch(/^k8s:enc:aescbc:v1:key1:/)
    const { resourceVersion } = cluster.get('secrets', 'old').metadata
    cluster.update('secrets', cluster.get('secrets', 'old'))
    expect(cluster.get('secrets', 'old').metadata.resourceVersion).toBe(resourceVersion)
  })

  test('turns keys: the new one writes, the old one still reads', () => {
    const before = newCluster(CBC, IDENTITY)
    make(before, 'one')
    const cluster = restarted(before, keys('aescbc', 'key2', 'b'), CBC, IDENTITY)
    expect(clear(cluster, 'one')).toBe('aHVudGVyMg==')
    cluster.update('secrets', cluster.get('secrets', 'one'))
    expect(stored(cluster, 'one')).toMatch(/^k8s:enc:aescbc:v1:key2:/)
  })

  test('ends with identity as the first provider', () => {
    const before = newCluster(CBC, IDENTITY)
    make(before, 'one')
    const cluster = restarted(before, IDENTITY, CBC)
    expect(clear(cluster, 'one')).toBe('aHVudGVyMg==')
    make(cluster, 'two')
    expect(stored(cluster, 'two')).toContain('password')
    cluster.update('secrets', cluster.get('secrets', 'one'))
    expect(stored(cluster, 'one')).toContain('password')
  })

  test.each([
    ['no configuration', [], 'identity transformer tried to read encrypted data'],
    ['identity alone', [IDENTITY], 'no matching prefix found'],
    ['another provider', [keys('secretbox', 'key1', 's'), IDENTITY], 'no matching prefix found'],
    [
      'another name of the key',
      [keys('aescbc', 'key2', 'a'), IDENTITY],
      'no matching key was found for the provided AES transformer',
    ],
    ['another key of that name', [keys('aescbc', 'key1', 'b'), IDENTITY], /^invalid P|^invalid padding/],
  ])('refuses to read an encrypted value with %s', (_, providers, text) => {
    const before = newCluster(CBC, IDENTITY)
    make(before, 'one')
    const cluster = restarted(before, ...providers)
    const pattern = typeof text === 'string' ? text : text.source.replaceAll('^', '')
    expect(() => cluster.get('secrets', 'one')).toThrow(
      new RegExp(`^Internal error occurred: (?:${pattern})`),
    )
    if (providers.length > 0)
      expect(() => cluster.list('secrets')).toThrow(
        new RegExp(`unable to transform key "/registry/secrets/default/one": (?:${pattern})`),
      )
    make(cluster, 'two')
    expect(clear(cluster, 'two')).toBe('aHVudGVyMg==')
  })

  test('refuses to read a clear value without identity', () => {
    const before = new SimCluster({ nodes: 0 })
    make(before, 'old')
    const cluster = restarted(before, CBC)
    expect(() => cluster.get('secrets', 'old')).toThrow('Internal error occurred: no matching prefix found')
    make(cluster, 'new')
    expect(clear(cluster, 'new')).toBe('aHVudGVyMg==')
  })

  test('with aesgcm, a value that was copied to another key cannot be read there', () => {
    const cluster = newCluster(keys('aesgcm', 'key1', 'g'))
    make(cluster, 'one')
    const { etcd } = cluster.internals
    const { value } = etcd.get('/registry/secrets/default/one') ?? {}
    etcd.put({ key: '/registry/secrets/default/copy', value: value as Uint8Array })
    expect(() => cluster.get('secrets', 'copy')).toThrow('cipher: message authentication failed')
  })

  test.each([
    ['*.*', ['configmaps', 'secrets', 'deployments']],
    ['*.', ['configmaps', 'secrets']],
    ['deployments.apps', ['deployments']],
    ['*.apps', ['deployments']],
  ])('covers with %s the resources of that pattern', (pattern, covered) => {
    const encryption = configuration([CBC, IDENTITY], `['${pattern}']`)
    const cluster = new SimCluster({ nodes: 1, access: { encryption } })
    make(cluster, 'x')
    cluster.create('configmaps', { metadata: { name: 'x' } })
    cluster.kubectl('create deployment x --image=nginx')
    cluster.settle().advance('10m')
    expect(cluster.list('pods').items.map(({ status }) => status.phase)).toEqual(['Running'])
    const hidden = ['configmaps', 'secrets', 'deployments'].filter((name) =>
      stored(cluster, 'x', name).startsWith('k8s:enc:'),
    )
    expect(hidden).toEqual(covered)
  })
})

test.each([
  ['', 'encryption provider configuration file "/enc.yaml" is empty'],
  ['kind: [', 'error decoding encryption provider configuration file "/enc.yaml": error converting YAML'],
  ['apiVersion: v1\nkind: Secret', 'no kind "Secret" is registered for version "v1"'],
  ['kind: EncryptionConfiguration', "Object 'apiVersion' is missing in"],
  [
    'apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration',
    'error while parsing file: resources: Required value: at least one resources is required',
  ],
  [
    configuration([]),
    'resources[0].providers: Required value: at least one resources[0].providers is required',
  ],
  [configuration([CBC], '[]'), 'resources[0].resources: Required value'],
  [configuration([CBC], '[Secrets]'), 'resource name should not contain capital letters'],
  [configuration([CBC], "['*']"), "use '*.' to encrypt all the resources from core API group"],
  [configuration([CBC], "[secrets, '*.']"), 'will be masked'],
  [configuration([CBC], '[secrets, secrets]'), 'the same resource cannot be specified multiple times'],
  [configuration([CBC], '[events.events.k8s.io]'), "Use 'events' instead in the config file"],
  [configuration(['{}']), 'provider does not contain any of the expected providers'],
  [configuration([`{${CBC}, ${IDENTITY}}`]), 'more than one provider specified in a single element'],
  [configuration(['aescbc: {keys: []}']), 'resources[0].providers[0].aescbc.keys: Required value'],
  [
    configuration(['aescbc: {keys: [{secret: YQ==}]}']),
    'keys[0].name: Required value: name is a mandatory field for a key',
  ],
  [
    configuration(['aescbc: {keys: [{name: a}]}']),
    'secret: Required value: secret is a mandatory field for a key',
  ],
  [
    configuration(['aescbc: {keys: [{name: a, secret: "%"}]}']),
    'Invalid value: "REDACTED": secrets must be base64 encoded',
  ],
  [
    configuration(['aesgcm: {keys: [{name: a, secret: aGk=}]}']),
    'secret is not of the expected length, got 2, expected one of [16 24 32]',
  ],
  [
    configuration([`secretbox: {keys: [{name: a, secret: ${secret('a', 16)}}]}`]),
    'got 16, expected one of [32]',
  ],
  [configuration(['kms: {apiVersion: v1, name: a, endpoint: unix:///k}']), 'KMSv1 is deprecated'],
  [
    configuration(['kms: {apiVersion: v2, name: a, endpoint: unix:///k}']),
    'dial unix /k: connect: no such file',
  ],
  [
    `${configuration([IDENTITY], "['*.*']")}- {resources: [secrets], providers: [{identity: {}}]}\n`,
    'resource "secrets" is masked by earlier rule "*.*"',
  ],
])('a configuration %j is refused with the text of the apiserver', (text, expected) => {
  expect(() => parseEncryption(text, '/enc.yaml')).toThrow(expected)
})
